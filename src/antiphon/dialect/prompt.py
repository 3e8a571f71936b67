"""A prompt as pieces: control tokens by id, and plain text between them.

The invariant of this room: text of a user can never become a control token. A template's own
markers are found in the rendered prompt by their text; the same text inside a message was
broken with a mark before rendering, so it is not found, and the mark is taken out afterwards.
"""

import re
from collections.abc import Iterable, Mapping

Piece = int | str
Pieces = tuple[Piece, ...]

NONCHARACTERS = [chr(code) for code in range(0xFDD0, 0xFDF0)]
PRIVATE_PLANE = range(0x100000, 0x10FFFE)


class ControlTokens:
    """The control tokens of a vocabulary, found in text by their spelling.

    strip_left, strip_right: ids that swallow the white space before or after them
    (`lstrip` and `rstrip` of the tokenizer).
    """

    def __init__(
        self,
        ids: Mapping[str, int],
        *,
        strip_left: frozenset[int] = frozenset(),
        strip_right: frozenset[int] = frozenset(),
    ) -> None:
        self.ids = dict(ids)
        self.strip_left = strip_left
        self.strip_right = strip_right
        longest_first = sorted(map(re.escape, self.ids), key=len, reverse=True)
        self.pattern = re.compile(f"({'|'.join(longest_first)})" if longest_first else r"((?!))")
        self.beginnings = tuple({text[:end] for text in self.ids for end in range(1, len(text))})
        self.endings = tuple({text[start:] for text in self.ids for start in range(1, len(text))})

    def guard(self, text: str, mark: str) -> str:
        """Break every control token's spelling in `text` with `mark`, and keep its edges from
        completing one together with what the template writes beside them.
        """
        while (broken := self.pattern.sub(lambda found: found[0][0] + mark + found[0][1:], text)) != text:
            text = broken
        before = mark if text.startswith(self.endings) else ""
        after = mark if text.endswith(self.beginnings) else ""
        return before + text + after

    def split(self, rendered: str, mark: str) -> Pieces:
        """The pieces of a rendered prompt, marks taken out of its plain text."""
        pieces: list[Piece] = []
        for number, part in enumerate(self.pattern.split(rendered)):
            if number % 2:
                pieces.append(self.ids[part])
            elif text := part.replace(mark, ""):
                pieces.append(text)
        return tuple(self._strip(pieces))

    def _strip(self, pieces: list[Piece]) -> Iterable[Piece]:
        for number, piece in enumerate(pieces):
            if isinstance(piece, int):
                yield piece
                continue
            if number and pieces[number - 1] in self.strip_right:
                piece = piece.lstrip()  # noqa: PLW2901
            if number + 1 < len(pieces) and pieces[number + 1] in self.strip_left:
                piece = piece.rstrip()  # noqa: PLW2901
            if piece:
                yield piece


def choose_mark(texts: Iterable[str]) -> str:
    """A character that none of `texts` has."""
    seen = set().union(*map(set, texts))
    for mark in NONCHARACTERS:
        if mark not in seen:
            return mark
    return next(chr(code) for code in PRIVATE_PLANE if chr(code) not in seen)
