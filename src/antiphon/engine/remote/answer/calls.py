"""The calls of one choice, as an upstream tells them: deltas in, events out. Pure; knows no text.

Calls come one after another, each by a new index. A function that stands for a custom tool becomes that.
"""

from collections.abc import Iterator

from antiphon.dialect.conversation import ToolKind
from antiphon.engine.events import Arguments, ToolCall
from antiphon.engine.remote.answer.chunks import CallIn
from antiphon.engine.remote.answer.malformed import Malformed, TooMuch
from antiphon.engine.remote.answer.manner import Manner
from antiphon.engine.remote.answer.pending import Pending
from antiphon.engine.remote.answer.unwrapping import NotWrapped, Unwrapper

MOST_CALLS = 128
LONGEST_ID = 256


class Calls:
    """num_chars: of all arguments."""

    def __init__(self, index: int, manner: Manner, pending: Pending) -> None:
        self.index = index
        self.manner = manner
        self.pending = pending
        self.num_chars = 0
        self.made: set[int] = set()
        self.current: int | None = None
        self.unwrapper: Unwrapper | None = None

    def feed(self, call: CallIn) -> Iterator[ToolCall | Arguments]:
        """More of a call. Raises `Malformed`."""
        name = call.function.name if call.function else call.custom.name if call.custom else None
        index = call.index if call.index is not None else len(self.made) if name else self.current
        if index is None or index != self.current:
            yield self._begin(index, name, call)
        said = (call.function.arguments if call.function else call.custom.input if call.custom else None) or ""
        self.num_chars += len(said)
        if said := self.unwrap(said):
            yield Arguments(said, self.index, self.pending.take())

    def name(self, name: str, call_id: str = "", *, is_custom: bool = False) -> ToolCall:
        """A call begins, by the name of a tool or of what stands for it. Raises `Malformed`."""
        self.end()
        custom = self.manner.wrapped.get(name)
        self.unwrapper = Unwrapper() if custom else None
        kind: ToolKind = "custom" if custom or is_custom else "function"
        return ToolCall(custom or name, kind, id=call_id[:LONGEST_ID], choice=self.index)

    def unwrap(self, said: str) -> str:
        """More arguments of the call that began last, as its tool gets them. Raises `Malformed`."""
        if not self.unwrapper:
            return said
        try:
            return self.unwrapper.feed(said)
        except NotWrapped:
            raise Malformed("gave a custom tool something else than a text") from None

    def end(self) -> None:
        """The call that began last is complete. Raises `Malformed` where it is not."""
        if self.unwrapper and not self.unwrapper.complete:
            raise Malformed("left a custom tool's input unfinished")

    def _begin(self, index: int | None, name: str | None, call: CallIn) -> ToolCall:
        if index is None or not name:
            raise Malformed("began a call without a name")
        if index in self.made or index < 0:
            raise Malformed("mixed up its calls")
        if len(self.made) == MOST_CALLS:
            raise TooMuch(f"made more than {MOST_CALLS} calls")
        self.made.add(index)
        self.current = index
        return self.name(name, call.id or "", is_custom=call.custom is not None)
