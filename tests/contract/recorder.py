"""A server that notes what it is sent, and answers what it is told to, down to single bytes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple


class Noted(NamedTuple):
    """A request. body: as JSON, None for none."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Recorder:
    """answers: what is sent back, in turn, each a whole response with its head; the last one again and again."""

    def __init__(self, port: int, requests: list[Noted]) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        self.requests = requests


def respond(
    content: Any, status: str = "200 OK", *, kind: str = "application/json", length: int | None = None
) -> bytes:
    """A response. length: what it says of itself, if that is not true."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    size = len(text) if length is None else length
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {size}\r\nconnection: close\r\n"
    return head.encode() + b"x-request-id: req_7\r\n\r\n" + text


@contextmanager
def record(*answers: bytes) -> Iterator[Recorder]:
    """While it runs."""
    requests: list[Noted] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.close_connection = True
            self.raw_requestline = self.rfile.readline()
            if not self.raw_requestline or not self.parse_request():
                return
            text = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            requests.append(Noted(self.command, self.path, headers, json.loads(text) if text else None))
            self.wfile.write(answers[min(len(requests), len(answers)) - 1])

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield Recorder(server.server_address[1], requests)
    server.shutdown()
    server.server_close()
    thread.join()
