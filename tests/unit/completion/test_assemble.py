"""Events to chunks, and chunks to the whole answer: one state machine for both."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.completion.accumulate import Accumulator
from antiphon.completion.assemble import Assembler, Envelope
from antiphon.engine.events import Event, Finish, Text, TokenLogprob, TopLogprob, Usage
from antiphon.errors import InternalError
from antiphon.schema.completion import ChatCompletion, Chunk, ServiceTier


def assemble(
    *events: Event, include_usage: bool = True, service_tier: ServiceTier | None = None
) -> tuple[list[Chunk], Accumulator]:
    """All chunks of these events, and what has gathered them."""
    envelope = Envelope(
        id="chatcmpl-1", created=1, model="m", fingerprint="fp_1", service_tier=service_tier,
        include_usage=include_usage,
    )  # fmt: skip
    assembler, accumulator = Assembler(envelope), Accumulator()
    chunks = [chunk for event in events for chunk in assembler.feed(event)]
    for chunk in chunks:
        accumulator.feed(chunk)
    return chunks, accumulator


def whole(*events: Event, service_tier: ServiceTier | None = None) -> ChatCompletion:
    """The answer that these events make."""
    return assemble(*events, service_tier=service_tier)[1].completion()


def wire(chunk: Chunk) -> str:
    """What a client reads."""
    return chunk.json_bytes().decode()


def test_the_chunks_of_a_choice() -> None:
    """A chunk with the role, one for each text, one with the reason and an empty delta, and the usage."""
    chunks, _ = assemble(Text("Hi"), Finish("length"), Usage(3, 1))
    first, text, finish, usage = map(wire, chunks)
    delta = '{"role":"assistant","content":"","refusal":null}'
    end = '"logprobs":null,"finish_reason":null}]'
    assert all(chunk.startswith('{"id":"chatcmpl-1","object":"chat.completion.chunk"') for chunk in map(wire, chunks))
    assert f'"choices":[{{"index":0,"delta":{delta},{end}' in first and '"usage":null' in first
    assert f'"choices":[{{"index":0,"delta":{{"content":"Hi"}},{end}' in text
    assert '"delta":{},"logprobs":null,"finish_reason":"length"}]' in finish
    assert '"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4' in usage


def test_without_usage_there_is_no_such_field() -> None:
    """A stream that did not ask for usage has no chunk and no field for it."""
    chunks, _ = assemble(Text("Hi"), Finish(), Usage(3, 1), include_usage=False)
    assert len(chunks) == 3
    assert not any("usage" in wire(chunk) for chunk in chunks)


def test_the_tier_is_there_when_asked() -> None:
    """`service_tier` stands in each chunk and in the whole answer, or nowhere."""
    events = (Text("Hi"), Finish(), Usage(1, 1))
    assert all('"service_tier":"default"' in wire(chunk) for chunk in assemble(*events, service_tier="default")[0])
    assert not any("service_tier" in wire(chunk) for chunk in assemble(*events)[0])
    assert b'"service_tier":"default"' in whole(*events, service_tier="default").json_bytes()
    assert b"service_tier" not in whole(*events).json_bytes()


def test_an_answer_without_text() -> None:
    """A choice that says nothing still begins, ends, and has empty content."""
    chunks, accumulator = assemble(Finish(), Usage(1, 0))
    assert [choice.delta.role for chunk in chunks for choice in chunk.choices] == ["assistant", msgspec.UNSET]
    assert accumulator.completion().choices[0].message.content == ""


def test_logprobs_go_with_their_text() -> None:
    """Entries keep their bytes and their likeliest tokens; a token without text has its chunk too."""
    top = (TopLogprob("é", "é".encode(), -0.1), TopLogprob("x", b"x", -2.0))
    entry = TokenLogprob("é", "é".encode(), -0.1, top)
    answer = whole(Text("é", 0, (entry,)), Text("", 0, (entry,)), Finish(), Usage(1, 2)).choices[0]
    assert answer.logprobs and answer.logprobs.content and answer.logprobs.refusal is None
    assert [msgspec.to_builtins(token) for token in answer.logprobs.content] == 2 * [
        {
            "token": "é",
            "logprob": -0.1,
            "bytes": [195, 169],
            "top_logprobs": [
                {"token": "é", "logprob": -0.1, "bytes": [195, 169]},
                {"token": "x", "logprob": -2.0, "bytes": [120]},
            ],
        }
    ]


texts = st.lists(st.tuples(st.integers(0, 2), st.text(max_size=4)), max_size=12)


@given(texts)
def test_however_choices_mix_each_is_its_own(said: list[tuple[int, str]]) -> None:
    """Choices that come interleaved are put together by index, in order, however their texts were cut."""
    events: list[Event] = [Text(text, choice) for choice, text in said]
    events += [Finish("stop", choice) for choice in (2, 0, 1)]
    chunks, accumulator = assemble(*events, Usage(1, 1))
    answer = accumulator.completion()
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    for choice in answer.choices:
        assert choice.message.content == "".join(text for index, text in said if index == choice.index)
    for index in range(3):
        mine = [choice for chunk in chunks for choice in chunk.choices if choice.index == index]
        assert [bool(choice.delta.role) for choice in mine] == [True] + [False] * (len(mine) - 1)
        assert [bool(choice.finish_reason) for choice in mine] == [False] * (len(mine) - 1) + [True]


@given(st.text(max_size=20), st.lists(st.integers(0, 20), max_size=5))
def test_the_whole_answer_does_not_depend_on_the_cuts(text: str, at: list[int]) -> None:
    """The same text in other pieces is the same answer."""
    places = sorted({0, len(text), *(min(place, len(text)) for place in at)})
    events = [Text(text[begin:end]) for begin, end in pairwise(places)]
    assert whole(*events, Finish(), Usage(1, 1)) == whole(Text(text), Finish(), Usage(1, 1))


@pytest.mark.parametrize("events", [(), (Text("Hi"),), (Text("Hi"), Finish()), (Text("Hi"), Usage(1, 1))])
def test_half_an_answer_is_a_fault_and_no_answer(events: tuple[Event, ...]) -> None:
    """An answer that did not end, or without usage, is never given as a whole one."""
    with pytest.raises(InternalError):
        assemble(*events)[1].completion()
