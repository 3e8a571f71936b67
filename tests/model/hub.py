"""A stand-in for the Hugging Face hub on this machine: one repository whose files have all the same content.

It can be told to misbehave: see `Hub`.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

REPO, FILE = "org/repo", "file.gguf"
ROUTE = f"/{REPO}/resolve/main/{FILE}"
COMMIT = "c" * 40


class Hub(ThreadingHTTPServer):
    """`asked` are the requests it had, `ranges` those of contents that had a range. What may be changed: `breaks`:
    after so many bytes it breaks off, once for each number; `refuses`: status and code of all answers; `sent`: another
    content than it tells of; `knows_ranges`; `token`: what it wants to be sent; `stalls`: it sends half, and waits.
    """

    def __init__(self, file: Path, *, repo: str = REPO, names: Sequence[str] = (FILE,)) -> None:
        self.content = self.sent = file.read_bytes()
        self.repo, self.names = repo, names
        self.digest = hashlib.sha256(self.content).hexdigest()
        self.asked: list[tuple[str, str]] = []
        self.ranges: list[str] = []
        self.breaks: list[int] = []
        self.refuses: tuple[int, str] | None = None
        self.knows_ranges = True
        self.token: str | None = None
        self.stalls = False
        self.woken = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        """What `HF_ENDPOINT` is to be."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """What `huggingface_hub` and we need of the hub."""

    server: Hub

    def do_HEAD(self) -> None:
        """A file's length and version."""
        self.server.asked.append((self.command, self.path))
        if not self._refuse() and self._is_file():
            self._describe(200, len(self.server.content))

    def do_GET(self) -> None:
        """The same with the content, or the list of files."""
        self.server.asked.append((self.command, self.path))
        if self._refuse():
            return
        if self.path.startswith(f"/api/models/{self.server.repo}/tree/main"):
            self._list()
        elif self._is_file():
            self._send()

    def _refuse(self) -> bool:
        """Whether it was told to, or misses the token."""
        token = self.server.token
        if token and self.headers.get("Authorization") != f"Bearer {token}":
            self._fail(401, "GatedRepo")
            return True
        if self.server.refuses:
            self._fail(*self.server.refuses)
        return self.server.refuses is not None

    def _is_file(self) -> bool:
        """Whether the address is that of a file; the answer where it is not."""
        found = re.fullmatch(rf"/{re.escape(self.server.repo)}/resolve/(?:main|{COMMIT})/(.+)", unquote(self.path))
        if not found or found[1] not in self.server.names:
            self._fail(404, "EntryNotFound" if found else "RepoNotFound")
            return False
        return True

    def _fail(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _describe(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{self.server.digest}"')
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _list(self) -> None:
        told = json.dumps([{"type": "file", "path": name, "size": 1} for name in self.server.names]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def _send(self) -> None:
        asked = self.headers.get("Range", "") if self.server.knows_ranges else ""
        self.server.ranges += [asked] if asked else []
        content = self.server.sent[int(asked.removeprefix("bytes=").removesuffix("-") or 0) :]
        self._describe(206 if asked else 200, len(content))
        if self.server.stalls:
            self.wfile.write(content[: len(content) // 2])
            self.server.woken.wait()
        elif self.server.breaks:
            self.wfile.write(content[: self.server.breaks.pop(0)])
            self.close_connection = True
        else:
            self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Nothing on the terminal."""


@contextmanager
def serve_hub(file: Path, *, repo: str = REPO, names: Sequence[str] = (FILE,)) -> Iterator[Hub]:
    """Gone after the block."""
    with Hub(file, repo=repo, names=names) as hub:
        thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield hub
        finally:
            hub.woken.set()
            hub.shutdown()
            thread.join()
