"""Whether schemas exclude each other, as far as that is plain: by their types, by their values, or by a property that
tells them apart, like the tag of a union.

The grammar engine judges the same, but not through references, and not by numbers. What cannot be told here, or not
cheaply, is left to it.
"""

from itertools import combinations
from typing import Any

from antiphon.constraint.place import find_value, parse_reference
from antiphon.constraint.values import TYPES, judge_type, types_of

Schema = dict[str, Any]
MOST_WORK = 50_000
"""Properties and values that are looked at, for a whole document."""
MOST_REFERENCES = 8
DEEPEST = 3


class Disjointness:
    """Judges the schemas of one document."""

    def __init__(self, root: Schema) -> None:
        self.root = root
        self.work = 0

    def holds(self, options: list[Any]) -> bool:
        """Whether no value satisfies two of these, for certain."""
        resolved = [self.resolve(option) for option in options]
        return all(self.exclude(one, other, DEEPEST) for one, other in combinations(resolved, 2))

    def resolve(self, option: Any) -> Schema:
        """The schema behind a reference. What stands beside a reference only makes it narrower."""
        for _ in range(MOST_REFERENCES):
            if not isinstance(option, dict) or not isinstance(option.get("$ref"), str):
                break
            path = parse_reference(option["$ref"])
            try:
                option = None if path is None else find_value(self.root, path)
            except LookupError:
                option = None
        return option if isinstance(option, dict) else {}

    def exclude(self, one: Schema, other: Schema, depth: int) -> bool:
        """Whether no value satisfies both."""
        self.work += measure(one) + measure(other)
        if self.work > MOST_WORK:
            return False
        types, others = find_types(one), find_types(other)
        if not types & others:
            return True
        values, other_values = find_values(one), find_values(other)
        if values is not None and other_values is not None:
            return not values & other_values
        return depth > 0 and types | others == {"object"} and self.have_tag(one, other, depth)

    def have_tag(self, one: Schema, other: Schema, depth: int) -> bool:
        """Whether objects are told apart by a property that one of both requires."""
        properties, others = find_properties(one), find_properties(other)
        names = find_required(one) | find_required(other)
        return any(
            self.exclude(self.resolve(properties[name]), self.resolve(others[name]), depth - 1)
            for name in names & properties.keys() & others.keys()
        )


def measure(schema: Schema) -> int:
    """How much there is to look at."""
    parts = (schema.get(keyword) for keyword in ("properties", "required", "enum"))
    return 1 + sum(len(part) for part in parts if isinstance(part, dict | list))


def find_types(schema: Schema) -> set[str]:
    """The types of a schema's values, with integers as numbers."""
    types = types_of(schema) if "type" in schema and judge_type(schema["type"]) is None else None
    return {"number" if name == "integer" else name for name in types or TYPES}


def find_values(schema: Schema) -> set[tuple[bool, Any]] | None:
    """A schema's values, with booleans apart from numbers, or None when there are others than simple ones."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, list) or any(isinstance(value, dict | list) for value in values):
        return None
    return {(isinstance(value, bool), value) for value in values}


def find_properties(schema: Schema) -> Schema:
    """The properties a schema lists."""
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def find_required(schema: Schema) -> set[str]:
    """The names a schema requires."""
    required = schema.get("required")
    return {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()
