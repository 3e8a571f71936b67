"""Fields that must agree: each good by itself, and refused together at the field that is to be changed."""

import json
from typing import Any

import pytest

from antiphon.errors import InvalidRequest
from antiphon.schema.request import agreement
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.parse import parse_create
from tests.unit.schema.request.cases import DISAGREEMENTS, GOOD, HI, Fields
from tests.unit.schema.request.cases.agreement import LAST
from tests.unit.schema.request.cases.base import call, custom, function


def refused(fields: Fields) -> InvalidRequest:
    """The error of a bad request."""
    with pytest.raises(InvalidRequest) as caught:
        parse_create(json.dumps(GOOD | fields).encode())
    return caught.value


@pytest.mark.parametrize(("fields", "code", "param"), DISAGREEMENTS)
def test_each_field_is_good_by_itself(fields: Fields, code: str, param: str) -> None:
    """What does not agree is well formed: the shapes are one thing, the rules another."""
    request = CreateChatCompletion.model_validate(GOOD | fields)
    with pytest.raises(InvalidRequest):
        agreement.check_agreement(request)


SENTENCES: dict[str, tuple[Fields, str]] = {
    "limits": (
        {"max_tokens": 1, "max_completion_tokens": 2},
        "'max_tokens' and 'max_completion_tokens' are twins and must not differ.",
    ),
    "logprobs": ({"top_logprobs": 1}, "'top_logprobs' is only allowed when 'logprobs' is true."),
    "stream": ({"stream_options": {}}, "'stream_options' is only allowed when 'stream' is true."),
    "tools": ({"tool_choice": "auto"}, "'tool_choice' is only allowed when 'tools' are specified."),
    "parallel": ({"parallel_tool_calls": True}, "'parallel_tool_calls' is only allowed when 'tools' are specified."),
    "functions": ({"function_call": "auto"}, "'function_call' is only allowed when 'functions' are specified."),
    "required": ({"tool_choice": "required"}, "'tool_choice' is only allowed when 'tools' are specified."),
    "twice": (
        {"tools": [custom("f"), function("f"), function("f")]},
        "A tool of type 'function' with the name 'f' is there already: names must differ.",
    ),
    "tool": (
        {"tools": [custom("c")], "tool_choice": {"type": "function", "function": {"name": "c"}}},
        "No tool of type 'function' with the name 'c' is in 'tools'.",
    ),
    "function": (
        {"functions": [{"name": "f"}], "function_call": {"name": "g"}},
        "No function with the name 'g' is in 'functions'.",
    ),
    "result": (
        {"messages": [HI, {"role": "tool", "content": "4", "tool_call_id": "x"}]},
        "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'; no call before has the"
        " id 'x'.",
    ),
    "breakpoints": (
        {"messages": [{"role": "user", "content": [LAST] * 6}]},
        "A request has at most 4 cache breakpoints, and this one has 6. Leave out the earliest 2: what they end is part"
        " of what the others do.",
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences(name: str) -> None:
    """An error says which fields do not agree, and how they would."""
    fields, sentence = SENTENCES[name]
    assert refused(fields).message == sentence


def test_a_long_name_is_not_said_back_in_full() -> None:
    """A message of an error stays short, whatever a client wrote into the id that it is about."""
    messages = [HI, {"role": "tool", "content": "4", "tool_call_id": "x" * 100_000}]
    assert len(refused({"messages": messages}).message) < 1000


ORDER: list[tuple[Fields, str]] = [
    ({"top_logprobs": 1, "n": 0}, "n"),
    ({"stream_options": {}, "tempo": 1}, "tempo"),
    ({"tool_choice": {"type": "function", "function": {"name": "f"}}, "tools": [function("g h")]},
     "tools[0].function.name"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "param"), ORDER)
def test_shapes_come_before_agreement(fields: Fields, param: str) -> None:
    """A field that is bad by itself is told before fields that do not agree."""
    assert refused(fields).param == param


def test_a_function_and_a_custom_tool_may_share_a_name() -> None:
    """What tells tools apart is type and name."""
    parse_create(json.dumps(GOOD | {"tools": [function("f"), custom("f")]}).encode())


def test_four_breakpoints_are_not_too_many() -> None:
    """Those of a prediction do not count: it is no part of the prompt."""
    content = [LAST] * 4
    fields = {
        "messages": [HI, {"role": "user", "content": content}],
        "prediction": {"type": "content", "content": content},
    }
    parse_create(json.dumps(GOOD | fields).encode())


def test_results_may_come_in_any_order_and_more_than_once() -> None:
    """What must be there is the call before its result; how results are ordered is the client's affair."""
    results: list[Any] = [{"role": "tool", "content": "4", "tool_call_id": name} for name in "baab"]
    history = [HI, {"role": "assistant", "tool_calls": [call("a"), call("b")]}, *results, HI]
    parse_create(json.dumps(GOOD | {"messages": history}).encode())
