"""A picture as part of a message: as it came where that is read everywhere, else as PNG of its pixels."""

import base64
import io
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from antiphon.engine.remote.kinds import GENERIC, KINDS, LLAMA_SERVER, OPENAI, VLLM, Kind
from antiphon.engine.remote.request.picture import write_picture, write_png
from tests.unit.engine.remote.request.media import HEIGHT, RGB, WIDTH, draw, encode, picture, url_of


def pixels_of(url: str) -> bytes:
    """What Pillow sees in a PNG that was written here."""
    head, _, data = url.partition(",")
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (WIDTH, HEIGHT))
        return image.tobytes()


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if not kind.redraws], ids=lambda kind: kind.name)
@pytest.mark.parametrize("url", [
    url_of("PNG", "png"), url_of("JPEG", "jpeg"), url_of("JPEG", "jpg"), url_of("WEBP", "webp"),
], ids=["png", "jpeg", "jpg", "webp"])  # fmt: skip
def test_what_is_read_everywhere(kind: Kind, url: str) -> None:
    """Goes as it came, to the last byte."""
    assert write_picture(picture(url), kind) == {"type": "image_url", "image_url": {"url": url}}


@pytest.mark.parametrize("url", [
    "",
    url_of("GIF", "gif"),
    url_of("BMP", "bmp"),
    url_of("PNG", "jpeg"),
    url_of("BMP", "png"),
    url_of("PNG", "png").replace("data:", "DATA:"),
    url_of("PNG", "png").replace(";base64", ";charset=utf-8;base64"),
    url_of("PNG", "png").replace("=", "%3D") + "%3D",
    url_of("PNG", "png")[:60] + "\n" + url_of("PNG", "png")[60:],
    url_of("PNG", "png")[:200] + " " + url_of("PNG", "png")[200:],
    "data:image/png," + "%89PNG",
    "data:image/png;base64,",
    "data:image/png;base64,\u00e9\u00e9\u00e9\u00e9",
    "data:;base64," + encode(draw("PNG")),
    "https://example.org/a.png",
    "file:///etc/passwd",
], ids=range(16))  # fmt: skip
def test_what_is_not(url: str) -> None:
    """Is drawn anew: other kinds, animations, pages of documents, and all that is written in another way or says that
    it is something else. An address never leaves.
    """
    part = write_picture(picture(url), VLLM)
    assert pixels_of(part["image_url"]["url"]) == RGB


def test_for_one_that_reads_little() -> None:
    """llama-server sees what a built-in model would."""
    part = write_picture(picture(url_of("PNG", "png")), LLAMA_SERVER)
    assert part["image_url"]["url"] != url_of("PNG", "png") and pixels_of(part["image_url"]["url"]) == RGB


@pytest.mark.parametrize(("detail", "kind", "told", "is_drawn"), [
    (None, OPENAI, None, False), (None, GENERIC, None, False),
    ("auto", OPENAI, "auto", False), ("auto", GENERIC, "auto", False),
    ("high", OPENAI, "high", False), ("high", GENERIC, "high", False),
    ("low", OPENAI, "low", False), ("low", GENERIC, "low", True),
    ("original", OPENAI, "original", False), ("original", GENERIC, None, False),
])  # fmt: skip
def test_its_detail(detail: str | None, kind: Kind, told: str | None, is_drawn: bool) -> None:
    """Is passed on where it may be known. Low is kept to here: who is behind may look at all of it."""
    url = url_of("PNG", "png")
    image = write_picture(picture(url, detail), kind)["image_url"]
    assert image.get("detail") == told and (image["url"] != url) == is_drawn


@given(st.integers(1, 9), st.integers(1, 9), st.randoms(use_true_random=False))
def test_png(width: int, height: int, random: Random) -> None:
    """Of any pixels is read by others as these pixels."""
    rgb = random.randbytes(3 * width * height)
    with Image.open(io.BytesIO(write_png(width, height, rgb))) as image:
        image.load()
        assert (image.mode, image.size, image.tobytes()) == ("RGB", (width, height), rgb)
