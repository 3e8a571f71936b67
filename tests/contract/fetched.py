"""`antiphon models` as a process with a cache of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.model.hub import COMMIT

LIMIT_S = 60
REPO, NAME = "Qwen/Qwen3-4B-GGUF", "Qwen3-4B-Q4_K_M.gguf"
"""Of a model of the catalogue."""
Ended = subprocess.CompletedProcess[str]


class Commands:
    """`antiphon models` with its own cache."""

    def __init__(self, home: Path, endpoint: str) -> None:
        self.cache = home / "hub"
        self.environment = os.environ | {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_DOWNLOAD_TIMEOUT": "5"}
        self.environment.pop("HF_TOKEN", None)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin one."""
        command = [sys.executable, "-m", "antiphon", "models", *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, text=True, env=self.environment, **pipes)

    def run(self, *arguments: str, status: int = 0, **environment: str) -> Ended:
        """What became of one, which ends with this status and no traceback."""
        self.environment |= environment
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=LIMIT_S)
        assert process.returncode == status, err
        assert "Traceback" not in err
        return Ended(arguments, process.returncode, out, err)

    def refuse(self, *arguments: str, **environment: str) -> str:
        """The sentence of one that fails: its last line."""
        ended = self.run(*arguments, status=1, **environment)
        said = ended.stderr.splitlines()[-1]
        assert ended.stdout == "" and said.startswith("antiphon: ")
        return said.removeprefix("antiphon: ")

    def find(self, name: str) -> dict[str, object]:
        """The row of a model in the list."""
        rows = json.loads(self.run("list", "--format", "json").stdout)
        return next(row for row in rows if name in (row["name"], row["source"]))

    @property
    def link(self) -> Path:
        """Where the model is to be found."""
        return self.cache / "models--Qwen--Qwen3-4B-GGUF" / "snapshots" / COMMIT / NAME

    @property
    def blobs(self) -> list[Path]:
        """Contents, and what there is of them."""
        return list(self.cache.glob("*/blobs/*"))
