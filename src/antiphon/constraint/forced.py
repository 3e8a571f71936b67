"""How much a schema may leave no choice about, at most and roughly: the engine writes that out in one go, which nothing
can interrupt. Reads no pattern but for its counts.
"""

import re
from math import prod
from typing import Any

COUNT = re.compile(r"\{(\d{1,9})")
MOST_FORCED = 200_000
"""Characters. Writing them out takes about 0.2 s."""


def may_force_much(schema: Any) -> bool:
    """Whether more than `MOST_FORCED` characters could follow without a choice. Rather yes than no."""
    return weigh(schema) > MOST_FORCED


def weigh(schema: Any) -> int:
    """Its longest way through arrays and texts; where references can join ways, as if all were joined."""
    repeats: list[int] = []
    heaviest = measure(schema, repeats)
    return text_of(schema) * prod(repeats) if "$ref" in repr(schema) else heaviest


def measure(value: Any, repeats: list[int]) -> int:
    """Notes how often arrays and patterns repeat what is in them."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(measure(inner, repeats) for inner in value)
    if not isinstance(value, dict):
        return 20
    times = 1
    for keyword in ("minItems", "minLength", "minProperties"):
        if isinstance(count := value.get(keyword), int | float) and count > 1:
            times *= int(count)
    if isinstance(pattern := value.get("pattern"), str):
        times *= prod(max(int(count), 1) for count in COUNT.findall(pattern))
    repeats.append(times)
    return times * sum(len(name) + measure(inner, repeats) for name, inner in value.items())


def text_of(schema: Any) -> int:
    """Characters of all of it."""
    return len(repr(schema))
