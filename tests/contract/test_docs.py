"""The documentation says what the code says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/chat.md",
    "docs/client.md",
    "docs/command-line.md",
    "docs/configuration.md",
    "docs/dialects.md",
    "docs/engine.md",
    "docs/media.md",
    "docs/models.md",
    "docs/scale.md",
    "deploy/README.md",
    "docs/stored-completions.md",
    "docs/structured-output.md",
    "benchmarks/README.md",
]
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
PATH = re.compile(r"[\w.-]+(/[\w.-]+)*(/|\.(py|md|toml|lock))")


def test_generated_parts_are_fresh(root: Path) -> None:
    """Tables and help texts are what `make docs` writes."""
    command = [sys.executable, root / "tools" / "readme.py", "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_paths_of_the_architecture_exist(root: Path, source: Path) -> None:
    """Each step of the life of a request names a file that is there."""
    names = [name for name in CODE.findall((root / "docs/architecture.md").read_text()) if PATH.fullmatch(name)]
    assert len(names) > 20
    assert [name for name in names if not ((source / name).exists() or (root / name).exists())] == []


def test_paths_of_the_engine_exist(root: Path, source: Path) -> None:
    """Each room that is explained is a file of the llama engine."""
    names = [name for name in CODE.findall((root / "docs/engine.md").read_text()) if PATH.fullmatch(name)]
    assert len(names) > 10
    rooms = source / "engine" / "llama"
    assert [name for name in names if not ((rooms / name).exists() or (root / name).exists())] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(root: Path, document: str) -> None:
    """A link to a file of the repository leads to one."""
    path = root / document
    assert [link for link in LINK.findall(path.read_text()) if not (path.parent / link).exists()] == []
