"""A JSON Schema as a flat table: each path with the kinds of value that may stand there.

A path is `messages[]<user>.content[]<text>.text`: array items are `[]`, the values of a dictionary `.*`, and one of
several objects that may stand at a place has in angle brackets what it says by `role` or `type` that it is. A kind is
a JSON type, `'text'` or `true` for one value, `null` where null may stand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]
TAGS = ("role", "type")
DEEPEST = 12


@dataclass
class Table:
    """kinds: of each path. required: paths that are there whenever the object is."""

    kinds: dict[str, set[str]] = field(default_factory=dict)
    required: dict[str, bool] = field(default_factory=dict)

    def add(self, path: str, kind: str) -> None:
        """A kind that may stand at a path."""
        self.kinds.setdefault(path, set()).add(kind)

    def of(self, path: str) -> set[str]:
        """The kinds of a path, each said once: any string covers all strings that are named."""
        kinds = set(self.kinds[path])
        if "string" in kinds:
            kinds = {kind for kind in kinds if not kind.startswith("'")}
        if "number" in kinds:
            kinds.discard("integer")
        if kinds >= {"true", "false"}:
            kinds = kinds - {"true", "false"} | {"boolean"}
        return kinds


def flatten(*schemas: Schema, definitions: Schema) -> Table:
    """The table of schemas that stand for the same thing. definitions: what `$ref` refers to, by name."""
    table = Table()
    for schema in schemas:
        _walk(schema, "", definitions, table, 0)
    return table


def _walk(schema: Schema, path: str, definitions: Schema, table: Table, depth: int) -> None:
    assert depth < DEEPEST, f"{path} has no end"
    alternatives = list(members(schema, definitions))
    several = sum("properties" in member for member in alternatives) > 1
    for member in alternatives:
        for kind in kinds_of(member):
            table.add(path, kind)
        here = path + label(member, definitions) if several and "properties" in member else path
        if items := member.get("items"):
            _walk(items, f"{path}[]", definitions, table, depth + 1)
        for values in [member.get("additionalProperties"), *member.get("patternProperties", {}).values()]:
            if isinstance(values, dict):
                _walk(values, f"{here}.*", definitions, table, depth + 1)
        for name, prop in member.get("properties", {}).items():
            place = f"{here}.{name}".removeprefix(".")
            needed = name in member.get("required", ())
            table.required[place] = needed and table.required.get(place, True)
            _walk(prop, place, definitions, table, depth + 1)


def members(schema: Schema, definitions: Schema) -> Iterator[Schema]:
    """What a schema is one of, with references followed."""
    if "$ref" in schema:
        yield from members(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
        return
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives is None:
        yield schema
    for alternative in alternatives or ():
        yield from members(alternative, definitions)


def kinds_of(schema: Schema) -> Iterator[str]:
    """The kinds of value that one schema without alternatives takes."""
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if values is not None:
        for value in values:
            yield f"'{value}'" if isinstance(value, str) else str(value).lower()
        return
    kind = schema.get("type")
    yield from kind if isinstance(kind, list) else [kind] if kind else ["anything"]


def label(schema: Schema, definitions: Schema) -> str:
    """What an object says it is, in angle brackets."""
    for tag in TAGS:
        kinds = [
            kind
            for member in members(schema["properties"].get(tag, {"type": "string"}), definitions)
            for kind in kinds_of(member)
        ]
        if len(kinds) == 1 and kinds[0].startswith("'"):
            return f"<{kinds[0].strip(chr(39))}>"
    return ""
