"""What the README shows is what happens."""

import re
import subprocess
import sys
from pathlib import Path

from tests.model.processes import Server

EXAMPLE = re.compile(
    r"## Stored completions\n.*?```python\n(?P<code>.*?)```\n\n(?P<output>(?:    [^\n]*\n)+)", re.DOTALL
)
BASE_URL = "http://127.0.0.1:8000"
VARIES = re.compile(r"(?<=chatcmpl-)[0-9a-f]+|\['.*'\]|[0-9]+(?= tokens)")
"""Ids, and what the model said, which may be another thing on another machine."""


def test_the_life_of_a_stored_completion(server: Server, root: Path) -> None:
    """The example of stored completions prints what stands below it."""
    found = EXAMPLE.search((root / "README.md").read_text())
    assert found and BASE_URL in found["code"]
    code = found["code"].replace(BASE_URL, server.url)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    shown = "".join(line.removeprefix("    ") for line in found["output"].splitlines(keepends=True))
    assert VARIES.sub("…", ran.stdout) == VARIES.sub("…", shown)
