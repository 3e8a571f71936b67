"""A stream while it comes: bytes, chunks, events. The state is without I/O; two thin classes read for it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

from antiphon.client.accumulator import Accumulator
from antiphon.client.attempts import failure_of
from antiphon.client.call import Call
from antiphon.client.errors import ClientError, StreamEndedEarly, StreamFailed, Unreadable, request_id_of
from antiphon.client.events import ContentDelta, StreamEvent
from antiphon.client.responses import ChatCompletion, Chunk
from antiphon.client.sse import EventParser

DONE = b"[DONE]"
Step = tuple[Chunk, list[StreamEvent]]
"""A chunk, and what it means."""
Raised = type[BaseException] | BaseException | TracebackType | None


class Reading:
    """Feed it bytes, get chunks. request_id: the server's, for errors. strange: what came in place of a stream."""

    def __init__(self, request_id: str | None = None, strange: str = "") -> None:
        self._parser = EventParser()
        self.strange = strange
        self.request_id = request_id
        self.done = False

    def feed(self, piece: bytes) -> Iterator[Chunk]:
        """Raises `StreamFailed` for an error frame, and `Unreadable`."""
        for event in self._parser.feed(piece):
            if self.done:
                return
            if event.data.strip() == DONE:
                self.done = True
            else:
                yield self._read(event.data)

    def break_off(self, fault: ClientError) -> None:
        """Raises it, unless all has been said before."""
        if not self.done:
            raise fault

    def end(self) -> None:
        """Nothing more comes. Raises `StreamEndedEarly`."""
        if not self.done:
            raise StreamEndedEarly(self.strange, request_id=self.request_id)

    def _read(self, data: bytes) -> Chunk:
        try:
            fields = msgspec.json.decode(data)
        except msgspec.DecodeError:
            raise Unreadable(f"A frame of the stream is not JSON: {data[:100]!r}", request_id=self.request_id) from None
        if not isinstance(fields, dict):
            raise Unreadable(f"A frame of the stream is no object: {data[:100]!r}", request_id=self.request_id)
        if fields.get("error"):
            raise StreamFailed(200, fields, request_id=self.request_id)
        return Chunk(fields, data)


class StreamState:
    """What both kinds of stream have. Enter it, then iterate over events, or over `chunks()`."""

    def __init__(self, call: Call[Any]) -> None:
        self._accumulator = Accumulator((call.body or {}).get("metadata"))
        self._response: httpx.Response | None = None
        self._reading = Reading()

    @property
    def response(self) -> httpx.Response:
        """Status and headers."""
        if self._response is None:
            raise RuntimeError(
                "a stream begins where it is entered: `with client.chat.completions.stream(…) as stream:`"
            )
        return self._response

    @property
    def snapshot(self) -> ChatCompletion:
        """The completion so far."""
        return self._accumulator.completion()

    def _begin(self, response: httpx.Response) -> None:
        kind = response.headers.get("content-type", "")
        self._response = response
        self._reading = Reading(request_id_of(response), "" if kind.startswith("text/event-stream") else kind)

    def _take(self, piece: bytes) -> Iterator[Step]:
        for chunk in self._reading.feed(piece):
            try:
                yield chunk, list(self._accumulator.add(chunk))
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                told = f"A chunk of the stream is not what the API says: {chunk.raw_json[:200]}"
                raise Unreadable(told, request_id=self._reading.request_id) from error

    def _fail(self, fault: httpx.RequestError) -> None:
        self._reading.break_off(failure_of(fault, self.response.url))


class Stream(StreamState):
    """Of a `Client`. Leaving it closes the connection, which cancels what is not said yet. Whoever walks through it
    again goes on where it was left.
    """

    def __init__(self, start: Callable[[], httpx.Response], call: Call[Any]) -> None:
        super().__init__(call)
        self._start = start
        self._steps = self._walk()

    def __enter__(self) -> Self:
        self._begin(self._start())
        return self

    def __exit__(self, *_: Raised) -> None:
        self.response.close()

    def _walk(self) -> Iterator[Step]:
        try:
            for piece in self.response.iter_bytes():
                yield from self._take(piece)
        except httpx.RequestError as fault:
            self._fail(fault)

    def chunks(self) -> Iterator[Chunk]:
        """As they were sent."""
        for chunk, _ in self._steps:
            yield chunk
        self._reading.end()

    def __iter__(self) -> Iterator[StreamEvent]:
        for _, events in self._steps:
            yield from events
        self._reading.end()

    def texts(self, choice: int = 0) -> Iterator[str]:
        """What a choice says, piece by piece."""
        return (event.text for event in self if isinstance(event, ContentDelta) and event.choice == choice)

    def final(self) -> ChatCompletion:
        """The completion, after all has come."""
        for _ in self:
            pass
        return self.snapshot


class AsyncStream(StreamState):
    """Of an `AsyncClient`: the same with `async with`, `async for` and `await`."""

    def __init__(self, start: Callable[[], Awaitable[httpx.Response]], call: Call[Any]) -> None:
        super().__init__(call)
        self._start = start
        self._steps = self._walk()

    async def __aenter__(self) -> Self:
        self._begin(await self._start())
        return self

    async def __aexit__(self, *_: Raised) -> None:
        await self.response.aclose()

    async def _walk(self) -> AsyncIterator[Step]:
        try:
            async for piece in self.response.aiter_bytes():
                for step in self._take(piece):
                    yield step
        except httpx.RequestError as fault:
            self._fail(fault)

    async def chunks(self) -> AsyncIterator[Chunk]:
        """As they were sent."""
        async for chunk, _ in self._steps:
            yield chunk
        self._reading.end()

    async def __aiter__(self) -> AsyncIterator[StreamEvent]:
        async for _, events in self._steps:
            for event in events:
                yield event
        self._reading.end()

    async def texts(self, choice: int = 0) -> AsyncIterator[str]:
        """What a choice says, piece by piece."""
        async for event in self:
            if isinstance(event, ContentDelta) and event.choice == choice:
                yield event.text

    async def final(self) -> ChatCompletion:
        """The completion, after all has come."""
        async for _ in self:
            pass
        return self.snapshot
