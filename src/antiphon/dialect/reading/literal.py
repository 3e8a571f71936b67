"""What a family writes around names and arguments, taken apart: where white space may be more or less than there.

Readers match by it, and the grammar that keeps text from being taken for a call. Knows no family.
"""

import re
from functools import cache
from typing import NamedTuple

from antiphon.dialect.form import ID, NUMBER
from antiphon.dialect.reading.signs import is_sign

NAME = "{name}"
"""Stands for the name of what is called."""
PLACEHOLDERS = (ID, NUMBER, NAME)
WHITE = frozenset(" \t\n\r")
JOINTS = frozenset("{}[],:()=")
"""Signs beside which JSON and Python may have white space."""
PIECE = re.compile(rf"{'|'.join(map(re.escape, PLACEHOLDERS))}|[\s\S]")


class Piece(NamedTuple):
    """A character or a placeholder, whether white space may stand before it, and the character behind it."""

    text: str
    may_follow_space: bool
    then: str = ""


@cache
def split(wanted: str) -> tuple[Piece, ...]:
    """The pieces that are not white space. Within a word there is none, nor within a tag; around a tag there may be."""
    pieces: list[Piece] = []
    may_follow = True
    for text in PIECE.findall(wanted):
        if text in WHITE:
            may_follow = True
            continue
        is_joint = text in JOINTS or text in PLACEHOLDERS or is_sign(text)
        pieces.append(Piece(text, may_follow or is_joint or text == "<"))
        may_follow = is_joint or text == ">"
    behind = [*(piece.text for piece in pieces[1:]), ""]
    return tuple(piece._replace(then=then) for piece, then in zip(pieces, behind, strict=False))
