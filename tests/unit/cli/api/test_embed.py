"""`@file` in a value stands for what is in the file."""

import base64
from pathlib import Path
from typing import Any

import pytest

from antiphon.cli.api.embed import embed

PNG = b"\x89PNG\r\n\x1a\n\0\0"
WEBP = b"RIFF\0\0\0\0WEBPVP8 "


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a text, images, and something that is neither."""
    monkeypatch.chdir(tmp_path)
    for name, content in {
        "a.txt": "Grüße\n".encode(), "photo.png": PNG, "photo": PNG, "w": WEBP, "a.bin": b"\xff\0", "a.wav": b"RIFF",
        "empty": b"", "a.pdf": b"%PDF-1.7", "notes.md": b"# A",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
    return tmp_path


def in_base64(content: bytes) -> str:
    """As it is sent."""
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(("value", "found"), [
    ("@a.txt", "Grüße\n"),
    ("@empty", ""),
    ("@photo.png", in_base64(PNG)),
    ("@file://a.txt", "Grüße\n"),
    ("@data://a.txt", in_base64("Grüße\n".encode())),
    ("\\@a.txt", "@a.txt"),
    ("me@a.txt", "me@a.txt"),
    ({"a": ["@a.txt", {"b": "@empty"}, 7, None]}, {"a": ["Grüße\n", {"b": ""}, 7, None]}),
    ({"image_url": {"url": "@photo.png"}}, {"image_url": {"url": f"data:image/png;base64,{in_base64(PNG)}"}}),
    ({"image_url": {"url": "@photo"}}, {"image_url": {"url": f"data:image/png;base64,{in_base64(PNG)}"}}),
    ({"image_url": {"url": "@w"}}, {"image_url": {"url": f"data:image/webp;base64,{in_base64(WEBP)}"}}),
    ({"image_url": {"url": "https://x/@a"}}, {"image_url": {"url": "https://x/@a"}}),
    ({"file": {"file_data": "@a.pdf"}}, {"file": {"file_data": "data:application/pdf;base64,JVBERi0xLjc="}}),
    ({"file": {"file_data": "@notes.md"}}, {"file": {"file_data": "data:text/markdown;base64,IyBB"}}),
    ({"input_audio": {"data": "@a.wav", "format": "wav"}}, {"input_audio": {"data": "UklGRg==", "format": "wav"}}),
    ({"input_audio": {"data": "@a.txt"}}, {"input_audio": {"data": in_base64("Grüße\n".encode())}}),
])  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_files(value: Any, found: Any) -> None:
    """A text as it is, another one as base64, an address as a data URL; keys are left alone."""
    assert embed(value) == found


@pytest.mark.parametrize(("value", "match"), [
    ("@nothing", r"cannot read 'nothing': No such file or directory\. For a text that begins with @ write \\@"),
    ("@.", "Is a directory"),
    ("@", "cannot read ''"),
    ("@file://a.bin", "'a.bin' is not a text in UTF-8; data:// sends it as base64"),
    ("@a\0b", "null byte"),
    ({"a": ["@nothing"]}, "cannot read 'nothing'"),
])  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_read(value: Any, match: str) -> None:
    """It is said which file, why, and what to write if it was none."""
    with pytest.raises(ValueError, match=match):
        embed(value)


def test_a_file_of_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is one's own folder."""
    monkeypatch.setenv("HOME", str(folder))
    assert embed("@~/a.txt") == "Grüße\n"
