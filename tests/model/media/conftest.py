"""A server whose model sees, and that writes out recordings; and things to show and say to it."""

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import openai
import pytest
from hibari import Hibari
from PIL import Image, ImageDraw

from antiphon.media.speech.encode.pcm import to_pcm, wav_header
from tests.model.processes import Server, serve_as_measured
from tests.whisper import whisper_folder

PROJECTOR = Path(__file__).parents[2] / "data" / "tiny-vision-mmproj.gguf"
Say = Callable[[str], bytes]


@pytest.fixture(scope="session")
def eyes(folder: Path) -> Iterator[Server]:
    """A model with a projector, and one without."""
    source, listener = f"smollm2+mmproj={PROJECTOR}", str(whisper_folder())
    with serve_as_measured(
        folder, "--model", f"smollm2={source}", "--model", "blind=smollm2", "--transcriber", listener
    ) as server:
        yield server


@pytest.fixture(scope="session")
def client(eyes: Server) -> Iterator[openai.OpenAI]:
    """The official package."""
    with openai.OpenAI(base_url=f"{eyes.url}/v1", api_key="unused", max_retries=0) as client:
        yield client


@pytest.fixture(scope="session")
def say() -> Say:
    """A recording, as WAV, of somebody who says this."""
    voice = Hibari()

    def speak(text: str) -> bytes:
        samples = to_pcm(np.asarray(voice(text, seed=0), np.float32))
        return wav_header(len(samples)) + samples

    return speak


def draw(colour: str = "red", shape: str = "circle") -> bytes:
    """A picture, as PNG, of a large shape on white."""
    image = Image.new("RGB", (80, 80), "white")
    getattr(ImageDraw.Draw(image), {"circle": "ellipse", "square": "rectangle"}[shape])((12, 12, 68, 68), fill=colour)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def picture_part(data: bytes) -> dict[str, object]:
    """As part of what a user says."""
    url = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}
