"""Sets of characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.constraint.gbnf.charset import ANY, LAST, CharSet, lead_byte, lead_bytes, of, one_of, single

points = st.integers(0, 40)
pairs = st.tuples(points, points).map(lambda pair: (min(pair), max(pair)))
sets = st.lists(pairs, max_size=6).map(of)


def members(chars: CharSet) -> set[int]:
    """The first characters that are in a set."""
    return {point for point in range(60) if point in chars}


@given(sets, sets)
def test_what_is_in_a_set(one: CharSet, other: CharSet) -> None:
    """Union, intersection and difference are those of their members."""
    assert members(one | other) == members(one) | members(other)
    assert members(one & other) == members(one) & members(other)
    assert members(one - other) == members(one) - members(other)


@given(sets)
def test_all_others(chars: CharSet) -> None:
    """What is not in a set is in its complement, and never in both."""
    assert members(~chars) == set(range(60)) - members(chars)
    assert ~~chars == chars
    assert chars | ~chars == ANY and not chars & ~chars


@given(st.lists(pairs, max_size=6))
def test_ranges_are_in_order(ranges: list[tuple[int, int]]) -> None:
    """None touches the next, however they were given."""
    chars = of(ranges)
    assert members(chars) == {point for first, last in ranges for point in range(first, last + 1)}
    assert all(last + 1 < first for (_, last), (first, _) in zip(chars.ranges, chars.ranges[1:], strict=False))


def test_surrogates_are_no_characters() -> None:
    """No set has them."""
    assert not single(0xD800) and not of([(0xD800, 0xDFFF)])
    assert of([(0, LAST)]) == ANY == ~of([])
    assert 0xDC00 not in ANY and 0xE000 in ANY


def test_one_character() -> None:
    """A set of one tells which."""
    assert single(ord("a")).only == ord("a") == one_of("aa").only
    assert one_of("ab").only is None and of([]).only is None


@pytest.mark.parametrize("letter", "\x00\x7f\x80\u07ff\u0800\u08ff\ud7ff\ue000\uffff\U00010000\U0010ffff")
def test_first_bytes(letter: str) -> None:
    """The first byte of a character is that of its UTF-8."""
    assert lead_byte(ord(letter)) == letter.encode()[0]
    assert lead_bytes(single(ord(letter))) == 1 << letter.encode()[0]


@pytest.mark.parametrize(
    ("letters", "leads"), [("az", {*range(0x61, 0x7B)}), ("\x7f\u0800", {0x7F, *range(0x80, 0xE1)}), ("éü", {0xC3})]
)
def test_first_bytes_of_ranges(letters: str, leads: set[int]) -> None:
    """A range has all between those of its ends."""
    mask = lead_bytes(of([(ord(letters[0]), ord(letters[1]))]))
    assert {byte for byte in range(256) if mask >> byte & 1} == leads
