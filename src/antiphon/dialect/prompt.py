"""A prompt as pieces: control tokens by id, plain text between them, and what is seen or heard.

The invariant of this room: text of a user can never become a control token. A template's own
markers are found in the rendered prompt by their spelling; the same spelling inside a message was
written as a number between marks before rendering, and is put back afterwards.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from antiphon.dialect.medium import Medium, Sensed
from antiphon.errors import TemplateRefused

Piece = int | str | Medium
Pieces = tuple[Piece, ...]


class Breakpoint(NamedTuple):
    """A place in a prompt: so many characters into a piece. Those into a control token, or behind all pieces, are 0."""

    piece: int
    chars: int


RARE_IDEOGRAPHS = range(0x2A600, 0x2A6D7)
NONCHARACTERS = [chr(code) for code in range(0xFDD0, 0xFDF0)]


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
        self.spellings = {token: spelling for spelling, token in self.ids.items()}
        self.strip_left = strip_left
        self.strip_right = strip_right
        longest_first = sorted(map(re.escape, self.ids), key=len, reverse=True)
        self.pattern = re.compile(f"({'|'.join(longest_first)})" if longest_first else r"((?!))")
        self.beginnings = tuple({text[:end] for text in self.ids for end in range(1, len(text))})
        self.endings = tuple({text[start:] for text in self.ids for start in range(1, len(text))})

    def guard(self, text: str, marks: "Marks") -> str:
        """Hide every control token's spelling in `text`, and keep its edges from completing one
        together with what the template writes beside them.
        """
        hidden = self.pattern.sub(lambda found: f"{marks.hide}{self.ids[found[0]]}{marks.hide}", text)
        before = marks.edge if text.startswith(self.endings) else ""
        after = marks.edge if text.endswith(self.beginnings) else ""
        return before + hidden + after

    def split(self, rendered: str, marks: "Marks") -> Pieces:
        """The pieces of a rendered prompt, with what was hidden back in its plain text."""
        pieces: list[Piece] = []
        for number, part in enumerate(self.pattern.split(rendered)):
            if number % 2:
                pieces.append(self.ids[part])
            elif text := self.reveal(part, marks):
                pieces.append(text)
        return tuple(self._strip(pieces))

    def reveal(self, text: str, marks: "Marks") -> str:
        """The text without marks, and with what was hidden."""
        hidden = re.compile(f"{marks.hide}([0-9]{{1,9}}){marks.hide}")
        shown = hidden.sub(lambda found: self.spellings.get(int(found[1]), found[1]), text)
        return shown.replace(marks.edge, "").replace(marks.hide, "")

    def _strip(self, pieces: list[Piece]) -> Iterable[Piece]:
        for number, piece in enumerate(pieces):
            if not isinstance(piece, str):
                yield piece
                continue
            if number and pieces[number - 1] in self.strip_right:
                piece = piece.lstrip()  # noqa: PLW2901
            if number + 1 < len(pieces) and pieces[number + 1] in self.strip_left:
                piece = piece.rstrip()  # noqa: PLW2901
            if piece:
                yield piece


def put_media(pieces: Pieces, media: Mapping[str, Medium]) -> Pieces:
    """The pieces with each medium in place of the character that stands for it. Raises `TemplateRefused` where one is
    lost, or written twice, or where nothing follows the last.
    """
    pattern = re.compile(f"([{''.join(media)}])")
    parts = (pattern.split(piece) if isinstance(piece, str) else [piece] for piece in pieces)
    placed = tuple(media.get(part, part) if isinstance(part, str) else part for part in chain(*parts) if part != "")
    if [piece for piece in placed if isinstance(piece, Medium)] != list(media.values()):
        raise TemplateRefused("it does not write every picture and recording once, in their order")
    if isinstance(placed[-1], Sensed):
        raise TemplateRefused("it lets the assistant speak right behind a picture or recording")
    return placed


class Marks(NamedTuple):
    """Two characters that no message of a conversation has."""

    hide: str
    edge: str


def choose_marks(texts: Iterable[str]) -> Marks:
    """Marks for these texts: ideographs that nobody writes, or, where somebody does, noncharacters.

    Ideographs first, because Python shows them as they are, and some templates write lists as Python does.
    Raises `TemplateRefused`.
    """
    seen = set().union(*map(set, texts))
    others = map(chr, range(0x10000, 0x110000))
    unseen = (mark for mark in chain(map(chr, RARE_IDEOGRAPHS), NONCHARACTERS, others) if mark not in seen)
    try:
        return Marks(next(unseen), next(unseen))
    except StopIteration:
        raise TemplateRefused("their texts have every character that there is") from None
