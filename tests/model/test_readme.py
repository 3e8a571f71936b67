"""What the README shows is what happens."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.model.processes import Server

EXAMPLE = r"## {}\n.*?```python\n(?P<code>.*?)```\n\n(?P<output>(?:    [^\n]*\n)+)"
BASE_URL = "http://127.0.0.1:8000"
VARIES = re.compile(
    r"(?<=chatcmpl-)[0-9a-f]+|\['.*'\]|[0-9]+(?= tokens)|(?<==)'.*?'|(?<==)[0-9]+|(?<=: )\".*\"|[0-9]{4}-.*"
)
"""Ids, and what the model said, which may be another thing on another machine."""


@pytest.mark.parametrize("section", ["Tools and JSON", "Stored completions", "From Python"])
def test_an_example_prints_what_it_shows(server: Server, root: Path, section: str) -> None:
    """The example of a section prints what stands below it."""
    found = re.search(EXAMPLE.format(section), (root / "README.md").read_text(), re.DOTALL)
    assert found and BASE_URL in found["code"]
    code = found["code"].replace(BASE_URL, server.url)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    shown = "".join(line.removeprefix("    ") for line in found["output"].splitlines(keepends=True))
    assert VARIES.sub("…", ran.stdout) == VARIES.sub("…", shown)
