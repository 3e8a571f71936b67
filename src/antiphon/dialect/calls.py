"""Tool calls and their results, as far as a template takes them; the rest becomes text.

Each result finds the call that it answers, and each call an id of its own, however the client named
them. Nothing is dropped, and neither calls nor results change their order.
"""

import hashlib
import string
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from antiphon.dialect.conversation import ToolCall, Turn
from antiphon.dialect.traits import Traits
from antiphon.dialect.wording import render_call, render_named, render_result

ALPHANUMERIC = string.digits + string.ascii_letters
SHORT = 9
"""The length of ids in the templates that are strict about them."""

Round = tuple[Turn | None, list[Turn]]
Answer = tuple[int | None, Turn]
"""A result with the index of the call that it answers."""
Answers = list[Answer]


def fit_calls(turns: Sequence[Turn], traits: Traits) -> Iterator[Turn]:
    """The same turns with calls and results in a form that the template takes. No template knows custom tools."""
    ids = Ids(short=traits.short_ids)
    for speaker, results in split_rounds(turns):
        called = speaker.tool_calls if speaker else ()
        answers = find_answers(called, results)
        calls = tuple(replace(call, id=ids.give(call.id)) for call in called)
        if any(call.kind == "custom" for call in called):
            fitting = replace(traits, calls="none", results="none")
        else:
            fitting = traits
        written = list(fit_results(answers, calls, ids, fitting))
        if speaker:
            yield from fit_round(replace(speaker, tool_calls=calls) if calls else speaker, written, fitting)
        else:
            yield from (result for _, result in written)


def split_rounds(turns: Sequence[Turn]) -> Iterator[Round]:
    """Each turn with the tools' turns that follow it; None before tools' turns that nothing precedes."""
    speaker: Turn | None = None
    results: list[Turn] = []
    for turn in turns:
        if turn.role == "tool":
            results.append(turn)
            continue
        if speaker or results:
            yield speaker, results
        speaker, results = turn, []
    yield speaker, results


def find_answers(calls: Sequence[ToolCall], results: Sequence[Turn]) -> Answers:
    """By its id, else by its place, a result answers a call that has no answer yet."""
    by_id = queue_up((call.id, index) for index, call in enumerate(calls))
    found: dict[int, int] = {}
    for number, result in enumerate(results):
        if waiting := by_id.get(result.tool_call_id):
            found[number] = waiting.popleft()
    open_calls = sorted(set(range(len(calls))) - set(found.values()))
    by_name = queue_up((name, index) for index in open_calls for name in (calls[index].name, None))
    answered: set[int] = set()
    for number, result in enumerate(results):
        waiting = by_name.get(result.name) if number not in found else None
        while waiting and waiting[0] in answered:
            waiting.popleft()
        if waiting:
            found[number] = waiting.popleft()
            answered.add(found[number])
    return [(found.get(number), result) for number, result in enumerate(results)]


def queue_up(pairs: Iterable[tuple[str | None, int]]) -> dict[str | None, deque[int]]:
    """Indices in their order, under what they can be found by."""
    queues: dict[str | None, deque[int]] = {}
    for key, index in pairs:
        queues.setdefault(key, deque()).append(index)
    return queues


def fit_results(answers: Answers, calls: Sequence[ToolCall], ids: "Ids", traits: Traits) -> Iterator[Answer]:
    """Each result in its form. Behind one that a user says none stands right after the calls any more."""
    as_text = traits.results == "none"
    for index, result in answers:
        as_text = as_text or (index is None and not traits.strays)
        yield index, fit_result(result, index, calls, ids, traits, as_text=as_text)


def fit_result(
    result: Turn, index: int | None, calls: Sequence[ToolCall], ids: "Ids", traits: Traits, *, as_text: bool
) -> Turn:
    """A result with the id and the name of its call, or as what a user says."""
    if index is not None:
        result = replace(result, tool_call_id=calls[index].id, name=calls[index].name)
    if as_text:
        return Turn("user", render_result(result))
    if index is None:
        result = replace(result, tool_call_id=ids.give(result.tool_call_id or ""))
        if result.name and "tool" not in traits.names:
            return replace(result, text=render_named(result), name=None)
    return result


def fit_round(turn: Turn, answers: Answers, traits: Traits) -> Iterator[Turn]:
    """A turn with its calls, and what answers them. A name without a place becomes text while it can be placed."""
    if turn.tool_calls and "assistant" not in traits.names:
        turn = replace(turn, text=render_named(turn), name=None)
    if turn.tool_calls and traits.calls == "none":
        lines = (turn.text, *(render_call(call, traits.form) for call in turn.tool_calls))
        turn = replace(turn, text="\n".join(filter(None, lines)), tool_calls=())
    if len(turn.tool_calls) > 1 and traits.calls == "one":
        yield from call_one_by_one(turn, answers, traits)
        return
    yield from say_before(turn, traits)
    yield from (result for _, result in answers)


def call_one_by_one(turn: Turn, answers: Answers, traits: Traits) -> Iterator[Turn]:
    """A turn for each call, followed by its result if that is the next one."""
    first, *others = turn.tool_calls
    turns = [replace(turn, tool_calls=(first,))]
    turns += [Turn("assistant", name=turn.name, tool_calls=(call,)) for call in others]
    num_made = 0
    for index, result in (*answers, (len(others), None)):
        wanted = 1 + (index or 0)
        for made in turns[num_made:wanted]:
            yield from say_before(made, traits)
        num_made = max(num_made, wanted)
        if result:
            yield result


def say_before(turn: Turn, traits: Traits) -> Iterator[Turn]:
    """A turn whose text a template drops beside calls says it in a turn of its own."""
    if turn.text and turn.tool_calls and traits.call_text == "before":
        yield replace(turn, tool_calls=())
        turn = replace(turn, text="", reasoning=None)
    yield turn


class Ids:
    """Gives every call an id that no other call of the conversation has: its own where that can be."""

    def __init__(self, *, short: bool) -> None:
        self.short = short
        self.given: set[str] = set()
        self.counts: dict[str, int] = {}

    def give(self, wanted: str) -> str:
        """An id for a call or a stray result whose client wanted this one."""
        fitting = wanted if wanted and self._fits(wanted) else self._make(wanted, 0)
        while fitting in self.given:
            self.counts[wanted] = self.counts.get(wanted, 0) + 1
            fitting = self._make(wanted, self.counts[wanted])
        self.given.add(fitting)
        return fitting

    def _fits(self, wanted: str) -> bool:
        return not self.short or (len(wanted) == SHORT and all(letter in ALPHANUMERIC for letter in wanted))

    def _make(self, wanted: str, count: int) -> str:
        if not self.short:
            return f"{wanted or 'call'}_{count}"
        number = int.from_bytes(hashlib.sha256(f"{wanted} {count}".encode(errors="replace")).digest())
        return "".join(ALPHANUMERIC[number // 62**place % 62] for place in range(SHORT))
