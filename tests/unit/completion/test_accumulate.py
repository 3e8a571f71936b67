"""The whole answer out of its chunks: nothing is lost, nothing depends on how it was cut."""

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.completion.accumulate import Accumulator
from antiphon.engine.events import Arguments, Event, Finish, Reasoning, Refusal, Text, ToolCall, Usage
from antiphon.errors import InternalError
from tests.unit.completion.chunks import ENTRY, ENTRY_JSON, message, scripts, whole

END = Usage(1, 1)
EMPTY: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None, "annotations": []}


def called(call_id: str, name: str, arguments: str) -> dict[str, Any]:
    """A function's call."""
    return {"type": "function", "id": call_id, "function": {"name": name, "arguments": arguments}}


MESSAGES: dict[str, tuple[list[Event], dict[str, Any]]] = {
    "text": ([Text("a"), Text("b")], EMPTY | {"content": "ab"}),
    "nothing": ([], EMPTY | {"content": ""}),
    "empty text": ([Text("")], EMPTY | {"content": ""}),
    "thoughts": (
        [Reasoning("H"), Reasoning("m."), Text("a")],
        EMPTY | {"content": "a", "reasoning_content": "Hm."},
    ),
    "thoughts alone": ([Reasoning("Hm.")], EMPTY | {"reasoning_content": "Hm."}),
    "thoughts and a call": (
        [Reasoning("Hm."), ToolCall("f", id="c"), Arguments("{}")],
        EMPTY | {"reasoning_content": "Hm.", "tool_calls": [called("c", "f", "{}")]},
    ),
    "a refusal": ([Refusal("N"), Refusal("o.")], EMPTY | {"refusal": "No."}),
    "text and a refusal": ([Text("Well."), Refusal("No.")], EMPTY | {"content": "Well.", "refusal": "No."}),
    "a call": (
        [ToolCall("f", id="c"), Arguments("{"), Arguments("}")],
        EMPTY | {"tool_calls": [called("c", "f", "{}")]},
    ),
    "a call without arguments": ([ToolCall("f", id="c")], EMPTY | {"tool_calls": [called("c", "f", "")]}),
    "text and calls": (
        [Text("I look."), ToolCall("f", id="a"), Arguments("1"), ToolCall("f", id="b"), Arguments("2")],
        EMPTY | {"content": "I look.", "tool_calls": [called("a", "f", "1"), called("b", "f", "2")]},
    ),
    "a custom tool's call": (
        [ToolCall("c", "custom", "a"), Arguments("x"), Arguments("\ny")],
        EMPTY | {"tool_calls": [{"type": "custom", "id": "a", "custom": {"name": "c", "input": "x\ny"}}]},
    ),
    "half a call": ([ToolCall("f", id="c"), Arguments('{"a')], EMPTY | {"tool_calls": [called("c", "f", '{"a')]}),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    """A message has the text that came, or null where none did, and the calls as the model wrote them."""
    events, expected = MESSAGES[name]
    assert message(*events, Finish(), END) == expected


def test_a_call_in_the_deprecated_form() -> None:
    """Where `functions` were given, the call is `function_call`."""
    told = message(ToolCall("f"), Arguments("{"), Arguments("}"), Finish(), END, legacy_functions=True)
    assert told == EMPTY | {"function_call": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("field", "expected"),
    [("reasoning_content", {"reasoning_content": "Hm."}), ("reasoning", {"reasoning": "Hm."}), ("none", {})],
)
def test_thoughts_go_where_they_are_wanted(field: str, expected: dict[str, str]) -> None:
    """What was thought stands in the one field that was chosen, or nowhere; never in the content."""
    told = message(Reasoning("H"), Reasoning("m."), Text("a"), Finish(), END, reasoning_field=field)
    assert told == EMPTY | {"content": "a"} | expected


def test_a_whole_answer() -> None:
    """Around its choices an answer has what all chunks shared, and its usage."""
    told = msgspec.to_builtins(whole(Text("Hi"), Finish(), Usage(3, 1, 2)))
    assert {name: told[name] for name in ("id", "object", "created", "model", "system_fingerprint")} == {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "system_fingerprint": "fp_1",
    }  # fmt: skip
    assert told["choices"] == [
        {"index": 0, "message": EMPTY | {"content": "Hi"}, "logprobs": None, "finish_reason": "stop"}
    ]
    assert (told["usage"]["prompt_tokens"], told["usage"]["total_tokens"]) == (3, 4)
    assert not {"metadata", "service_tier", "moderation", "obfuscation"} & set(told)


@pytest.mark.parametrize("metadata", [{}, {"a": "b"}])
def test_metadata_comes_back(metadata: dict[str, str]) -> None:
    """What a request says about itself stands in its answer, also when it is empty."""
    assert whole(Text("Hi"), Finish(), END, metadata=metadata).metadata == metadata


def test_the_tier_is_there_when_asked() -> None:
    """`service_tier` stands in the answer, or nowhere."""
    events = (Text("Hi"), Finish(), END)
    assert whole(*events, service_tier="default").service_tier == "default"
    assert b"service_tier" not in whole(*events).json_bytes()


def test_logprobs_are_put_together() -> None:
    """All entries of content, thoughts and calls among them, and all of a refusal; null where there are none."""
    entries = (ENTRY,)
    said = [
        Reasoning("é", 0, entries),
        Text("é", 0, entries),
        Refusal("é", 0, entries),
        ToolCall("f"),
        Arguments("é", 0, entries),
    ]
    logprobs = msgspec.to_builtins(whole(*said, Finish(), END).choices[0].logprobs)
    assert logprobs == {"content": [ENTRY_JSON] * 3, "refusal": [ENTRY_JSON]}
    only = msgspec.to_builtins(whole(Refusal("é", 0, entries), Finish(), END).choices[0].logprobs)
    assert only == {"content": None, "refusal": [ENTRY_JSON]}
    assert whole(Text("é"), Finish(), END).choices[0].logprobs is None


@given(st.lists(st.tuples(st.integers(0, 2), st.text(max_size=4)), max_size=12))
def test_however_choices_mix_each_is_its_own(said: list[tuple[int, str]]) -> None:
    """Choices that come interleaved are put together by index, in order, however their texts were cut."""
    events: list[Event] = [Text(text, choice) for choice, text in said]
    events += [Finish("stop", choice) for choice in (2, 0, 1)]
    answer = whole(*events, END)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    for choice in answer.choices:
        assert choice.message.content == "".join(text for index, text in said if index == choice.index)


@given(
    st.text(max_size=20),
    st.lists(st.integers(0, 20), max_size=5),
    st.sampled_from([Text, Reasoning, Refusal, Arguments]),
)
def test_the_whole_answer_does_not_depend_on_the_cuts(text: str, at: list[int], kind: Any) -> None:
    """The same text, thought, refusal or arguments in other pieces is the same answer."""
    places = sorted({0, len(text), *(min(place, len(text)) for place in at)})
    begin = [ToolCall("f", id="c")] if kind is Arguments else []
    events = [kind(text[begin:end]) for begin, end in pairwise(places)]
    assert text == "" or whole(*begin, *events, Finish(), END) == whole(*begin, kind(text), Finish(), END)


@given(scripts(), st.booleans())
def test_everything_that_was_said_is_in_the_answer(said: list[Any], legacy: bool) -> None:
    """All text is content, all thoughts and refusals have their fields, each call its name and all of its arguments."""
    choice = whole(*said, END, legacy_functions=legacy).choices[0]
    texts = [event.text for event in said if isinstance(event, Text)]
    assert (choice.message.content or "") == "".join(texts)
    thoughts = [event.text for event in said if isinstance(event, Reasoning)]
    assert (choice.message.reasoning_content or "") == "".join(thoughts)
    assert (choice.message.refusal or "") == "".join(event.text for event in said if isinstance(event, Refusal))
    calls = [event for event in said if isinstance(event, ToolCall)]
    written = "".join(event.text for event in said if isinstance(event, Arguments))
    told = msgspec.to_builtins(choice.message)
    if legacy:
        assert ("function_call" in told) == bool(calls) and "tool_calls" not in told
        assert not calls or told["function_call"]["arguments"] == written
        return
    assert "function_call" not in told
    bodies = [call[call["type"]] for call in told.get("tool_calls", ())]
    assert [(call["type"], body["name"]) for call, body in zip(told.get("tool_calls", ()), bodies, strict=True)] == [
        (call.kind, call.name) for call in calls
    ]
    assert "".join(body.get("arguments", body.get("input")) for body in bodies) == written


@pytest.mark.parametrize("events", [(), (Text("Hi"),), (Text("Hi"), Finish()), (Text("Hi"), Usage(1, 1))])
def test_half_an_answer_is_a_fault_and_no_answer(events: tuple[Event, ...]) -> None:
    """An answer that did not end, or without usage, is never given as a whole one."""
    with pytest.raises(InternalError):
        whole(*events)


def test_no_chunks_are_no_answer() -> None:
    """Nothing is not an empty answer."""
    with pytest.raises(InternalError):
        Accumulator().completion()
