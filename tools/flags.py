"""Writes `src/antiphon/cli/api/flags.json` from the wire models: `python tools/flags.py` (with --check: only looks)."""

import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from antiphon.cli.api.flags import FILE, Flag, Kind
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.support import TABLE

SINGULAR = {"messages": "message", "modalities": "modality", "functions": "function", "tools": "tool"}
"""Fields that are lists have a flag for an item."""
OF_STORED: dict[str, dict[str, tuple[Kind, str]]] = {
    "list": {
        "after": ("text", "Only what comes behind this id."),
        "limit": ("value", "So many in a page."),
        "metadata": ("value", "Only those with this metadata."),
        "model": ("text", "Only those of this model."),
        "order": ("text", "`asc` or `desc`, by time."),
    },
    "retrieve": {},
    "update": {"metadata": ("value", "What it can be found by from now on.")},
    "delete": {},
    "messages list": {
        "after": ("text", "Only what comes behind this id."),
        "limit": ("value", "So many in a page."),
        "order": ("text", "`asc` or `desc`."),
    },
}
ID = Flag("completion-id", ("completion_id",), "text", "Which completion; may stand alone, without the flag.")


def build_flags() -> dict[str, list[Flag]]:
    """Of all operations."""
    stored = {
        operation: [
            *([] if operation == "list" else [ID]),
            *(Flag(name, (name,), kind, told) for name, (kind, told) in fields.items()),
        ]
        for operation, fields in OF_STORED.items()
    }
    return {"create": list(flags_of_create()), **stored}


def flags_of_create() -> Iterator[Flag]:
    """A flag for each field, and one for each field of an object in it."""
    schema = CreateChatCompletion.model_json_schema()
    for field, described in schema["properties"].items():
        name = SINGULAR.get(field, field).replace("_", "-")
        forms = list(flatten(described, schema["$defs"]))
        is_list = field in SINGULAR
        told = TABLE[field].effect
        yield Flag(name, (field,), "list" if is_list else kind_of(forms), told)
        items = (
            [item for form in forms for item in flatten(form.get("items", {}), schema["$defs"])] if is_list else forms
        )
        inner: dict[str, list[dict[str, Any]]] = {}
        for item in items:
            for key, value in item.get("properties", {}).items():
                inner.setdefault(key, []).extend(flatten(value, schema["$defs"]))
        for key, values in inner.items():
            yield Flag(
                f"{name}.{key.replace('_', '-')}", (field, key), kind_of(values), f"`{key}` of `{field}`.", is_list
            )


def flatten(schema: dict[str, Any], definitions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The forms that a value may have, but null."""
    if "$ref" in schema:
        yield from flatten(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    elif alternatives := schema.get("anyOf") or schema.get("oneOf"):
        for alternative in alternatives:
            yield from flatten(alternative, definitions)
    elif schema.get("type") != "null":
        yield schema


def kind_of(forms: list[dict[str, Any]]) -> Kind:
    """How such a value is written."""
    kinds = {form.get("type") or ("string" if "const" in form or "enum" in form else "any") for form in forms}
    if kinds == {"string"}:
        return "text"
    if kinds == {"boolean"}:
        return "switch"
    return "text or value" if "string" in kinds else "value"


def main() -> None:
    """Write, or look."""
    text = msgspec.json.format(msgspec.json.encode(build_flags()), indent=1) + b"\n"
    if "--check" in sys.argv:
        if FILE.read_bytes() != text:
            sys.exit("src/antiphon/cli/api/flags.json is not what the wire models say: run `make docs`.")
    else:
        FILE.write_bytes(text)


if __name__ == "__main__":
    main()
