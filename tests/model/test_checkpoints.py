"""A model whose memory cannot be cut keeps whole checkpoints, and says so; the rest of the API is the same."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.model.processes import Server, serve
from tests.model.tiny import build_recurrent

WORDS = " ".join(f"word{number}" for number in range(60))


@pytest.fixture(scope="module")
def file(folder: Path) -> Path:
    """The model."""
    return build_recurrent(folder / "recurrent.gguf")


@pytest.fixture(scope="module")
def recurrent(folder: Path, file: Path) -> Iterator[Server]:
    """A server with it."""
    data = ("--data-dir", str(folder / "recurrent"))
    with serve(folder, "--model", f"tiny={file}", "--parallel", "3", *data) as server:
        yield server


def ask(server: Server, *parts: Any, **fields: Any) -> httpx.Response:
    """One message of these parts."""
    content = [part if isinstance(part, dict) else {"type": "text", "text": part} for part in parts]
    body = {"model": "tiny", "messages": [{"role": "user", "content": content}], "max_tokens": 8, "temperature": 0}
    answer = httpx.post(f"{server.url}/v1/chat/completions", json={**body, **fields}, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer


def cached(answer: httpx.Response) -> tuple[int, int]:
    """Prompt tokens, and those that had been computed."""
    usage = answer.json()["usage"]
    return usage["prompt_tokens"], usage["prompt_tokens_details"]["cached_tokens"]


def texts(answer: httpx.Response) -> list[str]:
    return [choice["message"]["content"] for choice in answer.json()["choices"]]


def test_it_is_told(recurrent: Server) -> None:
    """Where the server says that the model is ready."""
    assert "prompts are kept as whole checkpoints" in " ".join(recurrent.log.read_text().split())


def test_the_same_again(recurrent: Server) -> None:
    """All but the last token is taken over, and the answer is the same; also for choices, and beside other prompts."""
    first = ask(recurrent, WORDS, "one")
    for fields in ({}, {"n": 3}, {"stream": False}):
        again = ask(recurrent, WORDS, "one", **fields)
        assert cached(again) == (cached(first)[0], cached(first)[0] - 2)
        assert set(texts(again)) == set(texts(first))
        ask(recurrent, "Something else, " * 20)


def test_a_breakpoint(recurrent: Server) -> None:
    """What lies before it is taken over by a prompt that goes on differently; without one nothing is."""
    marked = {"type": "text", "text": WORDS * 2, "prompt_cache_breakpoint": {"mode": "explicit"}}
    ask(recurrent, marked, "one")
    total, found = cached(ask(recurrent, marked, "two"))
    assert total - 20 < found < total
    ask(recurrent, f"Without: {WORDS}", "one")
    assert cached(ask(recurrent, f"Without: {WORDS}", "two"))[1] < 100


def test_a_prediction_is_ignored_and_named(recurrent: Server) -> None:
    """It would need what this model cannot."""
    answer = ask(recurrent, "Hi", prediction={"type": "content", "content": "Ho"})
    assert answer.headers["antiphon-ignored"] == "prediction"


def test_it_cannot_be_deterministic(folder: Path, file: Path) -> None:
    """Which is one sentence at the start."""
    command = [sys.executable, "-m", "antiphon", "serve", "--port", "0", "--deterministic", "--model", f"tiny={file}"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=folder)
    assert ended.returncode == 1
    told = [line for line in ended.stderr.splitlines() if line.startswith("antiphon: ")]
    assert told == ["antiphon: --deterministic cannot be had with this model: what it computes cannot be shortened."]
