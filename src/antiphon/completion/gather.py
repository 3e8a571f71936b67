"""What of a request is not text, as what a conversation can have: fetched, decoded, read out.

Knows the wire's parts and whom to ask; decodes nothing itself. What cannot be used is refused with its place in the
request. Knows of engines what they can do.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence, Set
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any

from antiphon.capability import Capability
from antiphon.completion.placing import Gathered, Parts
from antiphon.completion.senses import Senses, faults_at
from antiphon.dialect.medium import RATE, Medium, Picture, Recording, Transcript
from antiphon.errors import FileNotFound, FileTooLarge, InvalidMedium, InvalidRequest, RecordingNotFound
from antiphon.media.data_url import is_data_url
from antiphon.media.pixels import Pixels
from antiphon.media.studio.jobs import Detail
from antiphon.schema.request.messages import AssistantMessage, Message, PastAudio, UserMessage
from antiphon.schema.request.parts import AudioPart, FilePart, ImagePart, ImageUrl, InputAudio, InputFile, TextPart

Told = ImagePart | AudioPart | FilePart | PastAudio
MOST_MEDIA = 128
MOST_FILE_BYTES = 50_000_000
MOST_CHARS = 5_000_000
"""Of the text of a file, and of all files of a request."""
MOST_S = 3600.0
"""Of a recording."""
MOST_SAMPLE_BYTES = int(MOST_S) * RATE * 4
"""Of all recordings of a request for a model that hears."""
MOST_PIXEL_BYTES = 512 << 20
"""Of all pictures of a request, decoded."""
MOST_AT_ONCE = 4
"""Parts of a request that are under way; those of others come in between."""


def find_media(messages: Sequence[Message]) -> Iterator[tuple[str, Told]]:
    """Every part that is not text, with its place."""
    for index, message in enumerate(messages):
        if isinstance(message, AssistantMessage) and message.audio is not None:
            yield f"messages[{index}].audio", message.audio
        if isinstance(message, UserMessage) and not isinstance(message.content, str):
            for number, part in enumerate(message.content):
                if not isinstance(part, TextPart):
                    yield f"messages[{index}].content[{number}]", part


async def gather(
    messages: Sequence[Message], senses: Senses, capabilities: Set[Capability], *, project: str
) -> Gathered:
    """What all of them come to. project: whose uploads they may be. Raises an `ApiError` for the first that cannot be
    used.
    """
    found = list(find_media(messages))
    if len(found) > MOST_MEDIA:
        reason = f"A request may have {MOST_MEDIA} images, recordings and files together; this one has {len(found)}."
        raise InvalidRequest(reason, param=found[MOST_MEDIA][0], code="too_many_media")
    gatherer = Gatherer(senses, capabilities, project)
    async with running([gatherer.gather(place, part) for place, part in found]) as works:
        return {place: await work for (place, _), work in zip(found, works, strict=True)}


@asynccontextmanager
async def running(works: Sequence[Coroutine[Any, Any, Parts]]) -> AsyncIterator[list[asyncio.Task[Parts]]]:
    """All of them at a time; what is not done when the block is left is ended."""
    tasks = list(map(asyncio.create_task, works))
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Gatherer:
    """For one request."""

    def __init__(self, senses: Senses, capabilities: Set[Capability], project: str) -> None:
        self.senses = senses
        self.capabilities = capabilities
        self.project = project
        self.turns = asyncio.Semaphore(MOST_AT_ONCE)
        self.left = {"image": MOST_PIXEL_BYTES, "audio": MOST_SAMPLE_BYTES, "file": MOST_CHARS}

    async def gather(self, place: str, part: Told) -> Parts:
        """What a part comes to, when it is its turn. place: of the part."""
        async with self.turns:
            parts = await self._gather(place, part)
        self._charge(place, parts)
        return parts

    def _charge(self, place: str, parts: Parts) -> None:
        """All that a request shows is bounded together. Raises `InvalidMedium`."""
        for part in parts:
            kind, size = measure(part)
            self.left[kind] -= size
            if self.left[kind] < 0:
                raise InvalidMedium(kind, place, "is too much beside the others: send fewer or smaller ones")

    async def _gather(self, place: str, part: Told) -> Parts:
        match part:
            case ImagePart():
                return (await self._see(f"{place}.image_url.url", part.image_url),)
            case AudioPart():
                return (await self._hear(f"{place}.input_audio.data", part.input_audio),)
            case FilePart():
                return await self._read(f"{place}.file", part.file)
            case PastAudio():
                return (await self._recall(f"{place}.id", part),)

    async def _see(self, place: str, image: ImageUrl) -> Picture:
        url, detail = image.url, image.detail
        with faults_at(place, "image"):
            source = url if is_data_url(url) else await self.senses.fetcher.fetch(url)
            pixels = await self.senses.studio.read_picture(source, detail)
        encoded = source if isinstance(source, str) else build_data_url(pixels.kind, source)
        return build_picture(pixels, place=place, encoded=encoded, detail=detail)

    async def _hear(self, place: str, audio: InputAudio) -> Recording | Transcript:
        with faults_at(place, "audio"):
            heard = await self.senses.studio.read_recording(audio.data, most_bytes=MOST_FILE_BYTES, most_s=MOST_S)
            if "audio_input" in self.capabilities:
                return Recording(heard.samples, heard.digest, place=place, encoded=audio.data)
            return Transcript(await self.senses.studio.transcribe(heard, owner=self.project))

    async def _read(self, place: str, file: InputFile) -> Parts:
        if file.file_id is not None:
            source: str | bytes
            name, source = await self._open(f"{place}.file_id", file.file_id)
            name = file.filename or name
            place = f"{place}.file_id"
        else:
            assert file.file_data is not None, "one of them is there"
            name, source, place = file.filename or "", file.file_data, f"{place}.file_data"
        with faults_at(place, "file"):
            pages = await self.senses.studio.read_document(
                source, name, most_bytes=MOST_FILE_BYTES, most_chars=MOST_CHARS, seen="images" in self.capabilities
            )
        pictures = [build_picture(pixels, place=place) for pixels in pages.pictures]
        return tuple(chain(*zip(pages.texts, pictures, strict=True))) if pictures else pages.texts

    async def _open(self, place: str, name: str) -> tuple[str, bytes]:
        """An upload of this project."""
        try:
            return await self.senses.files.read(self.project, name, most_bytes=MOST_FILE_BYTES)
        except FileNotFound as error:
            raise InvalidRequest(error.message, param=place, code=error.code) from None
        except FileTooLarge:
            raise InvalidMedium("file", place, f"is larger than {MOST_FILE_BYTES / 1e6:g} MB") from None

    async def _recall(self, place: str, audio: PastAudio) -> str:
        """What was said in an answer of before."""
        try:
            return await self.senses.recordings.find(self.project, audio.id)
        except RecordingNotFound as error:
            raise RecordingNotFound(error.name, place) from None


def measure(part: str | Medium) -> tuple[str, int]:
    """How large a part is, and as what."""
    match part:
        case Picture():
            return "image", len(part.rgb)
        case Recording():
            return "audio", len(part.samples)
        case Transcript(text=text) | str(text):
            return "file", len(text)


def build_picture(pixels: Pixels, *, place: str, encoded: str = "", detail: Detail | None = None) -> Picture:
    """As a conversation has it."""
    return Picture(pixels.width, pixels.height, pixels.rgb, pixels.digest, place=place, encoded=encoded, detail=detail)


def build_data_url(kind: str, data: bytes) -> str:
    """A picture as text."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
