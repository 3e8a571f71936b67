"""From a choice's tokens to what may be shown of it: whole characters, read as its family writes.

Pure. Nothing of a stop string is shown. They are looked for in text only, not in reasoning or calls.
"""

import codecs

from antiphon.dialect.reading.reader import Reader
from antiphon.dialect.reading.scanner import Segment
from antiphon.engine.events import TokenLogprob
from antiphon.engine.llama.messages import Said
from antiphon.engine.text import TextStream

Saids = list[Said]


class Output:
    """stops: strings that end the text. reader: None to take everything for text."""

    def __init__(self, stops: tuple[str, ...], reader: Reader | None = None) -> None:
        self.text = TextStream(stops)
        self.reader = reader
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.num_thought = 0

    @property
    def stopped(self) -> bool:
        """Whether a stop string has ended it."""
        return self.text.stopped

    def push(self, token: int, piece: bytes, entry: TokenLogprob | None = None) -> Saids:
        """Takes a token with the text it adds; gives what may be shown by now."""
        if not self.reader:
            return said("text", *self.text.push(piece, entry))
        thinking = self.reader.thinking_now
        text = self._decode(self.reader, token, piece)
        partial = bool(self.decoder.getstate()[0])
        placed = None if entry is None else (len(text), len(text) + partial, entry)
        segments = self.reader.push(text, placed, partial=partial)
        self.num_thought += thinking or self.reader.thinking_now
        return [part for segment in segments for part in self._say(segment)]

    def finish(self) -> Saids:
        """What was held back, now that nothing more comes; half a character is no text."""
        if not self.reader:
            return said("text", *self.text.finish())
        shown = [part for segment in self.reader.finish() for part in self._say(segment)]
        return shown if self.stopped else shown + said("text", *self.text.finish())

    def _decode(self, reader: Reader, token: int, piece: bytes) -> str:
        """A token's text; a control token that matters is its sign."""
        if sign := reader.tokens.get(token):
            return self.decoder.decode(b"", final=True) + sign
        return self.decoder.decode(piece)

    def _say(self, segment: Segment) -> Saids:
        if self.stopped:
            return []
        if segment.kind == "text":
            return said("text", *self.text.push_text(segment.text, segment.entries))
        before = said("text", *self.text.finish())
        return [*before, Said(segment.kind, segment.text, tuple(entry for *_, entry in segment.entries))]


def said(kind: str, text: str, logprobs: tuple[TokenLogprob, ...]) -> Saids:
    """Nothing where there is nothing."""
    return [Said(kind, text, logprobs)] if text or logprobs else []
