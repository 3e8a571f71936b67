"""Steps and bounds."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.constraint.numbers import (
    LARGEST,
    count_states,
    find_joined_states,
    find_multiple_fault,
    find_number_fault,
    narrow_bounds,
    read_multiple,
)

STEPS: list[tuple[Any, tuple[int, int] | None]] = [
    (1, (1, 0)), (5, (5, 0)), (0.1, (1, 1)), (0.25, (25, 2)), (2.5, (25, 1)), (1e-6, (1, 6)), (3.0, (3, 0)),
    (0.07, None),
    (1.06, None), (1e-12, None), (5e-324, None), (0, None), (-1, None), ("1", None), (True, None), (None, None),
    (10**30, None),
]  # fmt: skip


@pytest.mark.parametrize(("step", "read"), STEPS)
def test_steps_as_the_engine_reads_them(step: Any, read: tuple[int, int] | None) -> None:
    """As a whole number and decimals; not those that it would read inexactly."""
    assert read_multiple(step) == read
    assert read is None or Decimal(read[0]).scaleb(-read[1]) == Decimal(repr(step))


@pytest.mark.parametrize("step", [1, 2, 7, 60, 365, 5000, 10_000, 0.01, 0.5, 12.5, 0.0001])
def test_steps_that_can_be_held_to(step: float) -> None:
    """Those that people ask for."""
    assert find_multiple_fault(step) is None


@pytest.mark.parametrize(
    "step", [0, -1, "1", True, 5001, 9973, 86_400, 100_000, 1_000_003, 0.07, 12.345, 1e300, 5e-324, 10**300]
)
def test_steps_that_cost_too_much_or_are_none(step: Any) -> None:
    """A large one would make the engine give up in the middle of an answer."""
    assert find_multiple_fault(step) is not None


def test_powers_of_ten_cost_nothing() -> None:
    """The engine sees those from the last digits."""
    assert count_states((10_000, 0)) == count_states((1, 6)) == 1
    assert count_states((30, 0)) == 30
    assert find_joined_states({(4, 0), (6, 0)}) == 12
    assert find_joined_states({(1, 2), (5, 0)}) == 500
    assert find_joined_states(set()) == 1


@pytest.mark.parametrize("number", [0, -0.0, 1.5, 1e-7, LARGEST, -LARGEST, 0.123456789012345, 123456.789])
def test_numbers_that_are_exact(number: float) -> None:
    """Up to 15 digits."""
    assert find_number_fault(number) is None


@pytest.mark.parametrize("number", [LARGEST + 1, -(2**63), 1e16, 9007199254740991.0, 0.1234567890123456, 1e-30, 1e300])
def test_numbers_that_are_not(number: float) -> None:
    """What an engine of doubles would write in another way than it was asked for."""
    assert find_number_fault(number) is not None


def narrow(*, whole: bool = False, **bounds: float) -> dict[str, Any]:
    """Bounds as they are built."""
    built: dict[str, Any] = {}
    for keyword, value in bounds.items():
        narrow_bounds(built, keyword, value, whole=whole)
    return built


def test_inexact_bounds_become_narrower() -> None:
    """What is beyond 2^53 or has too many digits is brought in; what is exact stays."""
    assert narrow(minimum=1.5, maximum=3) == {"minimum": 1.5, "maximum": 3}
    assert narrow(minimum=-1e300, maximum=2**63) == {"minimum": -LARGEST, "maximum": LARGEST}
    assert narrow(exclusiveMinimum=-(2**60)) == {"minimum": -LARGEST}
    assert narrow(minimum=0.1234567890123456, maximum=0.9876543210987654) == {
        "minimum": 0.123456789012346, "maximum": 0.987654321098765,
    }  # fmt: skip
    assert narrow(minimum=1e300) == narrow(maximum=-1e300) == {}


def test_exclusive_bounds() -> None:
    """Away from 0 they become inclusive ones; integers' stay as they are, and the narrower of two counts."""
    assert narrow(exclusiveMinimum=1) == {"minimum": 1.00000000000001}
    assert narrow(exclusiveMaximum=-1) == {"maximum": -1.00000000000001}
    assert narrow(exclusiveMinimum=0) == {"minimum": 1e-14}
    assert narrow(exclusiveMaximum=1) == {"exclusiveMaximum": 1}
    assert narrow(exclusiveMinimum=-1) == {"exclusiveMinimum": -1}
    assert narrow(exclusiveMinimum=1, whole=True) == {"exclusiveMinimum": 1}
    assert narrow(exclusiveMinimum=1, minimum=3) == narrow(minimum=3, exclusiveMinimum=1) == {"minimum": 3}
    assert narrow(exclusiveMinimum=9007199254740990) == {"minimum": LARGEST}


KEYWORDS = st.sampled_from(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])
NUMBERS = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))


@given(KEYWORDS, NUMBERS, st.booleans())
def test_no_bound_becomes_wider(keyword: str, bound: float, whole: bool) -> None:
    """Whatever satisfies what is built satisfies what was asked for."""
    for built, value in narrow(whole=whole, **{keyword: bound}).items():
        inward, original = (value, bound) if keyword.endswith("Minimum") or keyword == "minimum" else (-value, -bound)
        assert inward > original or (inward == original and (built == keyword or not keyword.startswith("exclusive")))
