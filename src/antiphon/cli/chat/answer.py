"""An answer while it comes: its text, and how long it took. Knows no terminal."""

from collections.abc import Callable
from typing import Any, Literal

from antiphon.cli.chat.conversation import Turn
from antiphon.client.events import ChoiceDone, ContentDelta, ReasoningDelta, RefusalDelta, StreamEvent, UsageReported

Kind = Literal["text", "reasoning"]
ENDS = {
    "length": "cut at the limit of tokens",
    "content_filter": "withheld by a filter",
    "tool_calls": "it calls a tool, which a conversation here has not",
    "function_call": "it calls a function, which a conversation here has not",
}


class Answer:
    """clock: seconds, from any start."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._pieces: dict[Kind, list[str]] = {"text": [], "reasoning": []}
        self._begun = clock()
        self._first: float | None = None
        self._last = self._begun
        self._usage: dict[str, Any] = {}
        self.finish_reason: str | None = None

    def take(self, event: StreamEvent) -> tuple[Kind, str] | None:
        """What there is to show of an event."""
        match event:
            case ContentDelta(text=text) | RefusalDelta(text=text):
                return self._add("text", text)
            case ReasoningDelta(text=text):
                return self._add("reasoning", text)
            case ChoiceDone(answer=choice):
                self.finish_reason = str(choice.to_dict().get("finish_reason"))
            case UsageReported(usage=usage):
                self._usage = usage.to_dict()
        return None

    @property
    def text(self) -> str:
        """What was said so far."""
        return "".join(self._pieces["text"])

    @property
    def is_whole(self) -> bool:
        """Whether the model ended it by itself."""
        return self.finish_reason is not None and self.finish_reason != "length"

    def to_turn(self) -> Turn:
        """For the history."""
        return Turn("assistant", self.text, reasoning="".join(self._pieces["reasoning"]), cut=not self.is_whole)

    def render_cost(self) -> str:
        """One line: how many tokens, how fast, how soon, and what was unusual."""
        read, written = self._count("prompt_tokens"), self._count("completion_tokens")
        told = [f"{read:,} tokens read"] if read else []
        told += [f"{written:,} written"] if written else []
        spent = self._last - (self._begun if self._first is None else self._first)
        told += [f"{(written - 1) / spent:.1f} a second"] if written and written > 1 and spent > 0 else []
        told += [] if self._first is None else [f"the first after {self._first - self._begun:.2f} s"]
        return ", ".join([*told, *([] if self._end() is None else [str(self._end())])])

    def _add(self, kind: Kind, text: str) -> tuple[Kind, str]:
        self._last = self._clock()
        self._first = self._last if self._first is None else self._first
        self._pieces[kind].append(text)
        return kind, text

    def _count(self, name: str) -> int | None:
        value = self._usage.get(name)
        return value if isinstance(value, int) else None

    def _end(self) -> str | None:
        return "stopped" if self.finish_reason is None else ENDS.get(self.finish_reason)
