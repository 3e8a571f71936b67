"""`examples/`: each runs against a server, as its first lines say, with the official package."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.media.hearing.decode import decode_audio
from antiphon.media.hearing.transcribe import Transcriber
from tests.model.hearing.words import count_errors
from tests.model.media.conftest import Say, draw
from tests.model.processes import Server
from tests.unit.media.documents.pdfs import write_pdf
from tests.whisper import whisper_folder

EXAMPLES = Path(__file__).parents[3] / "examples"


def run(server: Server, name: str, *arguments: str | Path) -> str:
    """What an example prints."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        env={**os.environ, "OPENAI_BASE_URL": f"{server.url}/v1", "OPENAI_API_KEY": "none"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("colour", "shape"), [("red", "circle"), ("blue", "square")])
def test_see(eyes: Server, tmp_path: Path, colour: str, shape: str) -> None:
    """A model with a projector says what is in a picture."""
    file = tmp_path / "picture.png"
    file.write_bytes(draw(colour, shape))
    said = run(eyes, "see.py", file).lower()
    assert colour in said and shape in said


def test_listen(eyes: Server, tmp_path: Path, say: Say) -> None:
    """A model that does not hear answers what is said in a recording, whose tokens are counted."""
    file = tmp_path / "question.wav"
    file.write_bytes(say("What is the capital of France?"))
    said = run(eyes, "listen.py", file)
    assert "Paris" in said
    assert int(said.rpartition("(")[2].split()[0]) > 10


def test_read_pdf(eyes: Server, tmp_path: Path) -> None:
    """A model answers from what stands in a PDF."""
    file = tmp_path / "notes.pdf"
    file.write_bytes(write_pdf(["The password is swordfish."]))
    assert "swordfish" in run(eyes, "read_pdf.py", file, "What is the password?")


def test_speak(eyes: Server, tmp_path: Path) -> None:
    """An answer is spoken, and who hears the recording hears what was said."""
    file = tmp_path / "answer.wav"
    said = run(eyes, "speak.py", file, "Why is the sky blue?").strip()
    heard = Transcriber(whisper_folder()).transcribe(decode_audio(file.read_bytes(), most_s=120))
    wrong, of = count_errors(said, heard.text)
    assert of > 20
    assert wrong / of <= 0.05


def test_all_are_run() -> None:
    """There is no example that is not run here."""
    assert {file.stem for file in EXAMPLES.glob("*.py")} == {"see", "listen", "read_pdf", "speak"}
