"""`make try-templates`: every kind of history on every template of a folder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.dialect.templates import load_template

CHATML = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}<|assistant|>"


@pytest.fixture
def tool(root: Path) -> Path:
    """The script."""
    return root / "tools" / "try_templates.py"


def run(tool: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Try the templates of a folder."""
    return subprocess.run([sys.executable, tool, folder], capture_output=True, text=True, check=False)


def test_templates_that_take_everything_pass(tool: Path, tmp_path: Path) -> None:
    """A line for each template, also for those in a tokenizer's configuration, and a summary."""
    (tmp_path / "one.jinja").write_text(CHATML)
    config = {"bos_token": {"content": "<b>"}, "chat_template": [{"name": "default", "template": CHATML}]}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    done = run(tool, tmp_path)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in lines[:2]] == [
        "ok",
        "ok",
    ] and "one.jinja: generic, tools taught; calls='none'" in lines[0]
    assert lines[2].startswith("2 of 2 templates take all of ")


def test_what_fails_is_told(tool: Path, tmp_path: Path) -> None:
    """Each history that does not come out whole with the reason, and a status for scripts."""
    (tmp_path / "bad.j2").write_text("{% for %}")
    (tmp_path / "poor.jinja").write_text("<|user|>{{ messages[0].content }}")
    done = run(tool, tmp_path)
    assert done.returncode == 1 and done.stderr == "These do not: bad.j2, poor.jinja\n"
    assert "FAILED bad.j2: The model's chat template does not compile" in done.stdout
    assert "       U A: lost: assistant's text 'said001'\n" in done.stdout
    assert "0 of 2 templates" in done.stdout


def test_a_folder_without_templates(tool: Path, tmp_path: Path) -> None:
    """Nothing to try is a mistake."""
    done = run(tool, tmp_path)
    assert (done.returncode, done.stderr) == (1, f"There is no template in {tmp_path}.\n")


def test_which_dialect_a_template_gets_is_told(tool: Path, tmp_path: Path) -> None:
    """The form of calls, the variable with the tools or that they are taught, and the marks of thoughts."""
    for name in ("qwen", "command"):
        (tmp_path / f"{name}.jinja").write_text(load_template(name))
    lines = run(tool, tmp_path).stdout.splitlines()
    assert "  command.jinja: command, tools taught; " in lines[0]
    assert "  qwen.jinja: hermes, tools in tools, wrapped, thinks <think>…</think>; " in lines[1]


def test_what_is_lost_of_tools_is_told(tool: Path, tmp_path: Path) -> None:
    """Also of custom tools, and of texts that are awkward."""
    lists = "{% for t in tools or [] %}{{ (t | tojson).replace('🙂', '') }}{% endfor %}"
    call = "<function={{ c.function.name }}>{{ c.function.arguments | tojson }}</function>"
    calls = f"{{% for c in m.tool_calls or [] %}}{call}{{% endfor %}}"
    source = (
        f"{lists}{{% for m in messages %}}<|{{{{ m.role }}}}|>{{{{ m.content }}}}{calls}{{% endfor %}}<|assistant|>"
    )
    (tmp_path / "one.jinja").write_text(source)
    done = run(tool, tmp_path)
    assert done.returncode == 1 and "one.jinja: functionary, tools in tools, wrapped; " in done.stdout
    assert "       U, tools with awkward texts: lost: " in done.stdout and "U, tools: lost" not in done.stdout
