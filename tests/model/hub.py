"""A stand-in for the Hugging Face hub on this machine: one repository with one file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROUTE = "/org/repo/resolve/main/file.gguf"


class Hub(ThreadingHTTPServer):
    """`asked` are the requests it had."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.asked: list[tuple[str, str]] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        """What `HF_ENDPOINT` is to be."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """What `huggingface_hub` needs of the hub to download one file."""

    server: Hub

    def do_HEAD(self) -> None:
        """The file's length and version."""
        self.server.asked.append((self.command, self.path))
        if self.path != ROUTE:
            self.send_response(404)
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", "0")
        else:
            self.send_response(200)
            self.send_header("X-Repo-Commit", "c" * 40)
            self.send_header("ETag", f'"{"e" * 64}"')
            self.send_header("Content-Length", str(self.server.file.stat().st_size))
        self.end_headers()

    def do_GET(self) -> None:
        """The same with the content."""
        self.do_HEAD()
        if self.path == ROUTE:
            self.wfile.write(self.server.file.read_bytes())

    def log_message(self, *args: Any) -> None:
        """Nothing on the terminal."""


@contextmanager
def serve_hub(file: Path) -> Iterator[Hub]:
    """Gone after the block."""
    with Hub(file) as hub:
        thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield hub
        hub.shutdown()
        thread.join()
