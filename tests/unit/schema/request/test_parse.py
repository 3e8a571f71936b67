"""The bytes of a body: what is JSON, and what becomes of fields that nobody knows."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import InvalidJson, InvalidRequest, UnknownParameter
from antiphon.schema.request.parse import parse_create
from tests.unit.schema.request.cases import GOOD, HI, RICH, Fields
from tests.unit.schema.request.cases.base import call, function

NO_JSON: dict[str, bytes] = {
    "nothing": b"",
    "half": b'{"model": ',
    "a list": b"[]",
    "a string": b'"a"',
    "null": b"null",
    "NaN": b'{"temperature": NaN}',
    "minus Infinity": b'{"temperature": -Infinity}',
    "a lone surrogate": b'{"user": "\\ud83d"}',
    "half a pair": b'{"user": "\\ud83d\\u0041"}',
    "a byte order mark": b'\xef\xbb\xbf{"model": "m"}',
    "UTF-16": json.dumps(GOOD).encode("utf-16"),
    "a raw line end in a string": b'{"user": "a\nb"}',
    "deep arrays": b"[" * 10_000,
    "single quotes": b"{'model': 'm'}",
}


@pytest.mark.parametrize("name", NO_JSON)
def test_what_is_no_json_object_is_told(name: str) -> None:
    """A body that is not a JSON object of sound values is `invalid_json`, without a place in it."""
    with pytest.raises(InvalidJson) as caught:
        parse_create(NO_JSON[name])
    assert (caught.value.code, caught.value.param) == ("invalid_json", None)
    assert caught.value.message.startswith("We could not parse the JSON body of your request: ")


@given(st.binary(max_size=40))
def test_any_bytes_are_told(body: bytes) -> None:
    """Whatever bytes come: an error of ours, never another exception."""
    with pytest.raises(InvalidRequest):
        parse_create(body)


def test_of_a_name_that_comes_twice_the_last_counts() -> None:
    """As in every JSON parser that our clients use."""
    body = json.dumps(GOOD).encode()[:-1] + b', "n": "no", "n": 2, "seed": 1, "seed": 3}'
    parsed = parse_create(body).request
    assert (parsed.n, parsed.seed) == (2, 3)


ENDLESS = [
    ("temperature", b"1e999", "temperature"),
    ("n", b"-1e999", "n"),
    ("seed", b"1e400", "seed"),
    ("logit_bias", b'{"1": 1e999}', "logit_bias.1"),
    ("metadata", b'{"a": 1e999}', "metadata.a"),
    ("tools", b'[{"type": "function", "function": {"name": "f", "parameters": {"a": [1e999]}}}]', "tools[0]"),
    ("functions", b'[{"name": "f", "parameters": {"maximum": -1e999}}]', "functions[0]"),
    ("response_format", b'{"type": "json_schema", "json_schema": {"name": "a", "schema": {"a": 1e999}}}',
     "response_format.json_schema"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "param"), ENDLESS, ids=[field for field, *_ in ENDLESS])
def test_a_number_beyond_double_is_refused(field: str, value: bytes, param: str) -> None:
    """A number that only infinity could stand for is refused at its place, also within schemas, which are any JSON."""
    body = b'%b, "%b": %b}' % (json.dumps(GOOD).encode()[:-1], field.encode(), value)
    with pytest.raises(InvalidRequest) as caught:
        parse_create(body)
    assert caught.value.param and caught.value.param.startswith(param)


ASSISTANT: Fields = {"role": "assistant", "content": "a"}
CITATION: Fields = {"start_index": 0, "end_index": 1, "url": "https://example.com", "title": "a"}
UNKNOWN: list[tuple[Fields, Fields, tuple[str, ...]]] = [
    # what is given, what is left of it, the paths of what is dropped
    ({}, {}, ()),
    ({"n": 2}, {"n": 2}, ()),
    ({"tempo": 1}, {}, ("tempo",)),
    ({"tempo": 1, "n": 2, "": {}}, {"n": 2}, ("tempo", "")),
    ({"a.b": 1}, {}, ("a.b",)),
    ({"stream": True, "stream_options": {"x": 1}}, {"stream": True, "stream_options": {}}, ("stream_options.x",)),
    ({"messages": [HI | {"x": 1}]}, {"messages": [HI]}, ("messages[0].x",)),
    ({"messages": [HI | {"user": 1}]}, {"messages": [HI]}, ("messages[0].user",)),
    (
        {"messages": [HI, {"role": "user", "content": [{"type": "text", "text": "a", "cache_control": {}}]}]},
        {"messages": [HI, {"role": "user", "content": [{"type": "text", "text": "a"}]}]},
        ("messages[1].content[0].cache_control",),
    ),
    (
        {"messages": [{"role": "assistant", "tool_calls": [call() | {"name": "f"}], "thinking": ""}]},
        {"messages": [{"role": "assistant", "tool_calls": [call()]}]},
        ("messages[0].tool_calls[0].name", "messages[0].thinking"),
    ),
    (
        {"tools": [function() | {"x": 1}, function("g", y=1, parameters={"z": 1})]},
        {"tools": [function(), function("g", parameters={"z": 1})]},
        ("tools[0].x", "tools[1].function.y"),
    ),
    (
        {"tools": [function()], "tool_choice": {"type": "function", "function": {"name": "f"}, "x": 1}},
        {"tools": [function()], "tool_choice": {"type": "function", "function": {"name": "f"}}},
        ("tool_choice.x",),
    ),
    (
        {"response_format": {"type": "json_object", "schema": {}}},
        {"response_format": {"type": "json_object"}},
        ("response_format.schema",),
    ),
    (
        {"tools": [function(strict=True) | {"strict": True, "name": "f"}]},
        {"tools": [function(strict=True)]},
        ("tools[0].strict", "tools[0].name"),
    ),
    (
        {"web_search_options": {"user_location": {"type": "approximate", "approximate": {"x": 1}, "x": 1}}},
        {"web_search_options": {"user_location": {"type": "approximate", "approximate": {}}}},
        ("web_search_options.user_location.approximate.x", "web_search_options.user_location.x"),
    ),
    (
        {
            "messages": [
                ASSISTANT | {"annotations": [{"type": "url_citation", "url_citation": CITATION | {"x": 1}, "x": 1}]}
            ]
        },
        {"messages": [ASSISTANT | {"annotations": [{"type": "url_citation", "url_citation": CITATION}]}]},
        ("messages[0].annotations[0].url_citation.x", "messages[0].annotations[0].x"),
    ),
    (
        {"prediction": {"type": "content", "content": [{"type": "text", "text": "a", "x": 1}], "x": 1}},
        {"prediction": {"type": "content", "content": [{"type": "text", "text": "a"}]}},
        ("prediction.content[0].x", "prediction.x"),
    ),
    (
        {"functions": [{"name": "f", "strict": True}], "function_call": {"name": "f", "arguments": ""}},
        {"functions": [{"name": "f"}], "function_call": {"name": "f"}},
        ("functions[0].strict", "function_call.arguments"),
    ),
]


@pytest.mark.parametrize(("fields", "left", "dropped"), UNKNOWN)
def test_unknown_fields_can_be_dropped(fields: Fields, left: Fields, dropped: tuple[str, ...]) -> None:
    """With `drop_unknown` a field that nobody knows is left out and named, wherever it stands; the rest counts."""
    parsed = parse_create(json.dumps(GOOD | fields).encode(), drop_unknown=True)
    assert parsed.request == parse_create(json.dumps(GOOD | left).encode()).request
    assert sorted(parsed.unknown) == sorted(dropped)


@pytest.mark.parametrize(("fields", "left", "dropped"), [case for case in UNKNOWN if case[2]])
def test_unknown_fields_are_refused(fields: Fields, left: Fields, dropped: tuple[str, ...]) -> None:
    """By default the first field that nobody knows is refused by its path."""
    with pytest.raises(UnknownParameter) as caught:
        parse_create(json.dumps(GOOD | fields).encode())
    assert caught.value.param in dropped


STILL_BAD: list[tuple[Fields, str]] = [
    ({"x": 1, "n": 0}, "n"),
    ({"x": 1, "tool_choice": "auto"}, "tool_choice"),
    ({"messages": [HI | {"x": 1, "name": ""}]}, "messages[0].name"),
    ({"messages": [{"role": "bot", "x": 1}]}, "messages[0].role"),
    ({"tools": [{"type": "function", "name": "f", "description": "old form"}]}, "tools[0].function"),
]


@pytest.mark.parametrize(("fields", "param"), STILL_BAD)
def test_what_is_bad_stays_bad(fields: Fields, param: str) -> None:
    """Dropping what is unknown makes nothing good that is bad by itself."""
    with pytest.raises(InvalidRequest) as caught:
        parse_create(json.dumps(GOOD | fields).encode(), drop_unknown=True)
    assert caught.value.param == param


def test_many_unknown_fields_are_dropped_at_once() -> None:
    """However many they are and wherever they stand, all are named, in time that grows with their number only."""
    messages = [HI | {f"x{number}": 1 for number in range(20)} for _ in range(100)]
    parsed = parse_create(json.dumps(GOOD | {"messages": messages}).encode(), drop_unknown=True)
    assert len(parsed.unknown) == 2000


known_places = st.sampled_from(
    [("messages", 0), ("messages", 3), ("tools", 0), ("tools", 1, "custom"), ("stream_options",), ("moderation",), ()]
)


@given(known_places, st.text(min_size=1, max_size=12))
def test_a_field_of_any_name_can_be_dropped(place: tuple[Any, ...], name: str) -> None:
    """Whatever an unknown field is called, also like something that the server knows elsewhere."""
    body = json.loads(json.dumps(RICH["tools"]))
    target = body
    for step in place:
        target = target[step]
    if name not in target:
        target[f"{name}?"] = {"role": "user", "type": "text"}
        parsed = parse_create(json.dumps(body).encode(), drop_unknown=True)
        assert len(parsed.unknown) == 1 and parsed.unknown[0].endswith(f"{name}?")
