"""Events to chunks: one state machine, for streams and whole answers alike."""

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from antiphon.engine.events import Arguments, Event, Finish, Reasoning, Refusal, Text, ToolCall, Usage
from antiphon.schema.response.chunk import Chunk
from antiphon.settings import ReasoningField
from tests.unit.completion.chunks import ENTRY, ENTRY_JSON, assemble, deltas, scripts

END = Usage(1, 1)


def wire(chunk: Chunk) -> str:
    """What a client reads."""
    return chunk.json_bytes().decode()


def test_the_chunks_of_a_choice() -> None:
    """A chunk with the role, one for each text, one with the reason and an empty delta, and the usage."""
    first, text, finish, usage = map(wire, assemble(Text("Hi"), Finish("length"), Usage(3, 1)))
    delta = '{"role":"assistant","content":"","refusal":null}'
    end = '"logprobs":null,"finish_reason":null}]'
    begin = '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m"'
    assert all(chunk.startswith(begin) for chunk in (first, text, finish, usage))
    assert f'"choices":[{{"index":0,"delta":{delta},{end}' in first and '"usage":null' in first
    assert f'"choices":[{{"index":0,"delta":{{"content":"Hi"}},{end}' in text
    assert '"delta":{},"logprobs":null,"finish_reason":"length"}]' in finish
    assert '"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4' in usage


def test_without_usage_there_is_no_such_field() -> None:
    """A stream that did not ask for usage has no chunk and no field for it."""
    chunks = assemble(Text("Hi"), Finish(), Usage(3, 1), include_usage=False)
    assert len(chunks) == 3
    assert not any("usage" in wire(chunk) for chunk in chunks)


def test_the_tier_is_there_when_asked() -> None:
    """`service_tier` stands in each chunk, or nowhere."""
    events = (Text("Hi"), Finish(), END)
    assert all('"service_tier":"default"' in wire(chunk) for chunk in assemble(*events, service_tier="default"))
    assert not any("service_tier" in wire(chunk) for chunk in assemble(*events))


ROLE: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
SPEAKS: dict[str, Any] = ROLE | {"content": ""}


def begins(index: int, call_id: str, name: str) -> dict[str, Any]:
    """The delta with which a function's call begins."""
    called = {"name": name, "arguments": ""}
    return {"tool_calls": [{"index": index, "id": call_id, "type": "function", "function": called}]}


def goes_on(index: int, text: str) -> dict[str, Any]:
    """A delta with more of a function's arguments."""
    return {"tool_calls": [{"index": index, "function": {"arguments": text}}]}


DELTAS: dict[str, tuple[list[Event], list[dict[str, Any]]]] = {
    "text": ([Text("a"), Text("b")], [SPEAKS, {"content": "a"}, {"content": "b"}, {}]),
    "nothing": ([], [SPEAKS, {}]),
    "thoughts": (
        [Reasoning("H"), Reasoning("m"), Text("a")],
        [ROLE, {"reasoning_content": "H"}, {"reasoning_content": "m"}, {"content": "a"}, {}],
    ),
    "thoughts alone": ([Reasoning("Hm")], [ROLE, {"reasoning_content": "Hm"}, {}]),
    "thoughts and a call": (
        [Reasoning("Hm"), ToolCall("f", id="c"), Arguments("{}")],
        [ROLE, {"reasoning_content": "Hm"}, begins(0, "c", "f"), goes_on(0, "{}"), {}],
    ),
    "thoughts between": (
        [Text("a"), Reasoning("Hm"), Text("b")],
        [SPEAKS, {"content": "a"}, {"reasoning_content": "Hm"}, {"content": "b"}, {}],
    ),
    "a refusal": ([Refusal("N"), Refusal("o")], [ROLE, {"refusal": "N"}, {"refusal": "o"}, {}]),
    "a call": (
        [ToolCall("f", id="c"), Arguments("{"), Arguments("}")],
        [ROLE, begins(0, "c", "f"), goes_on(0, "{"), goes_on(0, "}"), {}],
    ),
    "a call without arguments": ([ToolCall("f", id="c")], [ROLE, begins(0, "c", "f"), {}]),
    "text and a call": (
        [Text("I look."), ToolCall("f", id="c"), Arguments("{}")],
        [SPEAKS, {"content": "I look."}, begins(0, "c", "f"), goes_on(0, "{}"), {}],
    ),
    "calls": (
        [ToolCall("f", id="a"), Arguments("1"), ToolCall("f", id="b"), Arguments("2"), ToolCall("g", id="c")],
        [ROLE, begins(0, "a", "f"), goes_on(0, "1"), begins(1, "b", "f"), goes_on(1, "2"), begins(2, "c", "g"), {}],
    ),
    "a custom tool's call": (
        [ToolCall("c", "custom", "a"), Arguments("x\n")],
        [
            ROLE,
            {"tool_calls": [{"index": 0, "id": "a", "type": "custom", "custom": {"name": "c", "input": ""}}]},
            {"tool_calls": [{"index": 0, "custom": {"input": "x\n"}}]},
            {},
        ],
    ),
    "both kinds": (
        [ToolCall("c", "custom", "a"), Arguments("x"), ToolCall("f", id="b"), Arguments("y")],
        [
            ROLE,
            {"tool_calls": [{"index": 0, "id": "a", "type": "custom", "custom": {"name": "c", "input": ""}}]},
            {"tool_calls": [{"index": 0, "custom": {"input": "x"}}]},
            begins(1, "b", "f"),
            goes_on(1, "y"),
            {},
        ],
    ),
    "arguments that are no JSON": (
        [ToolCall("f", id="c"), Arguments('{"a": "é\n')],
        [ROLE, begins(0, "c", "f"), goes_on(0, '{"a": "é\n'), {}],
    ),
}


@pytest.mark.parametrize("name", DELTAS)
def test_deltas(name: str) -> None:
    """A call begins with its index, id, type and name, and goes on with raw fragments; nothing is repaired."""
    events, expected = DELTAS[name]
    assert deltas(*events, Finish()) == expected


def test_deltas_of_the_deprecated_form() -> None:
    """Where `functions` were given, calls are `function_call`, without index, id and type."""
    said = deltas(ToolCall("f", id="c"), Arguments("{"), Arguments("}"), Finish(), legacy_functions=True)
    calls = [{"name": "f", "arguments": ""}, {"arguments": "{"}, {"arguments": "}"}]
    assert said == [ROLE, *({"function_call": call} for call in calls), {}]


FIELDS: dict[ReasoningField, list[dict[str, Any]]] = {
    "reasoning_content": [ROLE, {"reasoning_content": "H"}, {"reasoning_content": "m"}, {"content": "a"}, {}],
    "reasoning": [ROLE, {"reasoning": "H"}, {"reasoning": "m"}, {"content": "a"}, {}],
    "none": [ROLE, {"content": "a"}, {}],
}


@pytest.mark.parametrize("field", FIELDS)
def test_thoughts_go_where_they_are_wanted(field: ReasoningField) -> None:
    """What was thought stands in the one field that was chosen, or nowhere."""
    assert deltas(Reasoning("H"), Reasoning("m"), Text("a"), Finish(), reasoning_field=field) == FIELDS[field]


def test_what_nobody_sees_has_no_logprobs() -> None:
    """Where thoughts are not sent, their tokens are not told by the log-probabilities either."""
    events = [Reasoning("é", 0, (ENTRY,)), Text("a"), Finish(), END]
    assert "é" in "".join(map(wire, assemble(*events)))
    assert "é" not in "".join(map(wire, assemble(*events, reasoning_field="none")))


CALL, TEXT = ToolCall("f"), Text("a")
OLD, NAMED = {"legacy_functions": True}, {"named": True}
REASONS: list[tuple[list[Event], str, dict[str, bool], str]] = [
    # events, the engine's reason, what the request was, the answer's reason
    ([TEXT], "stop", {}, "stop"),
    ([TEXT], "stop", OLD, "stop"),
    ([TEXT], "length", {}, "length"),
    ([], "content_filter", {}, "content_filter"),
    ([Reasoning("a")], "stop", {}, "stop"),
    ([Reasoning("a")], "length", {}, "length"),
    ([CALL], "stop", {}, "tool_calls"),
    ([TEXT, CALL], "stop", {}, "tool_calls"),
    ([CALL, TEXT], "stop", {}, "tool_calls"),
    ([ToolCall("c", "custom")], "stop", {}, "tool_calls"),
    ([CALL], "stop", OLD, "function_call"),
    ([CALL], "stop", NAMED, "stop"),
    ([ToolCall("c", "custom")], "stop", NAMED, "stop"),
    ([CALL], "stop", OLD | NAMED, "stop"),
    *(
        ([CALL], reason, request, reason)
        for reason in ("length", "content_filter")
        for request in ({}, OLD, NAMED, OLD | NAMED)
    ),
]


@pytest.mark.parametrize(("events", "reason", "request_was", "told"), REASONS)
def test_reasons(events: list[Event], reason: Any, request_was: dict[str, bool], told: str) -> None:
    """A choice that called ends with `tool_calls`, or `function_call`, and with `stop` where the request named the
    call; but a limit or a filter that cut it counts more.
    """
    *_, finish, _ = assemble(*events, Finish(reason), END, **request_was)
    assert finish.choices[0].finish_reason == told


def test_a_call_without_an_id_gets_one() -> None:
    """A model that gives no ids gets them from us, each its own."""
    chunks = deltas(ToolCall("f"), ToolCall("f"), Finish())
    ids = [call["id"] for delta in chunks for call in delta.get("tool_calls", ())]
    assert len(set(ids)) == 2
    assert all(call_id.startswith("call_") and len(call_id) > 20 for call_id in ids)


def test_logprobs_go_with_their_text() -> None:
    """Entries keep their bytes and their likeliest tokens; those of thoughts and arguments belong to the content."""
    events = [
        Reasoning("é", 0, (ENTRY,)), Text("é", 0, (ENTRY,)), Text("", 0, (ENTRY,)), Refusal("é", 0, (ENTRY,)),
        ToolCall("f"), Arguments("é", 0, (ENTRY,)), Text("x"),
    ]  # fmt: skip
    chunks = assemble(*events, Finish(), END)
    told = [msgspec.to_builtins(choice.logprobs) for chunk in chunks for choice in chunk.choices]
    content, refusal = {"content": [ENTRY_JSON], "refusal": None}, {"content": None, "refusal": [ENTRY_JSON]}
    assert told == [None, content, content, content, refusal, None, content, None, None]


@given(
    st.lists(scripts(), min_size=1, max_size=3),
    st.randoms(use_true_random=False),
    st.booleans(),
    st.sampled_from(get_args(ReasoningField)),
)
def test_whatever_is_said_a_stream_has_its_shape(
    said: list[list[Any]], random: Any, legacy: bool, field: ReasoningField
) -> None:
    """For each choice: the role once and first, one chunk for each event, calls numbered from 0 as they begin, and
    the reason once and last, in a chunk with an empty delta; however choices mix. Thoughts that are not sent have none.
    """
    queues = [[replace(event, choice=index) for event in events] for index, events in enumerate(said)]
    mixed = []
    while any(queues):
        mixed.append(random.choice([queue for queue in queues if queue]).pop(0))
    chunks = assemble(*mixed, END, legacy_functions=legacy, reasoning_field=field)
    assert [chunk.choices == [] for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    for index, all_events in enumerate(said):
        events = [event for event in all_events if field != "none" or not isinstance(event, Reasoning)]
        mine = [choice for chunk in chunks for choice in chunk.choices if choice.index == index]
        assert len(mine) == len(events) + 1
        assert [bool(choice.delta.role) for choice in mine] == [True] + [False] * len(events)
        assert [bool(choice.finish_reason) for choice in mine] == [False] * len(events) + [True]
        assert msgspec.to_builtins(mine[-1].delta) == {}
        calls = [call for choice in mine for call in choice.delta.tool_calls or ()]
        begun = [call.index for call in calls if call.type]
        assert begun == list(range(len(begun)))
        assert len(begun) == (0 if legacy else sum(isinstance(event, ToolCall) for event in events))
        assert all(bool(call.id) == bool(call.type) for call in calls)
        assert all(choice.delta.tool_calls is msgspec.UNSET or choice.delta.tool_calls for choice in mine)
