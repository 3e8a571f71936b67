"""Where something is in a schema: paths, JSON pointers, and the walk through all subschemas.

Knows which keywords hold subschemas, and nothing else of what they mean. Walks what is malformed, too:
whoever looks at a place says whether it is a schema at all.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

Path = tuple[str, ...]
"""Keys and indexes from the root, as they stand in a JSON pointer but without its escapes."""

ONE = frozenset({"items", "additionalItems", "additionalProperties"})
MANY = frozenset({"anyOf", "oneOf", "allOf", "prefixItems", "items"})
NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions"})
INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


class Place(NamedTuple):
    """A subschema, and where it is."""

    path: Path
    schema: Any


class Fault(NamedTuple):
    """What is wrong, and where. `reason` goes on from 'Invalid schema at …: '."""

    path: Path
    reason: str


def walk(root: Any) -> Iterator[Place]:
    """All subschemas in the document's order, each before those within it."""
    stack = [Place((), root)]
    while stack:
        place = stack.pop()
        yield place
        stack.extend(reversed(list(find_children(place))))


def find_children(place: Place) -> Iterator[Place]:
    """The subschemas directly within one."""
    if not isinstance(place.schema, dict):
        return
    for keyword, value in place.schema.items():
        path = (*place.path, keyword)
        if isinstance(value, list) and keyword in MANY:
            yield from (Place((*path, str(index)), inner) for index, inner in enumerate(value))
        elif isinstance(value, dict) and keyword in NAMED:
            yield from (Place((*path, name), inner) for name, inner in value.items())
        elif keyword in ONE:
            yield Place(path, value)


def render_pointer(path: Path) -> str:
    """The path as a JSON pointer in a URI's fragment, without percent-encoding, so that people can read it."""
    return "/".join(["#", *(step.replace("~", "~0").replace("/", "~1") for step in path)])


def parse_reference(reference: str) -> Path | None:
    """Where a `$ref` within the document leads, or None when it is an anchor or leads to another document."""
    if reference == "#":
        return ()
    if not reference.startswith("#/"):
        return None
    return tuple(unquote(step).replace("~1", "/").replace("~0", "~") for step in reference[2:].split("/"))


def find_value(root: Any, path: Path) -> Any:
    """What is at a path. Raises `LookupError` when nothing is."""
    value = root
    for step in path:
        if isinstance(value, list) and INDEX.fullmatch(step):
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value[step]
        else:
            raise LookupError(step)
    return value
