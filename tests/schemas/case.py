"""A schema that answers are held to."""

from collections.abc import Iterator
from typing import Any, NamedTuple

Schema = dict[str, Any]


class Case(NamedTuple):
    """`strict`: it is in the subset that `strict` allows. `judged`: what it means, where 2020-12 reads it otherwise."""

    name: str
    schema: Schema
    strict: bool = False
    judged: Schema | None = None


def closed(properties: Schema, **others: Any) -> Schema:
    """An object with these properties, all of them and no others."""
    return optional(properties, *properties, **others)


def optional(properties: Schema, *required: str, **others: Any) -> Schema:
    """An object with these properties, of which only some are required."""
    return {
        "type": "object", "properties": properties, "required": [*required], "additionalProperties": False, **others,
    }  # fmt: skip


def list_of(items: Any, most: int = 3, **others: Any) -> Schema:
    """An array of at most so many items."""
    return {"type": "array", "items": items, "maxItems": most, **others}


def text(longest: int = 12, **others: Any) -> Schema:
    """A string of at most so many characters."""
    return {"type": "string", "maxLength": longest, **others}


def whole(least: int = 0, most: int = 999) -> Schema:
    """An integer within bounds."""
    return {"type": "integer", "minimum": least, "maximum": most}


def cases(group: str, schemas: dict[str, Schema], *, strict: bool = False) -> Iterator[Case]:
    """The cases of a group. Strict ones that are no objects are put into one."""
    for name, schema in schemas.items():
        root = closed({"value": schema}) if strict and schema.get("type") != "object" else schema
        yield Case(f"{group}: {name}", root, strict)
