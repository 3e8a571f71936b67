"""Sets of characters, as ranges of code points.

Knows no notation. Invariant: ranges are in order, none touches the next, and no surrogate is in one, because no text
has them.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

Range = tuple[int, int]
"""First and last code point."""


@dataclass(frozen=True, slots=True)
class CharSet:
    """Some of all characters."""

    ranges: tuple[Range, ...]
    number: int = field(init=False, repr=False, compare=False)
    """Its hash. Some sets have hundreds of ranges, and are looked up wherever they stand."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", hash(self.ranges))

    def __hash__(self) -> int:
        return self.number

    def __or__(self, other: "CharSet") -> "CharSet":
        return of(self.ranges + other.ranges)

    def __and__(self, other: "CharSet") -> "CharSet":
        return CharSet(tuple(intersect(self.ranges, other.ranges)))

    def __sub__(self, other: "CharSet") -> "CharSet":
        return self & ~other

    def __invert__(self) -> "CharSet":
        return (invert if len(self.ranges) <= MOST_KEPT else invert.__wrapped__)(self)

    def __contains__(self, point: int) -> bool:
        at = bisect_right(self.ranges, (point, LAST + 1))
        return at > 0 and point <= self.ranges[at - 1][1]

    def __bool__(self) -> bool:
        return bool(self.ranges)

    @property
    def only(self) -> int | None:
        """The one character in it, where it is one."""
        is_one = len(self.ranges) == 1 and self.ranges[0][0] == self.ranges[0][1]
        return self.ranges[0][0] if is_one else None


LAST = 0x10FFFF
SCALARS: tuple[Range, ...] = ((0, 0xD7FF), (0xE000, LAST))
ANY = CharSet(SCALARS)
MOST_KEPT = 1_000
"""Ranges of a set that is remembered: all of Unicode's have fewer, and a client's may have any number."""


def of(ranges: Iterable[Range]) -> CharSet:
    """The set of all in these ranges, which may be in any order and overlap."""
    given = tuple(ranges)
    return (merge if len(given) <= MOST_KEPT else merge.__wrapped__)(given)


@lru_cache(maxsize=128)
def merge(ranges: tuple[Range, ...]) -> CharSet:
    """The same, once for all who ask for the same."""
    merged: list[Range] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return CharSet(tuple(intersect(merged, SCALARS)))


@lru_cache(maxsize=4096)
def single(point: int) -> CharSet:
    """The set of one character."""
    return CharSet(tuple(intersect([(point, point)], SCALARS)))


@lru_cache(maxsize=128)
def invert(chars: CharSet) -> CharSet:
    """All other characters."""
    edges = [-1, *(edge for pair in chars.ranges for edge in pair), LAST + 1]
    between = [(last + 1, first - 1) for last, first in zip(edges[::2], edges[1::2], strict=True)]
    return CharSet(tuple(intersect([pair for pair in between if pair[0] <= pair[1]], SCALARS)))


def one_of(text: str) -> CharSet:
    """The set of the characters of a text."""
    return of((ord(letter), ord(letter)) for letter in text)


def intersect(ones: Iterable[Range], others: Iterable[Range]) -> Iterable[Range]:
    """What is in both; each is in order."""
    left, right = list(ones), list(others)
    at = 0
    for first, last in left:
        while at < len(right) and right[at][1] < first:
            at += 1
        here = at
        while here < len(right) and right[here][0] <= last:
            yield max(first, right[here][0]), min(last, right[here][1])
            here += 1


def lead_bytes(chars: CharSet) -> int:
    """The first bytes of these characters in UTF-8, a bit for each."""
    mask = 0
    for first, last in chars.ranges:
        low, high = lead_byte(first), lead_byte(last)
        mask |= (1 << high + 1) - (1 << low)
    return mask


def lead_byte(point: int) -> int:
    """The first byte of a character in UTF-8. It never falls as code points rise."""
    if point < 0x80:
        return point
    if point < 0x800:
        return 0xC0 | point >> 6
    return 0xE0 | point >> 12 if point < 0x10000 else 0xF0 | point >> 18
