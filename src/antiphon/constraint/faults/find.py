"""All faults of a schema, in the order in which they are told.

Each schema is looked at before those within it, its keywords in their order; then what only the whole document shows.
Left to the grammar engine are whether `oneOf` exclude each other, whether `allOf` have anything in common, and most
of regular expressions.
"""

from collections.abc import Iterator
from typing import Any

from antiphon.constraint.faults.agreement import find_disagreements
from antiphon.constraint.faults.endless import find_endless_faults
from antiphon.constraint.faults.keywords import judge
from antiphon.constraint.faults.multiples import find_multiple_faults
from antiphon.constraint.faults.references import Document, find_circles, find_reference_faults
from antiphon.constraint.faults.strict import find_laxness, judge_strict
from antiphon.constraint.place import Fault, Place, find_children, walk


def find_faults(schema: dict[str, Any], *, strict: bool) -> Iterator[Fault]:
    """All that is wrong. After the first, others may follow from it."""
    places: list[Place] = []
    for place in walk(schema):
        yield from find_faults_at(place, strict=strict)
        places.append(place)
    yield from find_multiple_faults(places)
    yield from find_lost(Document(places))


def find_lost(document: Document) -> Iterator[Fault]:
    """References that lead nowhere, or round in circles for ever."""
    if document.references:
        yield from find_reference_faults(document)
        yield from find_circles(document)
        yield from find_endless_faults(document)


def find_faults_at(place: Place, *, strict: bool) -> Iterator[Fault]:
    """What is wrong with one schema, apart from those within it."""
    path, schema = place
    if not isinstance(schema, dict):
        if not isinstance(schema, bool):
            yield Fault(path, "a schema must be an object" if strict else "a schema must be an object or a boolean")
        return
    for keyword, value in schema.items():
        reason = (judge_strict(keyword) if strict else None) or judge(keyword, value)
        if reason is not None:
            yield Fault((*path, keyword), reason)
    for keyword, reason in find_disagreements(schema):
        yield Fault((*path, keyword), reason)
    if strict:
        for keyword, reason in find_laxness(schema, root=not path):
            yield Fault((*path, keyword), reason)
        yield from find_booleans(place)


def find_booleans(place: Place) -> Iterator[Fault]:
    """Schemas that are only true or false, which `strict` has nowhere but after what an object lists."""
    for child in find_children(place):
        if isinstance(child.schema, bool) and child.path[len(place.path)] != "additionalProperties":
            yield Fault(child.path, "a schema must be an object")
