"""Chunks as server-sent events: padding hides how long a token was, and changes nothing else."""

import json

from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import InternalError
from antiphon.schema.response.chunk import Chunk, ChunkChoice, Delta
from antiphon.server.sse import BUCKET, padded, render_chunk, render_error

objects = st.dictionaries(st.text(max_size=5), st.text(max_size=80) | st.integers(), min_size=1, max_size=4)


def chunk(content: str) -> Chunk:
    """A chunk with some text."""
    choice = ChunkChoice(index=0, delta=Delta(content=content), logprobs=None, finish_reason=None)
    return Chunk(id="i", object="chat.completion.chunk", created=1, model="m", system_fingerprint="f", choices=[choice])


@given(objects)
def test_a_padded_object_is_the_same_object(value: dict[str, object]) -> None:
    """Its length is a multiple of the bucket, at most one more; without `obfuscation` it is what it was."""
    data = json.dumps(value).encode()
    result = padded(data)
    assert len(result) % BUCKET == 0
    assert len(result) - len(data) < BUCKET + len(b',"obfuscation":""')
    read = json.loads(result)
    assert isinstance(read.pop("obfuscation"), str)
    assert read == {name: given for name, given in value.items() if name != "obfuscation"}


@given(st.text(max_size=30))
def test_an_event_is_one_line(content: str) -> None:
    """Whatever the text is, line ends and U+2028 too, an event is one `data:` line and an empty one."""
    for obfuscate in (True, False):
        event = render_chunk(chunk(content), obfuscate=obfuscate)
        assert event.startswith(b"data: {") and event.endswith(b"}\n\n")
        assert event.count(b"\n") == 2 and b"\r" not in event
        assert json.loads(event[6:])["choices"][0]["delta"]["content"] == content


def test_texts_of_like_length_cannot_be_told_apart() -> None:
    """Chunks with short texts of different lengths have one size."""
    assert len({len(render_chunk(chunk("x" * length), obfuscate=True)) for length in range(1, 9)}) <= 2


def test_padding_varies() -> None:
    """The padding is random, so that compression does not undo it."""
    assert len({render_chunk(chunk("a"), obfuscate=True) for _ in range(5)}) > 1 or BUCKET == 1


def test_an_error_is_an_event_too() -> None:
    """In mid-stream an error is one `data:` line with the error object."""
    event = render_error(InternalError())
    assert json.loads(event.removeprefix(b"data: ")) == InternalError().body()
    assert event.endswith(b"}\n\n") and event.count(b"\n") == 2
