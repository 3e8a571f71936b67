"""Strings that stand without quotes: what a schema says of them, as regular expressions. Knows no notation.

A format allows a part of what it stands for, as far as that is certainly valid.
"""

import re
from typing import Any, NamedTuple

from antiphon.dialect.grammar.lark import ANYTHING, Lark, escape

LABEL = r"[a-zA-Z0-9]([a-zA-Z0-9\-]{0,20}[a-zA-Z0-9])?"
BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
FORMATS = {
    "duration": r"P([0-9]{1,4}W|[0-9]{1,4}D(T[0-9]{1,4}H)?|T[0-9]{1,4}[HMS])",
    "ipv4": rf"({BYTE}\.){{3}}{BYTE}",
    "ipv6": r"([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "uri": rf"https?:\/\/{LABEL}(\.{LABEL}){{1,3}}(\/[a-zA-Z0-9_\-]{{1,30}}){{0,5}}",
}
"""Those that a schema still has when it has been built (constraint/); the others are patterns there."""
UNDERSTOOD = frozenset({"type", "enum", "const", "minLength", "maxLength", "pattern", "allOf", "format", "x-guidance"})
NULL = {"type": "null"}


class Text(NamedTuple):
    """What strings of a schema are, and whether null may stand for one."""

    schema: dict[str, Any]
    nullable: bool


def find_text(schema: Any, ends: str) -> Text | None:
    """The strings that a schema takes, where it takes nothing else but null. ends: what stands behind such a string,
    which none of them may have within.
    """
    text = strip_null(schema)
    fits = is_text(text.schema) and not any(ends.strip() in value for value in values_of(text.schema))
    return text if fits else None


def strip_null(schema: Any) -> Text:
    """A schema without null among what it takes."""
    if not isinstance(schema, dict):
        return Text({}, nullable=False)
    options = schema.get("anyOf", [])
    if len(options) == 2 and NULL in options and schema.keys() <= {"anyOf", "x-guidance"}:
        return Text(next((option for option in options if option != NULL), NULL), nullable=True)
    kinds, values = schema.get("type"), values_of(schema)
    if not isinstance(kinds, list) or sorted(kinds) != ["null", "string"]:
        return Text(schema, nullable=False)
    strings = {"enum": [value for value in values if value is not None]} if values else {}
    return Text({**schema, "type": "string", **strings}, nullable=not values or None in values)


def is_text(schema: Any) -> bool:
    """Whether a schema takes strings only, of a kind that can stand without quotes."""
    if not isinstance(schema, dict) or not schema.keys() <= UNDERSTOOD:
        return False
    values = values_of(schema)
    if values:
        return all(isinstance(value, str) for value in values) and schema.keys() <= {"type", "enum", "const"}
    all_understood = all(isinstance(more, dict) and more.keys() <= {"pattern"} for more in schema.get("allOf", []))
    return schema.get("type") == "string" and schema.get("format", "ipv4") in FORMATS and all_understood


def write_pattern(lark: Lark, schema: dict[str, Any]) -> str:
    """A terminal for such a string."""
    return lark.terminal("STRING", " & ".join(f"/{pattern}/" for pattern in patterns_of(schema)))


def patterns_of(schema: dict[str, Any]) -> list[str]:
    """All that such a string must match, as a whole."""
    if values := values_of(schema):
        return [f"({'|'.join(map(escape, values))})"]
    patterns = [ANYTHING]
    if schema.keys() & {"minLength", "maxLength"}:
        patterns.append(f"(?s:.{{{int(schema.get('minLength', 0))},{schema.get('maxLength', '')}}})")
    patterns += [search(part["pattern"]) for part in (schema, *schema.get("allOf", [])) if "pattern" in part]
    if "format" in schema:
        patterns.append(FORMATS[schema["format"]])
    return patterns[1:] or patterns


def values_of(schema: dict[str, Any]) -> list[Any]:
    """The values that it may have, where they are listed."""
    values: list[Any] = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return values


def search(pattern: str) -> str:
    """What contains a match, as a schema has it, as a pattern for the whole text."""
    begin = "" if pattern.startswith("^") else ANYTHING
    anchored = pattern.endswith("$") and not pattern.endswith("\\$")
    inner = pattern.removeprefix("^")[: -1 if anchored else None]
    if has_choice(inner):  # an anchor beside an alternative belongs to that alternative alone
        begin, anchored, inner = ANYTHING, False, pattern
    return f"{begin}({slashed(inner)}){'' if anchored else ANYTHING}"


def has_choice(pattern: str) -> bool:
    """Whether a pattern is a choice of several, outside of all brackets."""
    depth, within = 0, False
    for found in re.finditer(r"\\[\s\S]|[\s\S]", pattern):
        piece = found[0]
        within = (within or piece == "[") and piece != "]"
        depth += 0 if within else (piece == "(") - (piece == ")")
        if piece == "|" and depth == 0 and not within:
            return True
    return False


def slashed(pattern: str) -> str:
    """A pattern that may stand between slashes. A digit is one of ASCII's, as everybody who writes `\\d` means."""
    written, within = "", False
    for found in re.finditer(r"\\[\s\S]|[\s\S]", pattern):
        piece = found[0]
        within = (within or piece == "[") and piece != "]"
        digit = "0-9" if within else "[0-9]"
        written += {"/": r"\/", "\n": r"\n", r"\d": digit}.get(piece, piece)
    return written
