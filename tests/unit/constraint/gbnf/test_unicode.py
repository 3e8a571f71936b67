"""What characters are, here and in the engine."""

import pytest

from antiphon.constraint.gbnf.charset import ANY, CharSet, of
from antiphon.constraint.gbnf.unicode import WHITE, find_category, find_words, fold, read_folds
from tests.unit.constraint.gbnf.engine import read_class
from tests.unit.constraint.gbnf.tables import CATEGORIES, write_set

HINT = "the engine has another version of Unicode: python -m tests.unit.constraint.gbnf.tables"
GROUPS = sorted(set(read_folds().values()))
FOLDED = of((point, point) for point in read_folds())
WITH_CASE = of([(0, 0x1FFFF)])


@pytest.mark.parametrize("name", [*CATEGORIES, "L", "M", "N", "P", "S", "Z"])
def test_categories(name: str) -> None:
    """Each general category has the same characters as in the engine, and each first letter what begins so."""
    found = find_category(name)
    assert found and list(found.ranges) == read_class(rf"\p{{{name}}}"), HINT


def test_unknown_categories() -> None:
    """There are no others."""
    assert [find_category(name) for name in ("Xx", "", "Greek", "lu")] == [None] * 4


def test_what_is_assigned_to_nobody() -> None:
    """What no category has is one by itself, and belongs to the others of its first letter."""
    unassigned, other = find_category("Cn"), find_category("C")
    assert unassigned and other
    assert list(unassigned.ranges) == read_class(r"\p{Cn}"), HINT
    assert list(other.ranges) == read_class(r"\p{C}"), HINT


def test_words_and_white_space() -> None:
    """`\\w` and `\\s` match the same as in the engine."""
    assert list(find_words().ranges) == read_class(r"\w"), HINT
    assert list(WHITE.ranges) == read_class(r"\s"), HINT


def folded(chars: CharSet) -> list[tuple[int, int]]:
    """What the engine makes of a set where case does not matter."""
    return read_class(f"(?i){write_set(chars.ranges)}")


@pytest.mark.parametrize("bit", range(len(GROUPS).bit_length()))
def test_case(bit: int) -> None:
    """Characters that are one but for case are the same as in the engine: any half of the groups, by one of each."""
    groups = [group for number, group in enumerate(GROUPS) if number >> bit & 1]
    one_each = of((ord(group[bit % len(group)]),) * 2 for group in groups)
    assert folded(one_each) == list(of((ord(one), ord(one)) for group in groups for one in group).ranges), HINT
    assert list(fold(one_each).ranges) == folded(one_each)


def test_what_has_no_case() -> None:
    """All others are only themselves."""
    others = (ANY - FOLDED) & WITH_CASE
    assert folded(others) == list(others.ranges) == list(fold(others).ranges), HINT
