"""An OpenAI-compatible server that computes nothing: it plays the script in the prompt, as fast as it is asked to.

A process of its own, on raw connections. It ends with the process that started it, however that ends.
"""

import asyncio
import json
import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import cast

import httptools
import uvloop

from relay.emitter.play import Play
from relay.emitter.script import MODEL, parse_body

BACKLOG = 4096
MODELS = {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 1795882941, "owned_by": "relay"}]}


@dataclass(frozen=True)
class Upstream:
    """Where it is, and its process."""

    port: int
    pid: int


class Connection(asyncio.Protocol):
    """One kept-alive connection; httptools calls the methods whose names begin with `on_`."""

    def __init__(self, held: set[Play], per_write: int) -> None:
        self._held = held
        self._per_write = per_write
        self._parser = httptools.HttpRequestParser(self)
        self._play: Play | None = None
        self._path, self._body = b"", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def connection_lost(self, _reason: Exception | None) -> None:
        if self._play:
            self._play.cancel()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def pause_writing(self) -> None:
        if self._play:
            self._play.pause()

    def resume_writing(self) -> None:
        if self._play:
            self._play.resume()

    def on_url(self, url: bytes) -> None:
        self._path, self._body = url, b""

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._path == b"/v1/chat/completions":
            self._start()
        elif self._path == b"/v1/models":
            self._answer(200, MODELS)
        elif self._path == b"/release":
            self._answer(200, {"released": self._release()})
        else:
            self._answer(404, {"error": {"message": "There is nothing here.", "type": "not_found", "code": 404}})

    def _start(self) -> None:
        try:
            asked = parse_body(self._body)
        except ValueError as error:
            self._answer(400, {"error": {"message": str(error), "type": "invalid_request_error", "code": 400}})
        else:
            self._play = Play(asked, self._transport, held=self._held, per_write=self._per_write)

    def _release(self) -> int:
        plays = list(self._held)
        self._held.clear()
        for number, play in enumerate(plays):
            play.release(number)
        return len(plays)

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        head = f"HTTP/1.1 {status} \r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


async def serve(pipe: Pipe, per_write: int) -> None:
    """Tell the port, then serve until the other end of the pipe is gone."""
    loop, gone, held = asyncio.get_running_loop(), asyncio.Event(), set[Play]()
    server = await loop.create_server(lambda: Connection(held, per_write), "127.0.0.1", 0, backlog=BACKLOG)
    pipe.send(server.sockets[0].getsockname()[1])
    loop.add_reader(pipe.fileno(), gone.set)
    await gone.wait()


def run(pipe: Pipe, per_write: int) -> None:
    """The process. Ctrl-C is for the benchmark, which then goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    uvloop.run(serve(pipe, per_write))


@contextmanager
def running_upstream(per_write: int) -> Iterator[Upstream]:
    """Started, and ended with the block."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=run, args=(theirs, per_write), daemon=True)
    process.start()
    theirs.close()
    try:
        with ours:
            assert process.pid
            yield Upstream(ours.recv(), process.pid)
    finally:
        process.join()
