"""A streamed answer, read piece by piece."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.bench.reply import Reply

CHUNKS = [
    {"choices": [{"delta": {"role": "assistant", "content": ""}}]},
    {"choices": [{"delta": {"content": "Hé"}}]},
    {"choices": [{"delta": {"content": " you"}}]},
    {
        "choices": [],
        "usage": {
            "prompt_tokens": 7,
            "completion_tokens": 5,
            "prompt_tokens_details": {"cached_tokens": 6},
            "completion_tokens_details": {"accepted_prediction_tokens": 1, "rejected_prediction_tokens": 3},
        },
    },
]
STREAM = b"".join(b"data: " + json.dumps(chunk).encode() + b"\r\n\r\n" for chunk in CHUNKS) + b"data: [DONE]\n\n"


@given(st.lists(st.integers(0, len(STREAM))))
def test_any_split_gives_the_same(cuts: list[int]) -> None:
    """However the bytes come, text and usage are the same, and tokens predicted wrongly are no output."""
    reply = Reply(started_s=0.0)
    places = [0, *sorted(cuts), len(STREAM)]
    for begin, end in itertools.pairwise(places):
        reply.feed(STREAM[begin:end], float(end))
    reply.finish(float(len(STREAM)))
    assert (reply.error, reply.text, len(reply.arrivals_s)) == (None, "Hé you", 2)
    assert (reply.prompt_tokens, reply.cached_tokens, reply.accepted_tokens) == (7, 6, 1)
    assert reply.output_tokens == 2


FAULTS: dict[str, tuple[bytes, str]] = {
    "cut": (STREAM.replace(b"data: [DONE]", b""), "without [DONE]"),
    "cut in a chunk": (STREAM[: len(STREAM) // 2], "unknown shape"),
    "silent": (b"data: [DONE]\n\n", "no text"),
    "an error": (b'data: {"error": {"message": "broken"}}\n\ndata: [DONE]\n\n', "broken"),
    "no JSON": (b"data: what\n\ndata: [DONE]\n\n", "unknown shape"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_told(name: str) -> None:
    """A stream that is not whole, says nothing or carries an error is a failed reply."""
    stream, words = FAULTS[name]
    reply = Reply(started_s=0.0)
    reply.feed(stream, 1.0)
    reply.finish(2.0)
    assert reply.error and words in reply.error
