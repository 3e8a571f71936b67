"""A stand-in for the hub as `huggingface_hub` itself asks it: the tests' hub, which also tells its newest version."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.model.hub import COMMIT, Handler, Hub, serve_hub

REPO = "org/whisper"
NAMES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")


class SnapshotHandler(Handler):
    """Knows the version, and lists files as of it."""

    def do_GET(self) -> None:  # noqa: N802 (as the standard library calls it)
        """The version; the rest is as ever."""
        api = f"/api/models/{self.server.repo}"
        if self.path == f"{api}/revision/main" and self.server.refuses is None:
            self.server.asked.append((self.command, self.path))
            told = {"id": self.server.repo, "sha": COMMIT, "siblings": []}
            self._tell(told)
        elif self.path.startswith(f"{api}/tree/{COMMIT}"):
            self.server.asked.append((self.command, self.path))
            size = len(self.server.content)
            self._tell([{"type": "file", "path": name, "size": size, "oid": "0" * 40} for name in self.server.names])
        else:
            super().do_GET()

    def _tell(self, told: object) -> None:
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serve_whisper(content: Path, *, repo: str = REPO, names: tuple[str, ...] = NAMES) -> Iterator[Hub]:
    """A repository whose files have all this content."""
    with serve_hub(content, repo=repo, names=names) as hub:
        hub.RequestHandlerClass = SnapshotHandler
        yield hub
