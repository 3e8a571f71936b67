"""The text of one choice, as it comes from an upstream, to events: text as it is, calls that stand in it, thoughts.

Pure; knows no deltas. Nothing of a stop string is shown that is looked for here.
"""

from collections.abc import Iterator

from antiphon.dialect.reading.reader import Reader
from antiphon.dialect.reading.scanner import Segment
from antiphon.engine.events import Arguments, Reasoning, Said, Text, ToolCall
from antiphon.engine.remote.answer.calls import Calls
from antiphon.engine.remote.answer.manner import NO_TOKENS, Manner
from antiphon.engine.remote.answer.pending import Entries, Pending
from antiphon.engine.text import TextStream


class Speech:
    """num_thoughts: pieces of reasoning that were read out of the text."""

    def __init__(self, index: int, manner: Manner, pending: Pending, calls: Calls) -> None:
        self.index = index
        self.manner = manner
        self.pending = pending
        self.calls = calls
        self.reader = Reader(manner.taught, NO_TOKENS) if manner.taught else None
        self.text = TextStream(manner.stops)
        self.has_begun = False
        self.num_thoughts = 0

    @property
    def stopped(self) -> bool:
        """Whether a stop string has ended it."""
        return self.text.stopped

    def feed(self, text: str) -> Iterator[Said]:
        """More of it. Raises `Malformed`."""
        if self.manner.bare:
            yield from self._begin(self.manner.bare)
            yield Arguments(text, self.index, self.pending.take())
        elif self.reader:
            *others, last = self.pending.take() or (None,)
            for entry in others:
                yield from self._read(self.reader.push("", entry))
            yield from self._read(self.reader.push(text, last))
        else:
            held = self.manner.stops_there
            yield from self._say(text, self.pending.take_within(text) if held else self.pending.take())

    def finish(self) -> Iterator[Said]:
        """What was held back, now that nothing more comes. Raises `Malformed`."""
        if self.manner.bare:
            yield from self._begin(self.manner.bare)
        if self.reader:
            yield from self._read(self.reader.finish())
        if not self.stopped:
            yield from self._flush()

    def _begin(self, name: str) -> Iterator[ToolCall]:
        if not self.has_begun:
            self.has_begun = True
            yield ToolCall(name, "custom", choice=self.index)

    def _read(self, segments: list[Segment]) -> Iterator[Said]:
        for segment in segments:
            if self.stopped:
                return
            if segment.kind == "text":
                yield from self._say(segment.text, tuple(segment.entries))
            else:
                yield from self._flush()
                yield self._segment(segment)

    def _segment(self, segment: Segment) -> Said:
        entries: Entries = tuple(segment.entries)
        match segment.kind:
            case "reasoning":
                self.num_thoughts += 1
                return Reasoning(segment.text, self.index, entries)
            case "arguments":
                return Arguments(self.calls.unwrap(segment.text), self.index, entries)
            case kind:
                return self.calls.name(segment.text, is_custom=kind == "custom")

    def _say(self, text: str, entries: Entries) -> Iterator[Text]:
        if not self.manner.stops:
            yield Text(text, self.index, entries)
            return
        placed = [(len(text), len(text), entry) if entry is entries[-1] else (0, 0, entry) for entry in entries]
        shown, logprobs = self.text.push_text(text, placed)
        if shown or logprobs:
            yield Text(shown, self.index, logprobs)

    def _flush(self) -> Iterator[Text]:
        """What was held back, which was no stop string."""
        shown, logprobs = self.text.finish()
        self.text = TextStream(self.manner.stops)
        if shown or logprobs:
            yield Text(shown, self.index, logprobs)
