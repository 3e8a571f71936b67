"""Every schema of the suite, by random walks through its grammar: what comes out satisfies the schema, each time.

Judged by another implementation than the one that made the grammar. No model runs here, only its vocabulary.
"""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import numpy as np
import pytest

from antiphon.constraint.schema import build_schema, check_schema
from tests.schemas.case import Case, Schema
from tests.schemas.refined import INEXACT, KEPT
from tests.schemas.suite import SUITE
from tests.schemas.walk import Grammars, load_grammars

WALKS = 4


@pytest.fixture(scope="module")
def grammars() -> Iterator[Grammars]:
    """Grammars over the bundled model's vocabulary."""
    with load_grammars() as grammars:
        yield grammars


def parse(text: str) -> Any:
    """An answer as clients read it. Numbers too large for a double count as the largest one."""
    return json.loads(text, parse_float=lambda digits: max(-1e308, min(1e308, float(digits))))


def judge(schema: Schema) -> jsonschema_rs.Draft202012Validator:
    """An independent judge, that knows formats."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


@pytest.mark.parametrize("case", SUITE, ids=[case.name for case in SUITE])
def test_answers_satisfy_the_schema(grammars: Grammars, case: Case) -> None:
    """Whatever the grammar of an accepted schema lets a model write is valid, and has its properties in order."""
    check_schema(case.schema, param="schema", strict=case.strict)
    matcher = grammars.compile(build_schema(case.schema, lenient=False))
    assert not matcher.get_error()
    for seed in range(WALKS):
        answer = grammars.walk(matcher, np.random.default_rng(seed))
        assert answer is not None, "no end"
        judge(case.judged or case.schema).validate(parse(answer))
        if case.strict:
            assert [*json.loads(answer)] == [*case.schema["properties"]]


def test_the_suite_is_large() -> None:
    """Each name stands once, and for every kind of keyword there are several."""
    assert len({case.name for case in SUITE}) == len(SUITE) >= 220


@pytest.mark.parametrize(("schema", "text"), INEXACT)
def test_what_the_engine_alone_would_let_pass(grammars: Grammars, schema: Schema, text: str) -> None:
    """Where llguidance takes what is not valid, the schema it gets is one with which it does not."""
    assert not judge(schema).is_valid(parse(text))
    raw = grammars.compile({"x-guidance": {"item_separator": ", ", "key_separator": ": "}, **schema})
    assert grammars.takes(raw, text), "fixed in this version of llguidance"
    check_schema(schema, param="schema", strict=False)
    built = grammars.compile(build_schema(schema, lenient=False))
    assert not built.get_error()
    assert not grammars.takes(built, text)


@pytest.mark.parametrize(("schema", "texts"), KEPT)
def test_what_must_still_be_possible(grammars: Grammars, schema: Schema, texts: list[str]) -> None:
    """What the engine is given takes away nothing that people write."""
    built = grammars.compile(build_schema(schema, lenient=False))
    for text in texts:
        assert judge(schema).is_valid(parse(text))
        assert grammars.takes(built, text), text


LENIENT: list[Schema] = [
    {"type": "object", "properties": {"a": {"$ref": "https://example.com/a"}, "b": {"$ref": "#/nowhere"}}},
    {"properties": {"a": {"$ref": "#/components/schemas/a"}}, "components": {"schemas": {"a": {"type": "null"}}}},
    {"type": "objct", "properties": [], "required": "a", "minProperties": -1},
    {"type": "string", "format": "uri-reference", "pattern": "(?=x)", "maxLength": 9},
    {"type": "array", "items": {"type": "integer", "multipleOf": 0.07}, "uniqueItems": True, "maxItems": 2.0},
    {"not": {}, "if": {"type": "string"}, "then": False, "enum": []},
    {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}},
    {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": False}},
    {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
    {"oneOf": [{"type": "integer"}, {"type": "number"}], "const": "\x01"},
    {"type": "object", "properties": {"a": {"type": "string"}}, "maxProperties": 3, "foo": 1, "$schema": "x", "$id": 5},
]  # fmt: skip


@pytest.mark.parametrize("schema", LENIENT)
def test_lenient_schemas_compile(grammars: Grammars, schema: Schema) -> None:
    """What is wrong with a schema that is only enforced as far as possible does not stand in the way of the rest."""
    matcher = grammars.compile(build_schema(schema, lenient=True))
    assert not matcher.get_error()
    answer = grammars.walk(matcher, np.random.default_rng(0), patience=5)
    assert answer is not None
    json.loads(answer)
