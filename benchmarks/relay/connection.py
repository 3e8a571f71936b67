"""The client's side: a kept-alive connection on which one stream after another is asked for and timed.

It knows nothing of who answers. Invariant: a stream that was asked for ends, whole or with a reason.
"""

import asyncio
import time
from typing import cast

import httptools

from relay.tally import Tally


class Stream:
    """One request and what came of it; times are of `time.perf_counter`."""

    def __init__(self, wanted_tokens: int) -> None:
        self.wanted_tokens = wanted_tokens
        self.tally = Tally()
        self.started_s = time.perf_counter()
        self.first_s: float | None = None
        self.ended_s = 0.0
        self.error = ""
        self.began, self.ended = asyncio.Event(), asyncio.Event()

    def feed(self, data: bytes) -> None:
        """The next bytes of its events."""
        self.tally.feed(data)
        if self.first_s is None and self.tally.num_tokens:
            self.first_s = time.perf_counter()
            self.began.set()

    def end(self, error: str = "") -> None:
        """The answer is over. Without an error it must be whole."""
        if self.ended.is_set():
            return
        self.ended_s, self.error = time.perf_counter(), error or self._find_fault()
        self.began.set()
        self.ended.set()

    def _find_fault(self) -> str:
        if self.tally.is_faulty:
            return "an error within the stream"
        if not self.tally.is_done:
            return "no [DONE] at its end"
        counted = self.tally.num_tokens
        return "" if counted == self.wanted_tokens else f"{counted} of {self.wanted_tokens} tokens"


class Connection(asyncio.Protocol):
    """To a port of this machine; httptools calls the methods whose names begin with `on_`."""

    def __init__(self, port: int, path: str = "/v1/chat/completions") -> None:
        self._port = port
        head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        self._head = f"{head}accept: text/event-stream\r\nauthorization: Bearer unused\r\ncontent-length: "
        self._transport: asyncio.Transport | None = None
        self._stream: Stream | None = None
        self._refusal = b""
        self._is_over = False

    @property
    def is_usable(self) -> bool:
        """Whether a request may still go out on it."""
        return not self._is_over

    async def ask(self, body: bytes, wanted_tokens: int) -> Stream:
        """Send a request; its stream is under way when this returns."""
        self._refusal = b""
        try:
            if self._transport is None:
                await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)
        except OSError as error:
            stream = Stream(wanted_tokens)
            stream.end(f"cannot connect: {error}")
            return stream
        assert self._transport
        self._stream = stream = Stream(wanted_tokens)
        self._transport.write(f"{self._head}{len(body)}\r\n\r\n".encode() + body)
        return stream

    def close(self) -> None:
        """Without waiting for what is still to come."""
        self._is_over = True
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._parser = httptools.HttpResponseParser(self)

    def connection_lost(self, _reason: Exception | None) -> None:
        self._is_over = True
        if self._stream:
            self._stream.end("the connection was closed")

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError:
            raise
        except httptools.HttpParserError as error:
            if self._stream:
                self._stream.end(f"no HTTP: {error}")
            self.close()

    def on_body(self, data: bytes) -> None:
        if self._parser.get_status_code() != 200:
            self._refusal += data
        elif self._stream:
            self._stream.feed(data)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if self._stream:
            self._stream.end("" if status == 200 else f"HTTP {status}: {self._refusal[:300].decode(errors='replace')}")
            self._stream = None
        if not self._parser.should_keep_alive():
            self.close()
