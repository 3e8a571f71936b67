"""Stored completions as lines of JSON."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from antiphon.completion.exchange import parse_line, render_line, render_training_lines
from antiphon.engine.events import Arguments, Event, Finish, Reasoning, Refusal, Text, ToolCall, Usage
from antiphon.errors import InvalidRequest
from antiphon.store.record import Record
from tests.unit.completion.requests import HI
from tests.unit.completion.test_conversation import TURNS
from tests.unit.completion.test_keep import Fields, record
from tests.unit.schema.request.cases.base import call, custom, function

Line = dict[str, Any]
END = (Finish(), Usage(1, 1))
CALLED: tuple[Event, ...] = (Text("I look."), ToolCall("f", "function", "call_1"), Arguments('{"a": 1}'), *END)
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 5000}}
TEXT = {"type": "text", "text": "a"}
TOOLS: list[Fields] = [function("f", parameters={"b": None, "a": [2**70, 0.1, "é\0"]}), custom("c")]

RECORDS: dict[str, Record] = {
    "plain": record(seed=1),
    "metadata": record(metadata={"": "", "é\0": "\0\u2028👩‍👧", "x" * 64: "y" * 512}),
    "calls": record(tools=TOOLS, tool_choice="auto", said=CALLED),
    "a function's call": record(functions=[{"name": "f"}], said=CALLED),
    "choices": record(n=2, said=(Text("\0"), Text("b", 1), Finish(), Finish("length", 1), Usage(1, 2))),
    "thoughts": record(said=(Reasoning("Hm."), Text("So."), *END)),
    "parts": record({"role": "user", "content": [TEXT, IMAGE, IMAGE]}, seed=-(2**63)),
    "what looks like a reference": record({"role": "user", "content": '{"blob":"0"} "url":'}),
    "nulls": record(HI | {"name": None}, tools=None, metadata=None, temperature=None),
    "JSON that others wrote": replace(record(seed=1), messages='[ {"content" : "\\u00e9\\/", "role":"user"} ]'),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_line_is_a_record(name: str) -> None:
    """What is read of a line is exactly what it was written from, and writes the same line again."""
    kept = RECORDS[name]
    line = render_line(kept)
    assert parse_line(line) == parse_line(line + b"\n") == kept
    assert render_line(parse_line(line)) == line


@pytest.mark.parametrize("message", [message for message, _ in TURNS])
def test_every_message_that_a_request_can_have_can_be_read_back(message: Fields) -> None:
    """Whatever was kept can be exported and imported."""
    kept = record(message)
    assert parse_line(render_line(kept)) == kept


anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(anything, anything, anything, st.integers(0, 10**10))
def test_any_text_comes_back(key: str, value: str, content: str, created: int) -> None:
    """A line is one line of UTF-8, whatever texts are in it."""
    said: tuple[Event, ...] = (Text(content), *END)
    kept = record({"role": "user", "content": content}, metadata={key: value}, said=said, user=value)
    line = render_line(kept)
    assert b"\n" not in line and b"\r" not in line
    line.decode()
    assert parse_line(line) == kept


def test_what_a_line_says() -> None:
    """A line has what the store keeps: the completion, the request without messages and metadata, and these."""
    kept = record(HI, metadata={"a": "b"}, seed=1)
    line = json.loads(render_line(kept))
    assert {name: line[name] for name in ("id", "project", "created", "model", "request_id", "metadata")} == {
        "id": "chatcmpl-1", "project": "ours", "created": kept.created, "model": "m", "request_id": "req_1",
        "metadata": {"a": "b"},
    }  # fmt: skip
    assert line["messages"] == [HI]
    assert line["completion"] == json.loads(kept.answer)
    assert line["request"] == json.loads(kept.request)
    assert len(line) == 9


def test_whose_a_line_shall_be() -> None:
    """A line can be read as another project's; all else stays."""
    kept = RECORDS["calls"]
    assert parse_line(render_line(kept), project="theirs") == replace(kept, project="theirs")


Spoil = Callable[[Line], bytes]


def encode(line: Any) -> bytes:
    """Compact JSON, also of what is no Unicode."""
    return json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogateescape")


def but(**fields: Any) -> Spoil:
    """The line with other fields."""
    return lambda line: encode(line | fields)


def within(holder: str, **fields: Any) -> Spoil:
    """The line with other fields in one of its objects."""
    return lambda line: encode(line | {holder: line[holder] | fields})


def without(name: str, holder: str = "") -> Spoil:
    """The line without a field of its own, or of one of its objects."""

    def spoil(line: Line) -> bytes:
        less = {field: value for field, value in (line[holder] if holder else line).items() if field != name}
        return encode(line | {holder: less} if holder else less)

    return spoil


def raw(text: bytes) -> Spoil:
    """Something else."""
    return lambda line: text


def saying(*content: Fields) -> Spoil:
    """The line with one message in these parts."""
    return but(messages=[{"role": "user", "content": list(content)}])


DEEP = b"[" * 100_000 + b"]" * 100_000
BAD: dict[str, tuple[Spoil, str]] = {
    # what is wrong with a line, and a word of the sentence about it, where it can name a place
    "not JSON": (raw(b"{"), ""),
    "no text": (raw(b"\xff\xfe"), ""),
    "a byte order mark": (lambda line: b"\xef\xbb\xbf" + encode(line), ""),
    "two in one line": (lambda line: encode(line) * 2, ""),
    "an array": (raw(b"[]"), "object"),
    "null": (raw(b"null"), "object"),
    "a number": (raw(b"1"), "object"),
    "a training line": (raw(b'{"messages":[{"role":"user","content":"Hi"}]}'), "id"),
    **{
        f"no {name}": (without(name), name)
        for name in ("id", "project", "created", "model", "request_id", "metadata", "completion", "request", "messages")
    },
    "an unknown field": (but(colour="red"), "colour"),
    "an id that is none": (but(id="a b"), "id"),
    "an empty id": (but(id=""), "id"),
    "an id of 129 characters": (
        lambda line: encode(line | {"id": "x" * 129, "completion": line["completion"] | {"id": "x" * 129}}), "id",
    ),
    "an id of a line's end": (
        lambda line: encode(line | {"id": "x\n", "completion": line["completion"] | {"id": "x\n"}}), "id",
    ),
    "an id other than the completion's": (but(id="chatcmpl-2"), "id"),
    "created of another type": (but(created="1"), "created"),
    "created as a fraction": (but(created=1.5), "created"),
    "a negative created": (
        lambda line: encode(line | {"created": -1, "completion": line["completion"] | {"created": -1}}), "created",
    ),
    "a created beyond the calendar": (
        lambda line: encode(line | {"created": 10**15, "completion": line["completion"] | {"created": 10**15}}),
        "created",
    ),
    "a created other than the completion's": (but(created=5), "created"),
    "a model other than the completion's": (but(model="another"), "model"),
    "a project that is none": (but(project="a b"), "project"),
    "a project of 65 characters": (but(project="x" * 65), "project"),
    "metadata that is null": (but(metadata=None), "metadata"),
    "metadata that is no text": (but(metadata={"a": 1}), "metadata"),
    "17 pairs of metadata": (but(metadata={str(number): "" for number in range(17)}), "metadata"),
    "a metadata key of 65 characters": (but(metadata={"x" * 65: ""}), "metadata"),
    "a metadata value of 513 characters": (but(metadata={"a": "x" * 513}), "metadata"),
    "no message": (but(messages=[]), "messages"),
    "messages that are null": (but(messages=None), "messages"),
    "messages that are text": (but(messages="Hi"), "messages"),
    "a message of nobody": (but(messages=[{"content": "Hi"}]), "role"),
    "a message of somebody else": (but(messages=[{"role": "king", "content": "Hi"}]), "role"),
    "a message with an unknown field": (but(messages=[HI | {"colour": "red"}]), "colour"),
    "a reference in place of an image": (
        saying(TEXT, {"type": "image_url", "image_url": {"url": {"blob": "0" * 64}}}),
        "messages[0].content[1].image_url.url",
    ),
    "a reference in place of a recording": (
        saying({"type": "input_audio", "input_audio": {"data": {"blob": "0" * 64}, "format": "wav"}}),
        "messages[0].content[0].input_audio.data",
    ),
    "a reference in place of a file": (
        saying({"type": "file", "file": {"file_data": {"blob": "0" * 64}}}), "messages[0].content[0].file.file_data",
    ),
    "half a character in a message": (
        lambda line: json.dumps(line | {"messages": [{"role": "user", "content": "\ud800"}]}).encode(), "",
    ),
    "a completion that is null": (but(completion=None), "object"),
    "a completion that is a chunk": (within("completion", object="chat.completion.chunk"), "object"),
    "a completion without usage": (without("usage", "completion"), "usage"),
    "bytes that are no text": (within("completion", colour="\udcff"), ""),
    "a completion too deep to read": (
        lambda line: encode(line | {"completion": "DEEP"}).replace(b'"DEEP"', b'{"colour":' + DEEP + b"}"), "",
    ),
    "messages too deep to read": (lambda line: encode(line | {"messages": "DEEP"}).replace(b'"DEEP"', DEEP), ""),
    "a request that is an array": (but(request=[]), "object"),
    "a request without a model": (without("model", "request"), "model"),
    "a request with an unknown field": (within("request", colour="red"), "colour"),
    "a request out of range": (within("request", temperature=3), "temperature"),
    "a request with messages of its own": (within("request", messages=[]), "messages"),
    "a request with metadata of its own": (within("request", metadata={}), "metadata"),
    **{
        f"a request {how} {name}": (spoil, name)
        for name in ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed")
        for how, spoil in (("without", without(name, "request")), ("with null as", within("request", **{name: None})))
    },
    "a request id that PostgreSQL cannot keep": (but(request_id="\0"), "request_id"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_line_that_is_none(name: str) -> None:
    """A line that no export could have written is refused, in a sentence that names what is wrong: what it would
    show later must have the types that the API's documentation gives it, and fit together.
    """
    spoil, word = BAD[name]
    with pytest.raises(InvalidRequest) as told:
        parse_line(spoil(json.loads(render_line(record(seed=1)))))
    assert word in told.value.message
    assert not told.value.message.endswith("..") and "\n" not in told.value.message


ME: Fields = {"role": "assistant"}
PAST: tuple[Fields, ...] = (
    {"role": "developer", "content": [TEXT], "name": None},
    HI | {"name": "Ann"},
    ME | {"content": None, "tool_calls": [call("c1")]},
    {"role": "tool", "content": "1", "tool_call_id": "c1"},
    {"role": "user", "content": [TEXT, IMAGE]},
)
MADE = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}

TRAINING: dict[str, tuple[Record, list[Fields]]] = {
    # what is kept, and what each line has
    "an answer": (record(seed=1, metadata={"a": "b"}), [{"messages": [HI, ME | {"content": "Hello"}]}]),
    "a conversation": (
        record(*PAST, tools=[function("f")]),
        [{"messages": [*PAST, ME | {"content": "Hello"}], "tools": [function("f")]}],
    ),
    "choices": (
        record(n=2, said=(Text("a"), Text("b", 1), Finish(), Finish("stop", 1), Usage(1, 2))),
        [{"messages": [HI, ME | {"content": said}]} for said in "ab"],
    ),
    "calls": (
        record(tools=TOOLS, parallel_tool_calls=False, said=CALLED),
        [{
            "messages": [HI, ME | {"content": "I look.", "tool_calls": [MADE]}],
            "tools": TOOLS,
            "parallel_tool_calls": False,
        }],
    ),
    "calls alone": (
        record(tools=TOOLS, said=CALLED[1:]), [{"messages": [HI, ME | {"tool_calls": [MADE]}], "tools": TOOLS}],
    ),
    "a function's call": (
        record(functions=[{"name": "f"}], said=CALLED[1:]),
        [{"messages": [HI, ME | {"function_call": MADE["function"]}], "functions": [{"name": "f"}]}],
    ),
    "a refusal": (record(said=(Refusal("No."), *END)), [{"messages": [HI, ME | {"refusal": "No."}]}]),
    "nothing": (record(said=(Text(""), *END)), [{"messages": [HI, ME | {"content": ""}]}]),
    "any text": (
        record({"role": "user", "content": "\0é\u2028"}, said=(Text("\0👩‍👧"), *END)),
        [{"messages": [{"role": "user", "content": "\0é\u2028"}, ME | {"content": "\0👩‍👧"}]}],
    ),
    "tools that are null": (
        record(tools=None, parallel_tool_calls=None), [{"messages": [HI, ME | {"content": "Hello"}]}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAINING)
def test_lines_for_training(name: str) -> None:
    """A line for each choice: the input messages as they were sent, the answer last, with what could be called."""
    kept, expected = TRAINING[name]
    lines = list(render_training_lines(kept))
    assert [json.loads(line) for line in lines] == expected
    assert not any(b"\n" in line for line in lines)


def test_training_lines_of_what_was_imported() -> None:
    """An imported completion trains as the one it was exported from."""
    kept = record(*PAST, tools=TOOLS, said=CALLED)
    assert list(render_training_lines(parse_line(render_line(kept)))) == list(render_training_lines(kept))
    assert msgspec.json.decode(next(render_training_lines(kept)))["messages"][:-1] == list(PAST)
