"""A stream: how it is read, and every way it can end."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from antiphon.client import AsyncClient, Client, ConnectionFailed, StreamEndedEarly, StreamFailed, Unreadable
from antiphon.client.errors import BadRequest

DONE = b"data: [DONE]\n\n"


def frame(text: str, reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "logprobs": None, "finish_reason": reason}
    fields = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


WHOLE = frame("Hel") + b": comment\r\n" + frame("lo", "stop") + DONE


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Bytes in pieces; a fault at the end if there is one; knows whether it was closed."""

    def __init__(self, text: bytes, size: int = 7, fault: Exception | None = None) -> None:
        self.pieces = [text[place : place + size] for place in range(0, len(text), size)]
        self.fault = fault
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces
        if self.fault:
            raise self.fault

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


def answering(body: Body, status: int = 200) -> httpx.MockTransport:
    headers = {"x-request-id": "req_1", "content-type": "text/event-stream"}
    return httpx.MockTransport(lambda request: httpx.Response(status, headers=headers, stream=body))


def open_client(body: Body, status: int = 200) -> Client:
    return Client(http=httpx.Client(transport=answering(body, status)), max_retries=0)


ASKED: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "a"}]}


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_whole(size: int) -> None:
    """Events, the text, chunks and the completion are the same, however the bytes come; then it is closed."""
    body = Body(WHOLE, size)
    with open_client(body).chat.completions.stream(**ASKED) as stream:
        assert list(stream.texts()) == ["Hel", "lo"]
        assert stream.snapshot.text == "Hello"
    assert body.closed
    with open_client(Body(WHOLE, size)).chat.completions.stream(**ASKED) as stream:
        assert stream.final().choices[0].finish_reason == "stop"
    with open_client(Body(WHOLE, size)).chat.completions.stream(**ASKED) as stream:
        assert [chunk.choices[0].delta.content for chunk in stream.chunks()] == ["Hel", "lo"]


async def test_whole_awaited() -> None:
    """The asynchronous one does the same."""
    body = Body(WHOLE)
    client = AsyncClient(http=httpx.AsyncClient(transport=answering(body)))
    async with client.chat.completions.stream(**ASKED) as stream:
        assert [text async for text in stream.texts()] == ["Hel", "lo"]
    assert body.closed
    client = AsyncClient(http=httpx.AsyncClient(transport=answering(Body(WHOLE))))
    async with client, client.chat.completions.stream(**ASKED) as stream:
        assert (await stream.final()).text == "Hello"


def test_walking_again() -> None:
    """Whoever walks through a stream again goes on where it was left; chunks make the completion as events do."""
    with open_client(Body(WHOLE)).chat.completions.stream(**ASKED) as stream:
        assert next(iter(stream.texts())) == "Hel"
        assert list(stream.texts()) == ["lo"]
        assert stream.final() == stream.final() == stream.snapshot and stream.snapshot.text == "Hello"
    with open_client(Body(WHOLE)).chat.completions.stream(**ASKED) as stream:
        assert len(list(stream.chunks())) == 2 and list(stream.chunks()) == []
        assert stream.snapshot.text == "Hello"
    with open_client(Body(frame("Hel"))).chat.completions.stream(**ASKED) as stream:
        for _ in range(2):
            with pytest.raises(StreamEndedEarly):
                stream.final()


async def test_walking_again_awaited() -> None:
    """The asynchronous one does the same."""
    client = AsyncClient(http=httpx.AsyncClient(transport=answering(Body(WHOLE))))
    async with client, client.chat.completions.stream(**ASKED) as stream:
        assert [text async for text in stream.texts()] == ["Hel", "lo"]
        assert (await stream.final()).text == stream.snapshot.text == "Hello"


@pytest.mark.parametrize(
    "choices", ['"abc"', "[null]", '[{"index": 0, "delta": "abc"}]', '[{"delta": {"tool_calls": [7]}}]']
)
def test_chunks_of_another_shape(choices: str) -> None:
    """Are unreadable, which is an error of ours."""
    body = Body(b'data: {"choices": ' + choices.encode() + b"}\n\n" + DONE)
    with (
        open_client(body).chat.completions.stream(**ASKED) as stream,
        pytest.raises(Unreadable, match="not what the API"),
    ):
        stream.final()


def test_what_is_asked() -> None:
    """A stream with its usage, unless the options of the stream are given."""
    asked: list[Any] = []

    def take(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, stream=Body(WHOLE))

    client = Client(http=httpx.Client(transport=httpx.MockTransport(take)))
    for more in ({}, {"stream_options": None}):
        with client.chat.completions.stream(**ASKED, **more) as stream:
            stream.final()
    assert asked == [
        {**ASKED, "stream": True, "stream_options": {"include_usage": True}},
        {**ASKED, "stream": True, "stream_options": None},
    ]


@pytest.mark.parametrize(("body", "error", "match"), [
    (Body(frame("Hel")), StreamEndedEarly, "ended before"),
    (Body(frame("lo", "stop")), StreamEndedEarly, "ended before"),
    (Body(b""), StreamEndedEarly, "ended before"),
    (Body(frame("a") + b'data: {"error": {"message": "Out.", "type": "t"}}\n\n' + DONE), StreamFailed, "Out"),
    (Body(frame("a") + b"data: {broken\n\n" + DONE), Unreadable, "not JSON"),
    (Body(frame("a") + b"data: 7\n\n" + DONE), Unreadable, "no object"),
    (Body(frame("a"), fault=httpx.ReadError("reset")), ConnectionFailed, "reset"),
    (Body(frame("a"), fault=httpx.RemoteProtocolError("incomplete chunked read")), ConnectionFailed, "incomplete"),
])  # fmt: skip
def test_how_it_fails(body: Body, error: type[Exception], match: str) -> None:
    """What came before is given; then the fault is raised, and the connection closed."""
    with pytest.raises(error, match=match), open_client(body).chat.completions.stream(**ASKED) as stream:
        for _ in stream:
            pass
    assert body.closed


def test_what_a_failed_stream_tells() -> None:
    """The server's error object, and which request it was."""
    body = Body(b'data: {"error": {"message": "Out.", "code": "c", "type": "t", "param": "p"}}\n\n')
    with open_client(body).chat.completions.stream(**ASKED) as stream, pytest.raises(StreamFailed) as caught:
        stream.final()
    told = caught.value
    assert (told.code, told.type, told.param, told.request_id) == ("c", "t", "p", "req_1")


def test_an_error_before_it_begins() -> None:
    """Is raised where the stream is entered, with the server's words."""
    body = Body(b'{"error": {"message": "No.", "type": "invalid_request_error"}}')
    with pytest.raises(BadRequest, match="No"), open_client(body, 400).chat.completions.stream(**ASKED):
        pass
    assert body.closed


def test_leaving_early() -> None:
    """Closes the connection, by which the server learns that nobody listens."""
    body = Body(frame("a") * 1000 + DONE)
    with open_client(body).chat.completions.stream(**ASKED) as stream:
        for _ in stream:
            break
    assert body.closed


def test_a_stream_must_be_entered() -> None:
    """Who forgets is told how."""
    stream = open_client(Body(WHOLE)).chat.completions.stream(**ASKED)
    with pytest.raises(RuntimeError, match="with client"):
        next(iter(stream))


def test_what_comes_after_the_end() -> None:
    """Is not looked at, nor how the connection ends."""
    with open_client(Body(WHOLE, fault=httpx.ReadError("reset"))).chat.completions.stream(**ASKED) as stream:
        assert stream.final().text == "Hello"
    with open_client(Body(WHOLE + b"data: {broken\n\n")).chat.completions.stream(**ASKED) as stream:
        assert stream.final().text == "Hello"
