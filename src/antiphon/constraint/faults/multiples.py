"""`multipleOf` of a whole document: what it costs the grammar engine most is when several are looked at together.

The engine counts remainders. Where one number is held to several steps, or where it is not yet known which of several
an answer will take, it counts those of their least common multiple.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from antiphon.constraint.faults.keywords import ANNOTATIONS
from antiphon.constraint.numbers import (
    MOST_STATES,
    MOST_STATES_TOGETHER,
    count_states,
    find_joined_states,
    read_multiple,
)
from antiphon.constraint.place import Fault, Path, Place

APPLYING = frozenset({"allOf", "anyOf", "oneOf", "$ref"})
SILENT = ANNOTATIONS | {"type", "$defs", "definitions"}


def find_multiple_faults(places: list[Place]) -> Iterator[Fault]:
    """The first step with which there are too many."""
    schemas = [place for place in places if isinstance(place.schema, dict)]
    steps = [place for place in schemas if "multipleOf" in place.schema]
    joined = bool(steps) and are_joined(schemas)
    seen: set[tuple[int, int]] = set()
    for place in steps:
        multiple = read_multiple(place.schema["multipleOf"])
        if multiple is None or multiple in seen:
            continue
        seen.add(multiple)
        if sum(map(count_states, seen)) > MOST_STATES_TOGETHER:
            yield Fault((*place.path, "multipleOf"), f"all of them together may be at most {MOST_STATES_TOGETHER}")
        elif joined and len(seen) > 1 and find_joined_states(seen) > MOST_STATES:
            yield Fault((*place.path, "multipleOf"), "too many different ones for numbers that may be held to several")


def are_joined(schemas: list[Place]) -> bool:
    """Whether some number may have to be held to several steps at once."""
    told = (place.path for place in schemas if place.schema.keys() & {"multipleOf", "$ref"})
    return any(joins(place.schema) for place in schemas) or are_alternatives(told)


def joins(schema: dict[str, Any]) -> bool:
    """Whether what a value must be is told in more than one place."""
    applied = schema.keys() & APPLYING
    if "allOf" in applied or "patternProperties" in schema:
        return True
    return bool(applied) and bool(len(applied) > 1 or schema.keys() - applied - SILENT)


def are_alternatives(paths: Iterable[Path]) -> bool:
    """Whether two of these are in different options of one `anyOf` or `oneOf`."""
    options: dict[Path, str] = {}
    for path in paths:
        for depth, step in enumerate(path[:-1]):
            if step in ("anyOf", "oneOf") and options.setdefault(path[: depth + 1], path[depth + 1]) != path[depth + 1]:
                return True
    return False
