"""How large a schema may be: what is larger is refused before anything else looks at it.

Counts in one pass without recursion and without writing the schema out. Knows only which keys are counted,
not what they mean: everything after this may rely on the depth, and on numbers and texts that JSON can write.
"""

from typing import Any

from antiphon.constraint.place import Fault, Path, render_pointer
from antiphon.errors import InvalidSchema

DEEPEST = 100
MOST_TEXT = 512_000
MOST_SCHEMAS = 20_000
MOST_PROPERTIES = 5_000
MOST_ENUM_VALUES = 10_000
MOST_VALUES = 200_000
LONGEST_NAME = 5_000
MOST_BITS = 1_000

Trail = tuple[Any, str] | None
"""The way back to the root: the trail of what is around, and the last step."""


def check_bounds(schema: Any, *, param: str) -> None:
    """Raises `InvalidSchema` for what is no JSON object, or larger or deeper than anybody's schema."""
    fault = find_excess(schema)
    if fault is not None:
        raise InvalidSchema(param, render_pointer(fault.path), fault.reason)


def find_excess(schema: Any) -> Fault | None:
    """The first value with which a bound is passed."""
    if not isinstance(schema, dict):
        return Fault((), "a schema must be an object")
    tally = Tally()
    stack: list[tuple[Any, int, Trail]] = [(schema, 1, None)]
    while stack:
        value, depth, trail = stack.pop()
        reason = tally.add(value, depth, trail[1] if trail else "")
        if reason is not None:
            return Fault(follow(trail), reason)
        if isinstance(value, dict):
            stack.extend((inner, depth + 1, (trail, name)) for name, inner in reversed(value.items()))
        elif isinstance(value, list):
            stack.extend((inner, depth + 1, (trail, str(index))) for index, inner in reversed([*enumerate(value)]))
    return None


def follow(trail: Trail) -> Path:
    """A trail as a path from the root."""
    steps = []
    while trail is not None:
        trail, step = trail
        steps.append(step)
    return tuple(reversed(steps))


class Tally:
    """What has been counted so far, of the whole schema."""

    def __init__(self) -> None:
        self.text = self.schemas = self.properties = self.enum_values = self.values = 0

    def add(self, value: Any, depth: int, key: str) -> str | None:
        """Counts one value with the names or the number of what is in it; says which bound it passes."""
        match value:
            case str():
                return self.add_text(value)
            case bool():
                return self.add_schema()
            case int() | float():
                return None if is_writable(value) else "no number that JSON can write"
            case dict() | list():
                return self.add_container(value, key) if depth <= DEEPEST else f"nested more than {DEEPEST} deep"
        return None

    def add_text(self, text: str) -> str | None:
        """A string or a name."""
        self.text += len(text)
        if self.text > MOST_TEXT:
            return f"the schema has more than {MOST_TEXT} characters in its names and strings"
        return None if text.isascii() or is_encodable(text) else "half a surrogate pair, which UTF-8 cannot encode"

    def add_schema(self) -> str | None:
        """Something that could be a subschema."""
        self.schemas += 1
        return f"the schema has more than {MOST_SCHEMAS} subschemas" if self.schemas > MOST_SCHEMAS else None

    def add_container(self, value: dict[str, Any] | list[Any], key: str) -> str | None:
        """An object or an array, before what is in it is looked at, so that a large one ends at once."""
        self.values += len(value)
        if isinstance(value, dict):
            self.properties += len(value) if key == "properties" else 0
        else:
            self.enum_values += len(value) if key == "enum" else 0
        if self.properties > MOST_PROPERTIES:
            return f"the schema has more than {MOST_PROPERTIES} properties"
        if self.enum_values > MOST_ENUM_VALUES:
            return f"the schema has more than {MOST_ENUM_VALUES} enum values"
        if self.values > MOST_VALUES:
            return f"the schema has more than {MOST_VALUES} values"
        return self.add_names(value) if isinstance(value, dict) else None

    def add_names(self, value: dict[str, Any]) -> str | None:
        """An object's keys."""
        for name in value:
            if len(name) > LONGEST_NAME:
                return f"a name of more than {LONGEST_NAME} characters"
            if (reason := self.add_text(name)) is not None:
                return reason
        return self.add_schema()


def is_encodable(text: str) -> bool:
    """Whether UTF-8 can write this."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_writable(number: float) -> bool:
    """Whether JSON can write this, and others read it."""
    return number.bit_length() <= MOST_BITS if isinstance(number, int) else number - number == 0
