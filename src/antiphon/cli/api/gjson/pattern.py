"""Texts with the wildcards `*` and `?`, and `\\` before what stands for itself.

A star is never tried twice: between two stars the leftmost place is as good as any, so the time does not explode.
"""

import re
from dataclasses import dataclass

TOKENS = re.compile(r"\\(.?)|(.)", re.DOTALL)


@dataclass(frozen=True)
class Pattern:
    """pieces: what stands between stars; a `?` in it is any one character. tail: how many of these the last has."""

    pieces: tuple[re.Pattern[str], ...]
    tail: int

    def matches(self, text: str) -> bool:
        """Whether all of the text is as the pattern says."""
        first, *others = self.pieces
        if not others:
            return first.fullmatch(text) is not None
        found = first.match(text)
        for piece in others[:-1]:
            found = found and piece.search(text, found.end())
        last = len(text) - self.tail
        return found is not None and found.end() <= last and others[-1].fullmatch(text, last) is not None


def build_pattern(text: str) -> Pattern:
    """Of a text with wildcards."""
    pieces: list[list[str]] = [[]]
    for token in TOKENS.finditer(text):
        if token[0] == "*":
            pieces.append([])
        else:
            pieces[-1].append("." if token[0] == "?" else re.escape(read_token(token)))
    inner = [piece for piece in pieces[1:-1] if piece]
    used = [pieces[0], *inner, *(pieces[-1:] if len(pieces) > 1 else [])]
    return Pattern(tuple(re.compile("".join(piece), re.DOTALL) for piece in used), len(pieces[-1]))


def read_token(token: re.Match[str]) -> str:
    """What it stands for: a backslash at the very end stands for nothing."""
    return token[1] if token[2] is None else token[2]


def unescape(text: str) -> str:
    """A text without wildcards, as it is meant."""
    return TOKENS.sub(read_token, text)


def has_wildcard(text: str) -> bool:
    """Whether one of them is not escaped."""
    return any(token[2] in ("*", "?") for token in TOKENS.finditer(text))
