"""What is not text in a request, fetched and decoded: by the real media processes, beside a real store."""

import base64
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image

from antiphon.capability import Capability
from antiphon.completion import gather as gathering
from antiphon.completion.gather import MOST_AT_ONCE, MOST_MEDIA, gather
from antiphon.completion.placing import Gathered
from antiphon.completion.senses import Senses
from antiphon.dialect.medium import Picture, Recording
from antiphon.errors import ApiError
from antiphon.media.speech.encode.pcm import wav_header
from antiphon.media.studio import studio as studio_room
from antiphon.store.recordings import new_recording_id
from tests.unit.completion.requests import request
from tests.unit.completion.sensing import open_senses
from tests.unit.media.documents.pdfs import write_pdf

SEES: frozenset[Capability] = frozenset({"images", "audio_input"})
NOTHING: frozenset[Capability] = frozenset()


def png(width: int = 4, height: int = 2, colour: str = "red") -> str:
    """A picture as a data URL."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def image(url: str, **fields: Any) -> dict[str, Any]:
    """As a part."""
    return {"type": "image_url", "image_url": {"url": url, **fields}}


def document(data: bytes | str, name: str = "a.txt") -> dict[str, Any]:
    """As a part."""
    packed = data if isinstance(data, str) else base64.b64encode(data).decode()
    return {"type": "file", "file": {"file_data": packed, "filename": name}}


def audio(data: bytes) -> dict[str, Any]:
    """As a part."""
    return {"type": "input_audio", "input_audio": {"data": base64.b64encode(data).decode(), "format": "wav"}}


@pytest.fixture
async def senses() -> AsyncIterator[Senses]:
    """The real ones."""
    async with open_senses() as senses:
        yield senses


async def collect(senses: Senses, *parts: Any, can: frozenset[Capability] = SEES, project: str = "p") -> Gathered:
    """What the parts of a user's message come to."""
    return await gather(request({"role": "user", "content": list(parts)}).messages, senses, can, project=project)


async def test_a_picture_is_decoded(senses: Senses) -> None:
    """It comes as pixels, with where it stood, how it came and how closely to look at it; equal ones are told equal."""
    gathered = await collect(senses, image(png()), image(png(), detail="low"), image(png(colour="blue")))
    (red,), (again,), (blue,) = gathered.values()
    assert isinstance(red, Picture) and isinstance(again, Picture) and isinstance(blue, Picture)
    assert (red.width, red.height, red.rgb) == (4, 2, b"\xff\0\0" * 8)
    assert (red.place, red.encoded) == ("messages[0].content[0].image_url.url", png())
    assert (again.digest, again.detail) == (red.digest, "low")
    assert blue.digest != red.digest


async def test_a_document_is_read(senses: Senses) -> None:
    """Its text for a model that does not see; else, of a PDF, text and picture of each page, one behind the other."""
    pdf = document(write_pdf(["One."], ["Two."]), "a.pdf")
    plain = (await collect(senses, pdf, can=NOTHING))["messages[0].content[0]"]
    seen = (await collect(senses, pdf))["messages[0].content[0]"]
    assert len(plain) == 1 and "One." in str(plain[0]) and "Two." in str(plain[0])
    assert [type(part) for part in seen] == [str, Picture, str, Picture]
    assert (await collect(senses, document(b"abc")))["messages[0].content[0]"] == ("File a.txt:\n\nabc",)


async def test_a_recording_is_decoded(senses: Senses) -> None:
    """For a model that hears it comes as samples."""
    sound = wav_header(9600) + bytes(9600)
    (heard,) = (await collect(senses, audio(sound)))["messages[0].content[0]"]
    assert isinstance(heard, Recording)
    assert len(heard.samples) // 4 == 3200


async def test_what_was_said_is_recalled(senses: Senses) -> None:
    """By the id of a spoken answer, in its own project only."""
    name = new_recording_id()
    await senses.recordings.add("p", name, "Hello.")
    messages = request({"role": "user", "content": "a"}, {"role": "assistant", "audio": {"id": name}}).messages
    assert await gather(messages, senses, NOTHING, project="p") == {"messages[1].audio": ("Hello.",)}
    with pytest.raises(ApiError) as refused:
        await gather(messages, senses, NOTHING, project="q")
    assert (refused.value.status, refused.value.param) == (400, "messages[1].audio.id")


@pytest.mark.parametrize(
    ("part", "code", "param"),
    [
        (image("https://example.org/a.png"), "invalid_image", "image_url.url"),
        (image("a.png"), "invalid_image", "image_url.url"),
        (image("data:image/png;base64,????"), "invalid_image", "image_url.url"),
        (image("data:image/png;base64,aGVsbG8="), "invalid_image", "image_url.url"),
        (image(png()[:78]), "invalid_image", "image_url.url"),
        (audio(b"no sound"), "invalid_audio", "input_audio.data"),
        (document("?"), "invalid_file", "file.file_data"),
        (document(b" "), "invalid_file", "file.file_data"),
        (document(b"%PDF-1.7"), "invalid_file", "file.file_data"),
        ({"type": "file", "file": {"file_id": "file-none"}}, None, "file.file_id"),
    ],
)
async def test_what_cannot_be_used_is_refused_at_its_place(
    senses: Senses, part: Any, code: str | None, param: str
) -> None:
    """400, with the place of the first that is wrong, whatever is right before and behind it."""
    with pytest.raises(ApiError) as refused:
        await collect(senses, image(png()), part, image(png()))
    error = refused.value
    assert (error.status, error.param) == (400, f"messages[0].content[1].{param}")
    assert code is None or error.code == code


async def test_too_many_are_refused(senses: Senses) -> None:
    """Before any of them is looked at."""
    with pytest.raises(ApiError) as refused:
        await collect(senses, *[image("data:,")] * (MOST_MEDIA + 1))
    assert (refused.value.code, refused.value.param) == ("too_many_media", f"messages[0].content[{MOST_MEDIA}]")


@pytest.mark.parametrize(
    ("limit", "part", "code"),
    [
        ("MOST_PIXEL_BYTES", image(png()), "invalid_image"),
        ("MOST_SAMPLE_BYTES", audio(wav_header(100) + bytes(100)), "invalid_audio"),
        ("MOST_CHARS", document(b"a" * 35), "invalid_file"),
    ],
)
async def test_too_much_is_refused(
    senses: Senses, monkeypatch: pytest.MonkeyPatch, limit: str, part: Any, code: str
) -> None:
    """All pictures, recordings and texts of a request are bounded together, as they come."""
    monkeypatch.setattr(gathering, limit, 50)
    with pytest.raises(ApiError) as refused:
        await collect(senses, *[part] * 3)
    assert refused.value.code == code
    assert str(refused.value.param).startswith("messages[0].content[")


async def test_an_upload_may_be_renamed(senses: Senses) -> None:
    """A name beside the id of an upload is the one that the model reads."""
    upload = senses.files.begin("p")
    await upload.write(b"abc")
    file = await upload.finish(name="a.txt", purpose="user_data", lifetime_s=None)
    for told, name in (({}, "a.txt"), ({"filename": "b.md"}, "b.md")):
        part = {"type": "file", "file": {"file_id": file.id, **told}}
        assert (await collect(senses, part))["messages[0].content[0]"] == (f"File {name}:\n\nabc",)


async def test_a_crowd_is_told_to_come_again(senses: Senses, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too many wait to be read, 429, with when to try again."""
    monkeypatch.setattr(studio_room, "MOST_WAITING", 0)
    with pytest.raises(ApiError) as refused:
        await collect(senses, image(png()))
    error = refused.value
    assert (error.status, error.code, error.retry_after_s) == (429, "media_queue_full", 1)


async def test_one_request_leaves_readers_to_others(senses: Senses) -> None:
    """Of many media in a request a few are read at a time, and all in the end, in order."""
    sizes = range(1, 4 * MOST_AT_ONCE)
    gathered = await collect(senses, *(image(png(width)) for width in sizes))
    assert [part[0].width for part in gathered.values() if isinstance(part[0], Picture)] == list(sizes)
