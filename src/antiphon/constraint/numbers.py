"""Numbers in schemas: which of them the grammar engine takes exactly, and bounds that mean the same to it.

The engine computes with doubles, reads them inexactly from more than 15 digits, and writes ranges as regular
expressions. What it gets wrong there is refused, or brought into a form that it gets right. Integers are exact up to
2^53, as for most readers of JSON.
"""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

LARGEST = 2**53 - 1
MOST_STATES = 5_000
MOST_STATES_TOGETHER = 20_000
LARGEST_POWER = 10_000
MOST_DIGITS = 15
MOST_DECIMALS = 22


def is_number(value: Any) -> bool:
    """Whether this is a number, and no boolean."""
    return type(value) is int or type(value) is float


def read_multiple(value: Any) -> tuple[int, int] | None:
    """A step as whole number and number of decimals, like (25, 2) of 0.25, in the way the engine reads it.
    None for what it cannot read, or would read wrongly.
    """
    if not is_number(value) or not 0 < value <= LARGEST_POWER:
        return None
    number, decimals = float(value), 0
    while number % 1:
        number, decimals = number * 10, decimals + 1
    if number >= 2**32 or Decimal(int(number)).scaleb(-decimals) != Decimal(repr(value)):
        return None
    return int(number), decimals


def find_multiple_fault(value: Any) -> str | None:
    """Why the engine cannot hold to this step. It has a state for each remainder, times those of the bounds beside it,
    and gives up in the middle of an answer when there are too many; powers of ten need fewer.
    """
    if not is_number(value) or value <= 0:
        return "must be a number above 0"
    if value > LARGEST_POWER:
        return f"must be at most {LARGEST_POWER}"
    multiple = read_multiple(value)
    if multiple is None:
        return f"multiples of {value} cannot be told exactly"
    if count_states(multiple) > MOST_STATES:
        return f"must be at most {MOST_STATES} without its decimal point, or a power of ten"
    return None


def count_states(multiple: tuple[int, int]) -> int:
    """What a step costs the engine."""
    return 1 if set(str(multiple[0])) <= {"0", "1"} and str(multiple[0]).count("1") == 1 else multiple[0]


def find_joined_states(multiples: set[tuple[int, int]]) -> int:
    """What steps cost that apply to one number together: their least common multiple."""
    decimals = max((multiple[1] for multiple in multiples), default=0)
    return math.lcm(*(whole * 10 ** (decimals - own) for whole, own in multiples))


def find_number_fault(value: float) -> str | None:
    """Why the engine could not write exactly this number."""
    if abs(value) > LARGEST:
        return f"numbers beyond {LARGEST} are not exact"
    if settle(value, ROUND_FLOOR) != value or (isinstance(value, float) and abs(value) >= 10**MOST_DIGITS):
        return f"numbers of more than {MOST_DIGITS} digits or {MOST_DECIMALS} decimals are not exact"
    return None


def settle(value: float, rounding: str) -> float:
    """The next number in a direction that the engine reads exactly."""
    if value == int(value) and abs(value) <= LARGEST:
        return value
    number = Decimal(repr(value))
    last = max(number.adjusted() - MOST_DIGITS + 1, -MOST_DECIMALS)
    return float(number.quantize(Decimal(1).scaleb(last), rounding))


def narrow_bounds(built: dict[str, Any], keyword: str, value: float, *, whole: bool) -> None:
    """Writes a bound so that the engine holds to it, and no number passes that the schema would not let pass.

    whole: only integers are meant.
    """
    lower = keyword in ("minimum", "exclusiveMinimum")
    if abs(value) > LARGEST:
        if lower == (value > 0):
            return
        keyword, value = ("minimum", -LARGEST) if lower else ("maximum", LARGEST)
    value = settle(value, ROUND_CEILING if lower else ROUND_FLOOR)
    if keyword.startswith("exclusive") and not whole and is_outward(value, up=lower):
        keyword, value = "minimum" if lower else "maximum", step_inside(value, up=lower)
    value = int(value) if value == int(value) else value
    built[keyword] = (max if lower else min)(built.get(keyword, value), value)


def is_outward(bound: float, *, up: bool) -> bool:
    """Whether the numbers within a bound are farther from 0 than the bound."""
    return bound >= 0 if up else bound <= 0


def step_inside(bound: float, *, up: bool) -> float:
    """The next number of `MOST_DIGITS` within an exclusive bound, away from 0. The engine lets the bound itself pass
    when the other bound has the same whole part, and more digits, which make the same double. Towards 0 it excludes the
    bound, and of an inclusive one with many digits it would ask for many digits where people write few.
    """
    number = Decimal(repr(bound))
    unit = Decimal(1).scaleb(min(max(number.adjusted() - MOST_DIGITS + 1, -MOST_DECIMALS), 0))
    return float(number + unit if up else number - unit)
