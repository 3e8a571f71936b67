"""Trial histories, spelled in a letter a turn, and the test whether a prompt has all of one.

Templates are probed with them when a model is loaded, and tried with them by `make try-templates`
and the tests. Knows nothing of templates.

    S D U A     system, developer, user, assistant
    T R         results: of the first call that has none, of the last
    C P         the assistant calls one tool, two tools             B Q   the same beside text
    M L E K     calls with malformed arguments, an array, none at all, of a custom tool
    F O         results that name no call but a tool, or no call there is
    -  @  ?     behind a letter: without text, with a name, with reasoning before
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, cast

from antiphon.dialect.arguments import parse_object
from antiphon.dialect.conversation import Role, ToolCall, ToolKind, Turn

ROLES: dict[str, Role] = {"S": "system", "D": "developer", "U": "user", "A": "assistant"}
CALLS: dict[str, tuple[tuple[str, ToolKind], ...]] = {
    "C": (('{{"key{0}": {{"inner{0}": ["value{0}", 2.5, null]}}, "other{0}": "more{0}"}}', "function"),),
    "M": (('{{"key{0}": "value{0}', "function"),),
    "L": (('["value{0}", 1]', "function"),),
    "E": (("", "function"),),
    "K": (("value{0}\n2", "custom"),),
}
CALLS |= {"B": CALLS["C"], "P": CALLS["C"] * 2, "Q": CALLS["C"] * 2}
SILENT = "CPMLEK"
"""Turns that call and say nothing."""


class HistoryBuilder:
    """say: the text of the turn with this number. identify: the id of the call with this number."""

    def __init__(self, say: Callable[[int], str], identify: Callable[[int], str]) -> None:
        self.say = say
        self.identify = identify
        self.turns: list[Turn] = []
        self.waiting: list[ToolCall] = []
        self.num_calls = 0

    def add(self, letter: str, flags: str) -> None:
        """One more turn."""
        number = len(self.turns)
        text = "" if "-" in flags or letter in SILENT else self.say(number)
        if letter in "TRFO":
            self.turns.append(self._result(letter, text))
            return
        self.turns.append(
            Turn(
                ROLES.get(letter, "assistant"),
                text,
                name=f"Name{number:03}" if "@" in flags else None,
                tool_calls=tuple(self._calls(letter)),
                reasoning=f"thought{number:03}" if "?" in flags else None,
            )
        )

    def _calls(self, letter: str) -> Iterator[ToolCall]:
        for arguments, kind in CALLS.get(letter, ()):
            number = self.num_calls = self.num_calls + 1
            written = arguments.format(f"{number:03}")
            call = ToolCall(self.identify(number), f"tool{number:03}", written, kind)
            self.waiting.append(call)
            yield call

    def _result(self, letter: str, text: str) -> Turn:
        number = len(self.turns)
        if letter in "TR" and self.waiting:
            call = self.waiting.pop(0 if letter == "T" else -1)
            return Turn("tool", text, call.name, call.id)
        if letter == "F":
            return Turn("tool", text, self.waiting.pop(0).name if self.waiting else f"stray{number:03}")
        return Turn("tool", text, tool_call_id=f"unknown {number}")


def build_history(
    letters: str,
    say: Callable[[int], str] = "said{:03}".format,
    identify: Callable[[int], str] = "chatcmpl-tool/{:03} é".format,
) -> tuple[Turn, ...]:
    """The turns that these letters stand for. Their words occur nowhere else."""
    builder = HistoryBuilder(say, identify)
    for letter, flags in re.findall(r"([A-Z])([-@?]*)", letters):
        builder.add(letter, flags)
    return tuple(builder.turns)


def find_lost(turns: Sequence[Turn], prompt: str, *, apart: bool = False) -> str | None:
    """The first text, name, call or argument that the prompt does not have, or has in the wrong place, in words.

    Texts stand in their order; results of one round of calls in any. apart: something stands between
    turns. Reasoning is not asked for, because templates drop it by design, nor a result's name where its call tells.
    """
    end = 0
    for role, run in groupby(turns, key=lambda turn: turn.role):
        spans = []
        for turn in run:
            if (span := find(turn.text, prompt, end)) is None:
                return f"{role}'s text {turn.text!r}"
            if apart and turn.text and 0 < end == span[0]:
                return f"what keeps {turn.text!r} apart"
            spans.append(span)
            end = end if role == "tool" else span[1]
        end = max(end, *(span[1] for span in spans))
    calls = [call for turn in turns for call in turn.tool_calls]
    ids = {call.id for call in calls}
    names = {call.name for call in calls} | {turn.name for turn in turns if turn.name and turn.tool_call_id not in ids}
    if absent := sorted(name for name in names if find(name, prompt, 0) is None):
        return f"the name {absent[0]!r}"
    written = (call.arguments for call in calls if not has_arguments(call, prompt))
    return next((f"of the arguments {arguments!r}" for arguments in written), None)


def has_arguments(call: ToolCall, prompt: str) -> bool:
    """Whether arguments are in a prompt as they are, or everything that the object has."""
    parsed = parse_object(call.arguments) if call.kind == "function" else None
    whole = find(call.arguments, prompt, 0) is not None
    return whole or (parsed is not None and all(find(leaf, prompt, 0) is not None for leaf in leaves(parsed)))


def find(text: str, prompt: str, start: int) -> tuple[int, int] | None:
    """Where a text stands first: without the white space around it, as many templates trim, or as in JSON."""
    bare = text.strip()
    spellings = {bare, json.dumps(bare, ensure_ascii=False)[1:-1], json.dumps(bare)[1:-1]}
    places = ((prompt.find(spelling, start), len(spelling)) for spelling in spellings)
    return min(((at, at + length) for at, length in places if at >= 0), default=None)


def leaves(value: Any) -> Iterator[str]:
    """The keys and the strings and numbers of a JSON value. Some templates leave out what is null."""
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield from (key, *leaves(inner)) if inner is not None else ()
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield json.dumps(value)
