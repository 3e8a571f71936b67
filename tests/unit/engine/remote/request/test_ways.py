"""Each way to an upstream: what the request has, what the model is told, and how the answer is to be read."""

import pytest
from msgspec.structs import replace

from antiphon.dialect.conversation import Tool, ToolCall, ToolChoice, Turn
from antiphon.dialect.families import GENERIC
from antiphon.dialect.reading.reading import Reading
from antiphon.engine.remote.answer.unwrapping import SCHEMA as WRAPPED
from antiphon.errors import InvalidGrammar
from tests.unit.engine.remote.request.asking import (
    ADD,
    CALC,
    DAY,
    EXACT,
    FORMAT,
    JSON,
    NOW,
    REQUIRED,
    SCHEMA,
    SQL,
    USER,
    ask,
    lesson_of,
    only,
    plan,
)


def test_as_it_is() -> None:
    """OpenAI's own API gets what the client said, strict only where the client said so."""
    turns = (Turn("developer", "D"), Turn("user", "Hi", "ann"))
    conversation = ask(ADD, DAY, turns=turns, format=FORMAT, effort="high", instruction="Be short.")
    planned = plan("openai", conversation)
    assert planned.body["messages"] == [
        {"role": "developer", "content": "D\n\nBe short."}, {"role": "user", "content": "Hi", "name": "ann"},
    ]  # fmt: skip
    assert [tool["type"] for tool in planned.body["tools"]] == ["function", "custom"]
    schema = {"name": "answer", "description": "The sum.", "schema": SCHEMA}
    assert planned.body["response_format"] == {"type": "json_schema", "json_schema": {**schema, "strict": False}}
    strict = plan("openai", ask(format=replace(FORMAT, strict=True)))
    assert strict.body["response_format"]["json_schema"] == {**schema, "strict": True}
    assert planned.body["reasoning_effort"] == "high" and planned.plainer is None


def test_native() -> None:
    """The upstream's tools, and a function for a custom one, by a name of its own."""
    function = Tool("sql", parameters=SCHEMA)
    history = (*USER, Turn("assistant", tool_calls=(ToolCall("1", "sql", "SELECT", "custom"),)), Turn("user", "Hi"))
    planned = plan("generic", ask(function, SQL, turns=history, instruction="Be short."), logprobs=3)
    assert [tool["function"]["name"] for tool in planned.body["tools"]] == ["sql", "sql_in"]
    assert planned.body["tools"][1]["function"]["parameters"] == WRAPPED
    assert planned.manner.wrapped == {"sql_in": "sql"} and planned.manner.num_top == 3
    assert lesson_of(planned) == "Be short."
    assert planned.body["messages"][2]["tool_calls"][0]["function"] == {
        "name": "sql_in", "arguments": '{"input": "SELECT"}',
    }  # fmt: skip
    assert planned.plainer and "<tool_input" in str(planned.plainer) and "tool_calls" not in str(planned.plainer)


def test_a_format_that_is_enforced() -> None:
    """Is always strict: the field is the only means. The model is told too."""
    planned = plan("generic", ask(format=FORMAT))
    told = planned.body["response_format"]["json_schema"]
    assert told == {"name": "answer", "description": "The sum.", "schema": SCHEMA, "strict": True}
    assert "Answer with JSON" in lesson_of(planned)
    assert plan("generic", ask(format=JSON)).body["response_format"] == {"type": "json_object"}


def test_taught() -> None:
    """In the form that is then read; the model is told of all tools, and called may be only some."""
    for upstream in ("vllm", "sglang, xgrammar"):
        planned = plan(upstream, ask(ADD, EXACT, SQL, choice=ToolChoice("auto", frozenset({("function", "exact")}))))
        assert planned.manner.taught == Reading(form=GENERIC.name, functions={"exact": ()})
        assert planned.manner.wrapped == {}
        assert all(f'"{tool.name}"' in lesson_of(planned) for tool in (ADD, EXACT)) and "- sql" in lesson_of(planned)
        assert "<tool_call>" in lesson_of(planned) and "<tool_input" in lesson_of(planned)
    planned = plan("sglang, xgrammar", ask(ADD, SQL))
    assert planned.manner.taught == Reading(form=GENERIC.name, functions={"add": ()}, customs=("sql",))


@pytest.mark.parametrize(("upstream", "fields"), [("vllm", "structured_outputs"), ("sglang", "ebnf")])
def test_a_grammar_of_ours(upstream: str, fields: str) -> None:
    """In the upstream's field; where it is refused, the largest thing of the client's is suspected."""
    planned = plan(upstream, ask(ADD, EXACT, choice=REQUIRED))
    value = planned.body[fields]
    assert (value["grammar"] if upstream == "vllm" else value).startswith("%llguidance ")
    assert planned.suspect in (EXACT.place, ADD.place)
    assert planned.manner.taught and planned.manner.taught.must_call


def test_spelled() -> None:
    """One array, which is told of, asked for and read; only what may be called is in it."""
    planned = plan("llama-server, text", ask(ADD, NOW, SQL, choice=only(SQL)))
    reading = planned.manner.taught
    assert reading and list(reading.functions) == ["sql"] and reading.must_call
    assert planned.manner.wrapped == {"sql": "sql"}
    wanted = planned.body["response_format"]["json_schema"]
    assert wanted["strict"] and wanted["schema"]["maxItems"] == 1
    assert '[{"name": "' in lesson_of(planned) and '"add"' not in lesson_of(planned)


def test_a_name_that_a_function_has_is_spelled_otherwise() -> None:
    """As in the schema, so in what is read."""
    planned = plan("generic, text", ask(Tool("x", parameters=SCHEMA), Tool("x", "custom"), choice=REQUIRED))
    assert planned.manner.taught and list(planned.manner.taught.functions) == ["x", "x_in"]
    assert planned.manner.wrapped == {"x_in": "x"}


@pytest.mark.parametrize(("upstream", "field"), [
    ("llama-server", "grammar"), ("vllm, no lark", "structured_outputs"), ("sglang, xgrammar", "ebnf"),
])  # fmt: skip
def test_bare(upstream: str, field: str) -> None:
    """The answer is the input, in the notation that these take; the model is told of that tool only."""
    planned = plan(upstream, ask(ADD, CALC, choice=only(CALC), instruction="Be short."))
    value = planned.body[field]
    assert (value["grammar"] if isinstance(value, dict) else value).startswith("root ::= ")
    assert planned.manner.bare == "calc" and planned.suspect == CALC.place and "tools" not in planned.body
    assert "start: N" in lesson_of(planned) and '"add"' not in lesson_of(planned)
    assert lesson_of(planned).endswith("Be short.")


def test_a_grammar_that_cannot_be_told() -> None:
    """Is refused with its place and the reason."""
    with pytest.raises(InvalidGrammar) as caught:
        plan("llama-server", ask(replace(DAY, grammar=("regex", "a" * 70_000)), choice=only(DAY)))
    assert caught.value.param == DAY.place and "it has more than" in caught.value.message


def test_plainer_messages() -> None:
    """Only where they are others."""
    turns = (Turn("system", "S"), *USER)
    assert plan("vllm", ask(turns=turns)).plainer is None
    planned = plan("vllm", ask(turns=(*USER, *USER)))
    assert planned.body["messages"] == [{"role": "user", "content": "Hi"}] * 2
    assert planned.plainer == [{"role": "user", "content": "Hi\n\nHi"}]
