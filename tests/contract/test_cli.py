"""`antiphon` as a command: mistakes of configuration are one sentence, and a stop is graceful."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from antiphon.settings import load_settings
from tests.contract.live import COMPLETIONS, body, error_of, frames, free_port, script, wait_for

MISTAKES: dict[str, tuple[list[str], str, str]] = {
    # flags, antiphon.toml, words of the sentence
    "alias to nowhere": (["--alias", "gpt-*=none"], "", "no model 'none'"),
    "alias without a name": (["--alias", "gpt-*"], "", "--alias: expected NAME=VALUE"),
    "model without a source": (["--model", "one"], "", "--model: expected NAME=VALUE"),
    "missing file": (["--engine", "llama", "--model", "one=/nowhere/model.gguf"], "", "/nowhere/model.gguf"),
    "missing file of another model": (
        ["--engine", "llama", "--model", "one=smollm2", "--model", "two=/nowhere/model.gguf"],
        "",
        "/nowhere/model.gguf",
    ),
    "memory limit below the model": (
        ["--engine", "llama", "--memory-limit", "1M"],
        "",
        "The model 'smollm2' takes about",
    ),
    "memory limit that is none": (["--memory-limit", "all"], "", "--memory-limit: expected bytes"),
    "port that is none": (["--port", "http"], "", "--port"),
    "port too high": (["--port", "65536"], "", "--port"),
    "address of another machine": (["--host", "192.0.2.1", "--api-key", "k"], "", "Cannot listen on 192.0.2.1"),
    "open without a key": (["--host", "0.0.0.0"], "", "--api-key"),
    "open in IPv6 without a key": (["--host", "::"], "", "--api-key"),
    "empty key": (["--api-key", ""], "", "--api-key"),
    "bad number": (["--parallel", "many"], "", "--parallel"),
    "number out of range": (["--parallel", "0"], "", "--parallel"),
    "not a number": (["--request-timeout", "nan"], "", "--request-timeout"),
    "unknown setting": ([], "prot = 8000", "no setting 'prot'"),
    "bad value in the file": ([], 'parallel = "high"', "parallel"),
    "broken file": ([], "port = = 1", "antiphon.toml"),
    "file that is not text": ([], "\x00", "antiphon.toml"),
}


def command(*flags: str) -> list[str]:
    """The command as a person starts it, without a model."""
    engine = [] if "--engine" in flags else ["--engine", "scripted"]
    port = [] if "--port" in flags else ["--port", str(free_port())]
    return [sys.executable, "-m", "antiphon", "serve", *engine, *port, *flags]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence(name: str, tmp_path: Path) -> None:
    """A server that cannot start as configured says why in one sentence on stderr, and exits with an error."""
    flags, toml, words = MISTAKES[name]
    if toml:
        (tmp_path / "antiphon.toml").write_text(toml)
    ended = subprocess.run(command(*flags), cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode not in (0, None)
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr and "pydantic" not in ended.stderr
    (sentence,) = [line for line in ended.stderr.splitlines() if line.startswith("antiphon: ")]
    assert ".." not in sentence
    assert not ended.stdout


def test_a_port_in_use_is_one_sentence() -> None:
    """A port that another server has is told at once."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(command("--port", port), capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 1
    assert ended.stderr == f"antiphon: Cannot listen on 127.0.0.1:{port}: Address already in use.\n"


def test_an_unknown_flag_is_told() -> None:
    """A flag that does not exist is an error, with the way to the help."""
    ended = subprocess.run(command("--prot", "1"), capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2
    assert "--prot" in ended.stderr and "Traceback" not in ended.stderr


def test_the_version() -> None:
    """`antiphon --version` says which one this is."""
    ended = subprocess.run(
        [sys.executable, "-m", "antiphon", "--version"], capture_output=True, text=True, check=True, timeout=20
    )
    assert ended.stdout.startswith("antiphon, version ")


def test_flags_win_over_environment_over_file_over_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings are merged once: flags, then ANTIPHON_ variables, then antiphon.toml, then defaults."""
    (tmp_path / "antiphon.toml").write_text("port = 1\nparallel = 2\nqueue = 3\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANTIPHON_PORT", "11")
    monkeypatch.setenv("ANTIPHON_PARALLEL", "12")
    merged = load_settings({"port": "21"})
    assert (merged.port, merged.parallel, merged.queue, merged.threads) == (21, 12, 3, None)


@contextmanager
def running(cwd: Path, *flags: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server in a process of its own, that answers."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (cwd / "log").open("wb") as log:
        process = subprocess.Popen(command("--port", str(port), *flags), cwd=cwd, stdout=log, stderr=log)
        try:
            wait_for(lambda: answers(url))
            yield process, url
        finally:
            process.kill()
            process.wait()


def answers(url: str) -> bool:
    """Whether a server is there."""
    try:
        return httpx.get(f"{url}/health").status_code == 200
    except httpx.TransportError:
        return False


def test_a_stop_lets_answers_finish(tmp_path: Path) -> None:
    """After SIGTERM running streams end as they should, new requests get 503, and the process exits with 0."""
    slow = body(script("Hel", {"event": "pause", "seconds": 1.5}, "lo"), stream=True)
    with running(tmp_path) as (process, url), httpx.Client(base_url=url) as other:
        assert other.get("/v1/models").status_code == 200
        with httpx.stream("POST", url + COMPLETIONS, json=slow) as answer:
            pieces = answer.iter_text()
            text = next(pieces)
            process.send_signal(signal.SIGTERM)
            wait_for(lambda: other.get("/health").status_code == 503)
            refused = other.post(COMPLETIONS, json=body())
            text += "".join(pieces)
        assert (refused.status_code, error_of(refused)["code"]) == (503, "server_shutting_down")
        assert int(refused.headers["retry-after"]) > 0
        *_, finish, done = frames(text)
        assert '"finish_reason":"stop"' in finish and done == "[DONE]"
        assert process.wait(10) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_stop_waits_no_longer_than_told(tmp_path: Path) -> None:
    """Answers that take longer than `--drain-timeout` are cut off."""
    slow = body(script("Hel", {"event": "pause", "seconds": 50}), stream=True)
    with (
        running(tmp_path, "--drain-timeout", "0.2") as (process, url),
        httpx.stream("POST", url + COMPLETIONS, json=slow) as answer,
    ):
        next(answer.iter_text())
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_stops_at_once(tmp_path: Path, sign: signal.Signals) -> None:
    """With nothing under way a stop takes no time, by SIGTERM and by Ctrl-C."""
    with running(tmp_path, "--drain-timeout", "30") as (process, _):
        process.send_signal(sign)
        assert process.wait(5) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_the_start_tells_how_to_begin(tmp_path: Path) -> None:
    """Once ready, the server prints its base URL and a line of curl that can be pasted."""
    with running(tmp_path) as (_, url):
        wait_for(lambda: "curl " in (tmp_path / "log").read_text())
        told = (tmp_path / "log").read_text()
        line = next(line for line in told.splitlines() if line.startswith("curl "))
        assert f"{url}/v1" in told
        pasted = subprocess.run(line, shell=True, capture_output=True, text=True, env=os.environ, check=True)
        assert '"chat.completion"' in pasted.stdout
