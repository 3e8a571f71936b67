"""Models from the Hugging Face hub, whose place a server on this machine takes."""

from pathlib import Path

import httpx

from tests.model.hub import FILE, Hub, serve_hub
from tests.model.plain import bundled_model
from tests.model.processes import START_LIMIT_S, Server, serve

SMALL = ("--parallel", "1", "--context", "256")
MODEL = ("--model", "tiny=org/repo:file.gguf")


def environment(home: Path, endpoint: str) -> dict[str, str]:
    """Where the hub is, and where its files go."""
    return {"HF_ENDPOINT": endpoint, "HF_HOME": str(home)}


def check_answers(server: Server) -> None:
    """The model is there by its name."""
    messages = [{"role": "user", "content": "hi"}]
    body = {"model": "tiny", "messages": messages, "max_tokens": 3, "temperature": 0}
    answer = httpx.post(f"{server.url}/v1/chat/completions", json=body, timeout=60).json()
    assert (answer["model"], answer["choices"][0]["message"]["content"]) == ("tiny", "Hello! How")


def start_in_vain(folder: Path, *flags: str, environment: dict[str, str]) -> str:
    """What a server says that cannot start: one sentence on the last line, and no traceback."""
    server = Server(folder, *flags, environment=environment)
    try:
        assert server.process.wait(START_LIMIT_S) == 1
    finally:
        server.kill()
    said = server.log.read_text()
    assert "Traceback" not in said
    return said.strip().splitlines()[-1]


def test_download(tmp_path: Path) -> None:
    """A model is downloaded once; from then on it starts from the cache, also when the hub is gone."""
    with serve_hub(bundled_model()) as hub:
        told = environment(tmp_path / "home", hub.url)
        with serve(tmp_path, *MODEL, *SMALL, environment=told) as server:
            check_answers(server)
        assert downloads(hub) == 1
    with serve(tmp_path, *MODEL, *SMALL, environment=told) as server:
        check_answers(server)


def test_missing_file(tmp_path: Path) -> None:
    """A file that the hub does not have ends the start with one sentence that names it."""
    with serve_hub(bundled_model()) as hub:
        told = environment(tmp_path, hub.url)
        said = start_in_vain(tmp_path, "--model", "tiny=org/repo:other.gguf", environment=told)
    assert said.startswith("antiphon: Cannot get 'org/repo:other.gguf'. The repository 'org/repo' has no 'other.gguf'")
    assert str(tmp_path) not in said


def test_not_a_model(tmp_path: Path) -> None:
    """A file that is no model is one sentence."""
    (tmp_path / "text.gguf").write_text("not a model")
    said = start_in_vain(tmp_path, "--model", f"x={tmp_path}/text.gguf", environment={})
    assert said.startswith(f"antiphon: Cannot load the model file '{tmp_path}/text.gguf': ")


def test_no_such_source(tmp_path: Path) -> None:
    """A source that is nothing of the kind is one sentence."""
    said = start_in_vain(tmp_path, "--model", "x=/nowhere/at-all.gguf", environment={})
    assert said.startswith("antiphon: No model at '/nowhere/at-all.gguf': ")


def test_hub_away(tmp_path: Path) -> None:
    """A hub that cannot be reached, with nothing in the cache, is one sentence."""
    with serve_hub(bundled_model()) as hub:
        told = environment(tmp_path / "empty", hub.url)
    assert start_in_vain(tmp_path, *MODEL, environment=told) == (
        f"antiphon: Cannot get 'org/repo:file.gguf'. The hub at {hub.url} cannot be reached:"
        " check the connection, or HF_ENDPOINT."
    )


def test_a_broken_download_goes_on(tmp_path: Path) -> None:
    """What a server fetches is fetched as `antiphon models pull` does it: broken off, it goes on where it was."""
    with serve_hub(bundled_model()) as hub:
        hub.breaks = [1 << 20]
        with serve(tmp_path, *MODEL, *SMALL, environment=environment(tmp_path / "home", hub.url)) as server:
            check_answers(server)
        assert hub.ranges and downloads(hub) == 2


def downloads(hub: Hub) -> int:
    """How often the file itself was asked for."""
    return [method for method, path in hub.asked if path.endswith(FILE)].count("GET")
