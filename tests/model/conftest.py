"""The server with the bundled model that most tests share, and clients of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest

from tests.model.ask import Ask
from tests.model.plain import Vocabulary, load_vocabulary
from tests.model.processes import Server, serve_as_measured
from tests.whisper import whisper_folder


@pytest.fixture(scope="session", autouse=True)
def layout(no_configuration: None) -> None:
    """Servers compute with the file itself, which is what plain llama.cpp is given, unless a test says otherwise."""
    os.environ["ANTIPHON_CPU_LAYOUT"] = "file"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where servers run and leave their logs."""
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="session")
def server(folder: Path) -> Iterator[Server]:
    """`antiphon serve` as it comes; what transcribes is not asked of a hub."""
    with serve_as_measured(folder, "--transcriber", str(whisper_folder())) as server:
        yield server


@pytest.fixture(scope="session")
def steady(folder: Path) -> Iterator[Server]:
    """`antiphon serve --deterministic`: the same request has the same answer to the last bit."""
    with serve_as_measured(folder, "--deterministic", "--parallel", "4", "--queue", "6") as server:
        yield server


@pytest.fixture(scope="session")
def ask_steady(steady: Server) -> Iterator[Ask]:
    """Questions to it."""
    with openai.OpenAI(base_url=f"{steady.url}/v1", api_key="unused", max_retries=0) as client:
        yield Ask(client)


@pytest.fixture(scope="session")
def client(server: Server) -> Iterator[openai.OpenAI]:
    """The official package."""
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="unused", max_retries=0) as client:
        yield client


@pytest.fixture(scope="session")
def ask(client: openai.OpenAI) -> Ask:
    """Questions by the official package."""
    return Ask(client)


@pytest.fixture(scope="session")
def http(server: Server) -> Iterator[httpx.Client]:
    """What the official package would not send, or would hide."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def vocabulary() -> Iterator[Vocabulary]:
    """The bundled model's tokens, as plain llama.cpp sees them."""
    with load_vocabulary() as vocabulary:
        yield vocabulary
