"""Completion of commands and flags, asked of the shells themselves."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.cli.main import COMMANDS

PATH = f"{Path(sys.executable).parent}:/usr/bin:/bin"
LINES = [
    ("antiphon ch", {"chat", "chat:completions", "chat:completions:messages"}),
    ("antiphon chat:comp", {"chat:completions", "chat:completions:messages"}),
    ("antiphon chat:completions re", {"retrieve"}),
    ("antiphon chat:completions create --prompt-cache-op",
     {"--prompt-cache-options", "--prompt-cache-options.mode", "--prompt-cache-options.ttl"}),
    ("antiphon chat:completions create --model m --format js", {"json", "jsonl"}),
    ("antiphon chat:completions:messages list --max", {"--max-items"}),
    ("antiphon nothing ", set(COMMANDS)),
]  # fmt: skip
ASK_BASH = """
eval "$(antiphon completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
_antiphon_completion antiphon
printf '%s\\n' "${COMPREPLY[@]}"
"""


def need(shell: str) -> None:
    """Or say how to get it."""
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here: apt-get install {shell}")


def run_shell(*command: str, home: Path) -> list[str]:
    """The lines that it prints; it may complain of nothing."""
    environment = {"PATH": PATH, "HOME": str(home), "TERM": "dumb"}
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=True)
    assert ended.stderr == ""
    return [line for line in ended.stdout.splitlines() if line]


@pytest.mark.parametrize(("line", "found"), LINES)
def test_bash(tmp_path: Path, line: str, found: set[str]) -> None:
    """Bash splits at colons: what stands before the last one must not be given again."""
    need("bash")
    word = line.rpartition(" ")[2]
    kept = word[: word.rfind(":") + 1]
    assert set(run_shell("bash", "-c", ASK_BASH, "bash", line, home=tmp_path)) == {
        one.removeprefix(kept) for one in found
    }


@pytest.mark.parametrize(("line", "found"), LINES)
def test_fish(tmp_path: Path, line: str, found: set[str]) -> None:
    """With what each does beside it."""
    need("fish")
    asked = f"antiphon completion fish | source; complete -C '{line}'"
    lines = run_shell("fish", "--no-config", "-c", asked, home=tmp_path)
    assert {one.partition("\t")[0] for one in lines} == found


@pytest.mark.parametrize(("line", "found"), LINES[:4:3])
def test_zsh(tmp_path: Path, line: str, found: set[str]) -> None:
    """Asked in a terminal of its own, as zsh completes nowhere else; where it ends its answer cannot be told."""
    need("zsh")
    shown = "\n".join(run_shell("zsh", "-f", "-c", ASK_ZSH, "zsh", line, home=tmp_path))
    assert all(one in shown for one in found)


ASK_ZSH = """
zmodload zsh/zpty
zpty asked zsh -f -i
zpty -w asked 'PS1= ; autoload -Uz compinit && compinit -u; eval "$(antiphon completion zsh)"; LISTMAX=999; print READY'
while zpty -r asked seen; do [[ $seen == READY* ]] && break; done
zpty -w -n asked "$1"$'\\t\\t'
sleep 3
while zpty -r -t asked seen; do print -r -- "$seen"; done
zpty -d asked
"""
