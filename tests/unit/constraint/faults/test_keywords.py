"""Keywords one by one."""

from typing import Any

import pytest

from antiphon.constraint.faults.keywords import ANNOTATIONS, UNENFORCED, judge
from tests.unit.constraint.faults.first import first

ENFORCED: list[tuple[str, Any]] = [
    ("type", "string"), ("enum", [1]), ("const", None), ("minimum", 0), ("maximum", 1.5), ("exclusiveMinimum", 0),
    ("exclusiveMaximum", 1), ("multipleOf", 0.5), ("minLength", 1), ("maxLength", 2.0), ("pattern", "^a"),
    ("format", "date"), ("items", {}), ("items", False), ("prefixItems", [{}]), ("minItems", 0), ("maxItems", 1),
    ("properties", {}), ("required", []), ("additionalProperties", False), ("patternProperties", {"^a": {}}),
    ("minProperties", 1), ("maxProperties", 1), ("anyOf", [{}]), ("oneOf", [{}]), ("allOf", [{}]), ("$defs", {}),
    ("definitions", {}), ("uniqueItems", False), ("unevaluatedProperties", True), ("unevaluatedItems", {}),
    ("propertyNames", True), ("propertyNames", {}), ("propertyNames", {"type": "string", "title": "T"}),
    ("nullable", False), ("x-anything", {"not": {}}), ("x-guidance", {"lenient": True}),
]  # fmt: skip


@pytest.mark.parametrize(("keyword", "value"), [*ENFORCED, *((keyword, {"any": 1}) for keyword in sorted(ANNOTATIONS))])
def test_what_is_enforced_or_annotates(keyword: str, value: Any) -> None:
    """All that the grammar holds to, and all that says nothing of answers."""
    assert first({keyword: value}) == ("", "")


NOT_ENFORCED: list[tuple[str, Any]] = [
    *((keyword, {}) for keyword in sorted(UNENFORCED)), ("uniqueItems", True), ("unevaluatedProperties", False),
    ("unevaluatedItems", {"type": "string"}), ("propertyNames", {"pattern": "^a"}), ("propertyNames", {"enum": ["a"]}),
    ("propertyNames", False), ("propertyNames", {"type": "integer"}), ("minimun", 3), ("Type", "string"),
    ("schema", {}),
    ("items_", {}), ("", {}), ("name", "n"), ("components", {}),
]  # fmt: skip


@pytest.mark.parametrize(("keyword", "value"), NOT_ENFORCED)
def test_what_is_not_enforced_is_refused_by_its_name(keyword: str, value: Any) -> None:
    """A constraint that would be dropped, and a word that nobody knows, which may be a misspelt one."""
    pointer, reason = first({"type": "object", "properties": {"a": {keyword: value}}})
    assert pointer == f"#/properties/a/{keyword}"
    assert "enforced" in reason or "unknown" in reason


MALFORMED: list[tuple[str, Any]] = [
    ("type", "text"), ("enum", []), ("required", True), ("properties", []), ("anyOf", []), ("anyOf", {}),
    ("oneOf", None),
    ("allOf", "a"), ("prefixItems", []), ("minimum", "1"), ("exclusiveMinimum", True), ("maximum", None),
    ("multipleOf", 0), ("minLength", -1), ("maxLength", 1.5), ("maxItems", "3"), ("maxItems", 100_001), ("pattern", 5),
    ("pattern", "(?=a)"), ("format", 5), ("patternProperties", {"(?!a)": {}}), ("patternProperties", []),
    ("patternProperties", {f"^{index}$": {} for index in range(51)}), ("$ref", 5), ("$defs", []), ("definitions", 1),
    ("uniqueItems", "no"), ("nullable", 1), ("unevaluatedItems", 5), ("propertyNames", 5), ("items", []),
]  # fmt: skip


@pytest.mark.parametrize(("keyword", "value"), MALFORMED)
def test_malformed_values(keyword: str, value: Any) -> None:
    """A value that is none for its keyword is told at its place."""
    assert first({"$defs": {"a": {keyword: value}}})[0].startswith(f"#/$defs/a/{keyword}")


@pytest.mark.parametrize("schema", [5, "string", None, [1], 1.5])
@pytest.mark.parametrize("around", ["properties", "$defs", "anyOf", "items", "additionalProperties"])
def test_what_is_no_schema(schema: Any, around: str) -> None:
    """Where a schema must be, an object or a boolean must be."""
    inner = {"a": schema} if around in ("properties", "$defs") else [schema] if around == "anyOf" else schema
    assert "must be an object" in first({around: inner})[1]


def test_reasons_go_on_in_the_sentence() -> None:
    """They begin small and end without a full stop, because the error writes those."""
    for keyword, value in [*NOT_ENFORCED, *MALFORMED]:
        reason = judge(keyword, value) or "x"
        assert reason[-1] not in ".!" and (reason[0].islower() or reason[0] == "'")
