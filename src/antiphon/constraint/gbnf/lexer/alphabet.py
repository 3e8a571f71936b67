"""The characters of some sets, put together where no set tells them apart: letters, of which there are few.

Knows no grammar. A set of letters is a number with a bit for each.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from antiphon.constraint.gbnf.charset import LAST, CharSet, Range, lead_bytes, of


class Alphabet:
    """sets: those that must be told apart."""

    def __init__(self, sets: Iterable[CharSet]) -> None:
        distinct = list(dict.fromkeys(sets))
        edges = sorted({edge for chars in distinct for first, last in chars.ranges for edge in (first, last + 1)} | {0})
        holders: list[list[int]] = [[] for _ in edges]
        for number, chars in enumerate(distinct):
            for first, last in chars.ranges:
                for at in range(bisect_left(edges, first), bisect_left(edges, last + 1)):
                    holders[at].append(number)
        ranges: defaultdict[tuple[int, ...], list[Range]] = defaultdict(list)
        for begin, end, held_by in zip(edges, [*edges[1:], LAST + 1], holders, strict=True):
            ranges[tuple(held_by)].append((begin, end - 1))
        self.letters = [chars for pairs in ranges.values() if (chars := of(pairs))]
        self.leads = [lead_bytes(letter) for letter in self.letters]
        self.every = (1 << len(self.letters)) - 1
        self.masks: dict[CharSet, int] = {}

    def mask(self, chars: CharSet) -> int:
        """The letters of a set, which must be one of those it was made for."""
        if chars not in self.masks:
            inside = (bit for bit, letter in enumerate(self.letters) if letter.ranges[0][0] in chars)
            self.masks[chars] = sum(1 << bit for bit in inside)
        return self.masks[chars]

    def chars(self, mask: int) -> CharSet:
        """The characters of some letters."""
        return of(pair for bit, letter in enumerate(self.letters) if mask >> bit & 1 for pair in letter.ranges)

    def lead_bytes(self, mask: int) -> int:
        """The first bytes of these letters in UTF-8, a bit for each."""
        leads = 0
        for bit, lead in enumerate(self.leads):
            leads |= lead if mask >> bit & 1 else 0
        return leads
