"""Events to chunks and whole answers, for the tests of both."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from antiphon.completion.accumulate import Accumulator
from antiphon.completion.assemble import Assembler, Envelope
from antiphon.engine.events import (
    Arguments,
    Event,
    Finish,
    Reasoning,
    Refusal,
    Text,
    TokenLogprob,
    ToolCall,
    TopLogprob,
)
from antiphon.schema.response.chunk import Chunk
from antiphon.schema.response.completion import ChatCompletion

TOP = (TopLogprob("é", "é".encode(), -0.1), TopLogprob("x", b"x", -2.0))
ENTRY = TokenLogprob("é", "é".encode(), -0.1, TOP)
ENTRY_JSON = {
    "token": "é",
    "logprob": -0.1,
    "bytes": [195, 169],
    "top_logprobs": [
        {"token": "é", "logprob": -0.1, "bytes": [195, 169]},
        {"token": "x", "logprob": -2.0, "bytes": [120]},
    ],
}


def envelope(**given: Any) -> Envelope:
    """What all chunks share."""
    common: dict[str, Any] = {"id": "chatcmpl-1", "created": 1, "model": "m", "fingerprint": "fp_1"}
    return Envelope(**common | {"service_tier": None, "include_usage": True} | given)


def assemble(*events: Event, **given: Any) -> list[Chunk]:
    """All chunks of these events."""
    assembler = Assembler(envelope(**given))
    return [chunk for event in events for chunk in assembler.feed(event)]


def whole(*events: Event, metadata: dict[str, str] | None = None, **given: Any) -> ChatCompletion:
    """The answer that these events make."""
    accumulator = Accumulator()
    for chunk in assemble(*events, **given):
        accumulator.feed(chunk)
    return accumulator.completion(metadata)


def deltas(*events: Event, **given: Any) -> list[dict[str, Any]]:
    """The deltas of the chunks of one choice, as JSON."""
    chunks = assemble(*events, **given)
    return [msgspec.to_builtins(choice.delta) for chunk in chunks for choice in chunk.choices]


def message(*events: Event, **given: Any) -> dict[str, Any]:
    """The message of the first choice of a whole answer, as JSON."""
    told: dict[str, Any] = msgspec.to_builtins(whole(*events, **given).choices[0].message)
    return told


texts = st.text(max_size=4)
lines = st.one_of(
    st.builds(Text, texts),
    st.builds(Reasoning, texts),
    st.builds(Refusal, texts),
    st.builds(
        ToolCall, st.sampled_from(["f", "g"]), st.sampled_from(["function", "custom"]), st.sampled_from(["", "c"])
    ),
    st.builds(Arguments, texts),
)


@st.composite
def scripts(draw: st.DrawFn) -> list[Any]:
    """What a choice may say: arguments only after a call."""
    said = draw(st.lists(lines, max_size=8))
    begun = False
    kept = []
    for line in said:
        begun = begun or isinstance(line, ToolCall)
        if begun or not isinstance(line, Arguments):
            kept.append(line)
    return [*kept, Finish(draw(st.sampled_from(["stop", "length", "content_filter"])))]
