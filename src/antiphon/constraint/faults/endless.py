"""Schemas that no finite answer satisfies, such as one that requires itself.

Starts from what is satisfied at once and goes on to what needs only that, until nothing is added (a least fixed
point). What keywords say of each other's values is not looked into: whatever could be satisfied counts as such.
"""

from collections.abc import Callable, Iterator

from antiphon.constraint.faults.references import Document
from antiphon.constraint.place import Fault, Path, Place
from antiphon.constraint.values import TYPES, read_count

MOST_ROUNDS = 8
"""Forward and backward in turns. After so many, what is left counts as satisfiable: only what is certain is refused."""

Holds = Callable[[Path], bool]


def find_endless_faults(document: Document) -> Iterator[Fault]:
    """The root, or a reference, when no answer satisfies what it stands for."""
    endless = find_endless(document)
    if () in endless:
        yield Fault((), "can never be satisfied: whatever an answer has, more is required")
    for place in document.references:
        target = document.targets.get(place.path)
        if target is not None and target.path in endless:
            yield Fault((*place.path, "$ref"), "leads to a schema that can never be satisfied")


def find_endless(document: Document) -> set[Path]:
    """The paths of all schemas that no finite answer satisfies."""
    missing = list(document.places.values())
    satisfied: set[Path] = set()
    for _ in range(MOST_ROUNDS):
        missing.reverse()
        left = []
        for place in missing:
            if is_satisfied(place, document, satisfied.__contains__):
                satisfied.add(place.path)
            else:
                left.append(place)
        if len(left) == len(missing):
            return {place.path for place in missing}
        missing = left
    return set()


def is_satisfied(place: Place, document: Document, holds: Holds) -> bool:
    """Whether some answer satisfies this, given those of which that is known."""
    schema, path = place.schema, place.path
    if not isinstance(schema, dict):
        return schema is not False
    target = document.targets.get(place.path)
    if target is not None and not holds(target.path):
        return False
    for keyword, enough in (("allOf", all), ("anyOf", any), ("oneOf", any)):
        options = schema.get(keyword)
        if isinstance(options, list) and not enough(holds((*path, keyword, str(n))) for n in range(len(options))):
            return False
    named = schema.get("type", TYPES)
    types = [named] if isinstance(named, str) else named
    return any(has_value(name, place, holds) for name in types) if isinstance(types, list | tuple) else True


def has_value(name: str, place: Place, holds: Holds) -> bool:
    """Whether a value of this type satisfies what a schema says of that type."""
    if name == "object":
        return all(has_property(key, place, holds) for key in find_required(place))
    if name == "array":
        return all(has_item(index, place, holds) for index in find_needed(place))
    return True


def find_required(place: Place) -> list[str]:
    """The names of the properties that an object must have."""
    required = place.schema.get("required")
    return [key for key in required if isinstance(key, str)] if isinstance(required, list) else []


def find_needed(place: Place) -> range:
    """The places of the items that an array must have, as far as they may differ."""
    least = read_count(place.schema.get("minItems")) or 0
    listed = [place.schema[key] for key in ("prefixItems", "items") if isinstance(place.schema.get(key), list)]
    return range(min(least, max(map(len, listed), default=0) + 1))


def has_property(key: str, place: Place, holds: Holds) -> bool:
    """Whether this property can have a value."""
    schema, path = place.schema, place.path
    properties = schema.get("properties")
    if isinstance(properties, dict) and key in properties:
        return holds((*path, "properties", key))
    if "patternProperties" in schema or "additionalProperties" not in schema:
        return True
    return holds((*path, "additionalProperties"))


def has_item(index: int, place: Place, holds: Holds) -> bool:
    """Whether there can be an item at this place."""
    schema, path = place.schema, place.path
    for keyword, after in (("prefixItems", "items"), ("items", "additionalItems")):
        listed = schema.get(keyword)
        if isinstance(listed, list):
            inner = (keyword, str(index)) if index < len(listed) else (after,)
            return holds((*path, *inner)) if index < len(listed) or after in schema else True
    return holds((*path, "items")) if "items" in schema else True
