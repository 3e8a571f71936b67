"""completion/schemas.py: what a request asks to be enforced is bounded, and what it must be, before anything runs."""

from itertools import count
from typing import Any

import pytest

from antiphon.completion.schemas import MOST_TOLD, check_schemas
from antiphon.errors import InvalidGrammar, InvalidRequest, InvalidSchema
from tests.unit.completion.requests import request

NUMBERS = count()
HALF = "x" * (MOST_TOLD // 2)


def function(**fields: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": f"f{next(NUMBERS)}", **fields}}


def custom(**fields: Any) -> dict[str, Any]:
    return {"type": "custom", "custom": {"name": f"c{next(NUMBERS)}", **fields}}


def lark(definition: str) -> dict[str, Any]:
    grammar = {"syntax": "lark", "definition": definition}
    return custom(format={"type": "grammar", "grammar": grammar})


TOO_MUCH: dict[str, tuple[dict[str, Any], str]] = {
    "descriptions": ({"tools": [function(description=HALF), function(description=HALF + "x")]}, "tools[1]"),
    "descriptions of both kinds": ({"tools": [custom(description=HALF), function(description=HALF)]}, "tools[1]"),
    "grammars": ({"tools": [lark('start: "' + "x" * 60_000 + '"') for _ in range(9)]}, "tools[8]"),
    "parameters": ({"tools": [function(parameters={"title": HALF}) for _ in range(3)]}, "tools[1]"),
    "functions": ({"functions": [{"name": "f", "description": HALF + HALF + "x"}]}, "functions[0]"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_all_tools_together_are_bounded(name: str) -> None:
    """The one with which it is too much is named."""
    fields, param = TOO_MUCH[name]
    with pytest.raises(InvalidRequest) as caught:
        check_schemas(request(**fields))
    assert (caught.value.param, caught.value.code) == (param, "string_above_max_length")


def test_what_is_just_within_the_bound() -> None:
    """Two halves are taken, where nothing else counts."""
    check_schemas(request(tools=[custom(description=HALF), custom(description=HALF)]))


BEYOND = [
    'start: %json {"type": "object"}', "start: %lark { start: A }", "%llguidance {}\nstart: A", 'start: %regex "a"',
    "start: @other", "start: <think>", "start: A <|end|>", "start[lazy]: A", "A: /a/\nb[capture]: A\nstart: b",
]  # fmt: skip


@pytest.mark.parametrize("definition", BEYOND)
def test_a_grammar_is_of_text(definition: str) -> None:
    """What the engine's variant of Lark has beyond Lark is refused by its name."""
    with pytest.raises(InvalidGrammar) as caught:
        check_schemas(request(tools=[custom(), lark(definition)]))
    assert caught.value.param == "tools[1].custom.format.grammar.definition"


@pytest.mark.parametrize("definition", [
    'start: "%json" | "@a" | "<b>"', "start: /<b>/ /@x/", "// %lark\nstart: A // <x>\nA: /a/",
    "start: A [B]\nA: /a/\nB: /b/", "# @old\n?start: a\na: /[^<>]+/",
])  # fmt: skip
def test_the_same_in_texts_is_text(definition: str) -> None:
    """In strings, regular expressions and remarks it means nothing."""
    check_schemas(request(tools=[lark(definition)]))


@pytest.mark.parametrize("kind", ["string", "array", ["string", "null"], "integer"])
@pytest.mark.parametrize("strict", [None, False])
def test_parameters_are_an_object(kind: str | list[str], strict: bool | None) -> None:
    """Arguments could be nothing else."""
    given = function(parameters={"type": kind}, strict=strict)
    with pytest.raises(InvalidSchema) as caught:
        check_schemas(request(tools=[function(), given]))
    assert caught.value.param == "tools[1].function.parameters"
    assert "#/type" in caught.value.message


@pytest.mark.parametrize("parameters", [None, {}, {"type": "object"}, {"type": ["object", "null"]}])
def test_parameters_that_can_be_an_object(parameters: dict[str, Any] | None) -> None:
    """None at all are no arguments."""
    check_schemas(request(tools=[function(parameters=parameters)]))
