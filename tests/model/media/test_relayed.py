"""A model that sees behind another server, which answers as the model by itself does."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conformance.llama_server import serve_llama
from tests.model.media.conftest import PROJECTOR, Say, draw, picture_part
from tests.model.plain import bundled_model
from tests.model.processes import Server, serve
from tests.unit.media.documents.pdfs import write_pdf
from tests.whisper import whisper_folder

COLOURS = ("red", "green", "blue")
TELL = {"type": "text", "text": "Describe the picture."}


@pytest.fixture(scope="module")
def front(eyes: Server, folder: Path) -> Iterator[Server]:
    """Antiphon before Antiphon, which has loaded both models and so says what they take."""
    assert ask(eyes, TELL, model="blind").is_success
    models = [flag for name in ("smollm2", "blind") for flag in ("--model", f"{name}={eyes.url}/v1#{name}")]
    with serve(folder, *models, "--preload", "--transcriber", str(whisper_folder())) as server:
        yield server


@pytest.fixture(scope="module")
def llama(folder: Path) -> Iterator[Server]:
    """Antiphon before llama-server."""
    with (
        serve_llama(folder, model=bundled_model(), alias="smollm2", projector=PROJECTOR) as url,
        serve(folder, "--model", f"smollm2={url}#smollm2", "--transcriber", str(whisper_folder())) as server,
    ):
        yield server


def ask(server: Server, *content: Any, model: str = "smollm2") -> httpx.Response:
    """A greedy answer to one message of a user."""
    asked = {"model": model, "temperature": 0, "max_completion_tokens": 24}
    messages = [{"role": "user", "content": list(content)}]
    return httpx.post(f"{server.url}/v1/chat/completions", json={**asked, "messages": messages}, timeout=120)


def text_of(answer: httpx.Response) -> str:
    """What it says."""
    assert answer.status_code == httpx.codes.OK, answer.text
    text: str = answer.json()["choices"][0]["message"]["content"]
    return text


def document() -> dict[str, Any]:
    """A page that says something, which is seen too where somebody sees."""
    data = base64.b64encode(write_pdf(["The colour of the car is green."])).decode()
    return {"type": "file", "file": {"filename": "car.pdf", "file_data": data}}


def test_what_it_takes(eyes: Server, front: Server) -> None:
    """Is what the one behind takes; and says of who does not see that it is refused, naming one that does."""
    told = {model["id"]: model["input_modalities"] for model in httpx.get(f"{front.url}/v1/models").json()["data"]}
    assert told == {"smollm2": ["text", "image"], "blind": ["text"]}
    refused = ask(front, picture_part(draw()), model="blind")
    assert refused.status_code == httpx.codes.BAD_REQUEST and "'smollm2'" in refused.json()["error"]["message"]


@pytest.mark.parametrize("colour", COLOURS)
def test_a_picture(eyes: Server, front: Server, colour: str) -> None:
    """The same is seen, and as many tokens are counted as seen."""
    content = (picture_part(draw(colour)), TELL)
    there, here = ask(eyes, *content), ask(front, *content)
    assert text_of(here) == text_of(there)
    seen = [answer.json()["usage"]["prompt_tokens_details"]["image_tokens"] for answer in (there, here)]
    assert seen == [25, 25]


def test_a_document(eyes: Server, front: Server) -> None:
    """Its pages are drawn here, and seen there."""
    there, here = ask(eyes, document(), TELL), ask(front, document(), TELL)
    assert text_of(here) == text_of(there)
    assert here.json()["usage"]["prompt_tokens_details"]["image_tokens"] == 25


@pytest.mark.parametrize("model", ["smollm2", "blind"])
def test_a_recording(eyes: Server, front: Server, say: Say, model: str) -> None:
    """Is written out here for one that does not hear, as it would be there."""
    data = base64.b64encode(say("The quick brown fox jumps over the lazy dog.")).decode()
    content = ({"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}, TELL)
    there, here = ask(eyes, *content, model=model), ask(front, *content, model=model)
    assert text_of(here) == text_of(there)
    assert here.json()["usage"]["prompt_tokens"] == there.json()["usage"]["prompt_tokens"]


@pytest.mark.parametrize("colour", COLOURS)
def test_a_picture_for_llama_server(llama: Server, colour: str) -> None:
    """What it sees has the colour that it has."""
    assert colour in text_of(ask(llama, picture_part(draw(colour)), TELL)).lower()
