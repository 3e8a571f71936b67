"""Files that are sent, saved and loaded."""

import base64
from pathlib import Path

import pytest

from antiphon.cli.chat.conversation import Conversation, Turn
from antiphon.cli.chat.files.disk import load_file, save_file
from antiphon.cli.chat.files.images import MOST_BYTES, load_image
from antiphon.cli.chat.files.saved import Saved
from antiphon.cli.chat.refused import Refused

PNG = b"\x89PNG\r\n\x1a\nrest"
SAVED = Saved(Conversation((Turn("user", "Hi"),)), "m")


@pytest.mark.parametrize(("content", "kind"), [
    (PNG, "png"), (b"\xff\xd8\xff\xe0", "jpeg"), (b"GIF89a", "gif"), (b"RIFF1234WEBPVP8 ", "webp"),
])  # fmt: skip
def test_images(tmp_path: Path, content: bytes, kind: str) -> None:
    """A file becomes a data URL of the kind that its bytes show, whatever its name."""
    (tmp_path / "a.txt").write_bytes(content)
    assert load_image(f"{tmp_path}/a.txt") == f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


@pytest.mark.parametrize("said", ["'{}/a b.png'", "{}/a\\ b.png", "{}/a b.png", '"{}/a b.png"'])
def test_dropped_files(tmp_path: Path, said: str) -> None:
    """Quotes and backslashes that a terminal puts around blanks are taken away."""
    (tmp_path / "a b.png").write_bytes(PNG)
    assert load_image(said.format(tmp_path)).startswith("data:image/png")


def test_addresses() -> None:
    """What is on the web already is named."""
    assert load_image("HTTPS://a/b.png") == "HTTPS://a/b.png"


def test_no_images(tmp_path: Path) -> None:
    """One sentence each: missing, a folder, no image, too large, no path."""
    (tmp_path / "a").write_bytes(b"text")
    with (tmp_path / "b").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    told = {"none": "No such file", "": "no file", "a": "is no image", "b": "20 MB", "\0": "cannot be read"}
    for name, sentence in told.items():
        with pytest.raises(Refused, match=sentence):
            load_image(f"{tmp_path}/{name}")


def test_saved_and_loaded(tmp_path: Path) -> None:
    """It is there, whole and alone."""
    path = save_file(f"{tmp_path}/a.json", SAVED, may_replace=set())
    assert load_file(f"{tmp_path}/a.json") == (path, SAVED)
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_there_stays(tmp_path: Path) -> None:
    """A file is written over only where it may be."""
    path = tmp_path / "a.json"
    path.write_text("mine")
    with pytest.raises(Refused, match="is there already; `/save! "):
        save_file(str(path), SAVED, may_replace=set())
    assert path.read_text() == "mine"
    save_file(str(path), SAVED, may_replace={path.resolve()})
    assert load_file(str(path))[1] == SAVED


@pytest.mark.parametrize("name", ["none/a.json", "", "a\0.json"])
def test_nowhere_to_save(tmp_path: Path, name: str) -> None:
    """One sentence says why."""
    with pytest.raises(Refused, match=r"(cannot be written|is a folder)"):
        save_file(f"{tmp_path}/{name}", SAVED, may_replace=set())


def test_nothing_to_load(tmp_path: Path) -> None:
    """Missing, broken or for reading: the file is named, with the reason."""
    (tmp_path / "a.json").write_text("{")
    save_file(f"{tmp_path}/b.md", SAVED, may_replace=set())
    assert (tmp_path / "b.md").read_text() == "## You\n\nHi\n"
    for name, sentence in {"none": "No such file", "a.json": "holds no conversation", "b.md": "reading only"}.items():
        with pytest.raises(Refused, match=f"{name} .*{sentence}"):
            load_file(f"{tmp_path}/{name}")
