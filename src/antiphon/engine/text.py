"""From the bytes of tokens to text that may be shown: whole characters, nothing of a stop string.

Pure state machines. However the same bytes are cut into pieces, the same text comes out, and
held back is only what could still become a stop string or a character.
"""

import codecs
from collections import deque
from collections.abc import Sequence

from antiphon.engine.events import TokenLogprob

Placed = tuple[int, int, TokenLogprob]
"""The characters that came with a token, how far it reaches (one more where it ends within a character), and it."""


class StopMatcher:
    """Finds the stop string that is completed first (Knuth, Morris and Pratt, one automaton per string)."""

    def __init__(self, stops: tuple[str, ...]) -> None:
        self.stops = stops
        self.failures = [failure_function(stop) for stop in stops]
        self.matched = [0] * len(stops)

    def feed(self, text: str) -> int | None:
        """Take more text. Returns None, or the offset in `text` at which a stop string begins
        (negative when it began in earlier text).
        """
        for offset, character in enumerate(text):
            for number in range(len(self.stops)):
                self.matched[number] = self._advance(number, character)
            complete = [len(stop) for stop, count in zip(self.stops, self.matched, strict=True) if count == len(stop)]
            if complete:
                return offset + 1 - max(complete)
        return None

    @property
    def num_open(self) -> int:
        """How many characters at the end of the text could be the beginning of a stop string."""
        return max(self.matched, default=0)

    def _advance(self, number: int, character: str) -> int:
        stop, failure, count = self.stops[number], self.failures[number], self.matched[number]
        while count and stop[count] != character:
            count = failure[count - 1]
        return count + (stop[count] == character)


def failure_function(pattern: str) -> list[int]:
    """For each prefix the length of its longest proper suffix that is a prefix too."""
    failure, count = [0] * len(pattern), 0
    for position in range(1, len(pattern)):
        while count and pattern[position] != pattern[count]:
            count = failure[count - 1]
        count += pattern[position] == pattern[count]
        failure[position] = count
    return failure


class TextStream:
    """The text of one choice. Offsets are characters from its beginning."""

    def __init__(self, stops: tuple[str, ...] = ()) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.matcher = StopMatcher(stops) if stops else None
        self.held = ""
        self.num_decoded = 0
        self.tokens: deque[tuple[int, int, TokenLogprob]] = deque()
        self.stopped = False

    def push(self, piece: bytes, token: TokenLogprob | None = None) -> tuple[str, tuple[TokenLogprob, ...]]:
        """Take one token; returns text that may be shown now and the tokens that lie within it.
        After it `stopped` says whether a stop string ended the choice.
        """
        begin, new = self.num_decoded, self.decoder.decode(piece)
        if token is not None:
            within_character = bool(self.decoder.getstate()[0])
            self.tokens.append((begin, begin + len(new) + within_character, token))
        return self._take(new)

    def push_text(self, text: str, tokens: Sequence[Placed]) -> tuple[str, tuple[TokenLogprob, ...]]:
        """The same for text that has been decoded, with the tokens that end in it; the last one ends with it."""
        placed: list[tuple[int, int, TokenLogprob]] = []
        end = self.num_decoded + len(text)
        for width, reach, token in reversed(tokens):
            end = max(self.num_decoded, end - width)
            placed.append((end, end + reach, token))
        self.tokens.extend(reversed(placed))
        return self._take(text)

    def _take(self, new: str) -> tuple[str, tuple[TokenLogprob, ...]]:
        begin = self.num_decoded
        self.num_decoded += len(new)
        self.held += new
        cut = self.matcher.feed(new) if self.matcher and new else None
        if cut is not None:
            return self._stop_at(begin + cut)
        return self._release(len(self.held) - (self.matcher.num_open if self.matcher else 0))

    def finish(self) -> tuple[str, tuple[TokenLogprob, ...]]:
        """What was held back, now that nothing more comes; half a character is no text."""
        shown, released = self._release(len(self.held))
        rest = tuple(token for *_, token in self.tokens)
        self.tokens.clear()
        return shown, released + rest

    def _release(self, count: int) -> tuple[str, tuple[TokenLogprob, ...]]:
        shown, self.held = self.held[:count], self.held[count:]
        end = self.num_decoded - len(self.held)
        released = []
        while self.tokens and self.tokens[0][1] <= end:
            released.append(self.tokens.popleft()[2])
        return shown, tuple(released)

    def _stop_at(self, offset: int) -> tuple[str, tuple[TokenLogprob, ...]]:
        self.stopped = True
        shown = self.held[: offset - (self.num_decoded - len(self.held))]
        released = tuple(token for begin, _, token in self.tokens if begin < offset)
        self.held = ""
        self.tokens.clear()
        return shown, released
