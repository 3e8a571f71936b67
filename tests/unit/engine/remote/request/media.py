"""Things to see and to hear, and what says so."""

import base64
import io
import wave

from PIL import Image

from antiphon.dialect.medium import Picture, Recording, Transcript

WIDTH, HEIGHT = 3, 2
RGB = bytes(range(3 * WIDTH * HEIGHT))
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00" + bytes(64)


def encode(data: bytes) -> str:
    """Base64."""
    return base64.b64encode(data).decode()


def draw(kind: str) -> bytes:
    """The picture as a file of a kind."""
    file = io.BytesIO()
    Image.frombytes("RGB", (WIDTH, HEIGHT), RGB).save(file, kind)
    return file.getvalue()


def url_of(kind: str, told: str = "") -> str:
    """That file as a data URL. told: what it says that it is."""
    return f"data:image/{told or kind};base64,{encode(draw(kind))}"


def say() -> bytes:
    """A moment of silence, as WAV."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(bytes(320))
    return file.getvalue()


def picture(encoded: str = "", detail: str | None = None, place: str = "messages[0].content[0]") -> Picture:
    """Of these pixels, whatever is encoded."""
    return Picture(WIDTH, HEIGHT, RGB, digest=encoded, place=place, encoded=encoded, detail=detail)


def recording(data: bytes, place: str = "messages[0].content[1]") -> Recording:
    """That came as these bytes."""
    return Recording(b"", digest="", place=place, encoded=encode(data))


SEEN, HEARD, TOLD = picture(url_of("PNG", "png")), recording(say()), Transcript("[speech] Hello.")
