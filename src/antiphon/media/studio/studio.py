"""The media processes of an API process, and what they are asked: the only way from the server to a decoder.

Readers are bounded in memory and time, because what they read is a stranger's.
"""

import asyncio
from collections.abc import Mapping
from typing import TypeVar

from antiphon.cores import usable_cores
from antiphon.media.pixels import Pixels
from antiphon.media.speech.voices import map_voices
from antiphon.media.studio.jobs import (
    AudioFormat,
    Detail,
    Heard,
    Job,
    Pages,
    ReadDocument,
    ReadPicture,
    ReadRecording,
    Samples,
    Transcribe,
)
from antiphon.media.studio.narrator import Narrator
from antiphon.media.studio.process import MediaProcess
from antiphon.recent import Recent

Value = TypeVar("Value")
MOST_BYTES = 20_000_000
"""Of a picture."""
READER_BYTES = 2 << 30
READ_CPU_S = 60
"""To decode an hour of sound takes a third of it."""
READ_WITHIN_S = 240.0
"""By the clock, on a machine that is busy with answers, which go before."""
HEAR_WITHIN_S = 3600.0
NICE = 10
"""Those who wait for the next token of an answer go before."""
MOST_READERS = 4
MOST_WAITING = 1024
MOST_UNHEARD = 32
"""Recordings that wait to be written out, each of which may be of an hour."""
MOST_HEARD, MOST_HEARD_CHARS = 256, 4 << 20
"""What was written out lately."""
NO_SOURCES: dict[str, str] = {}


class CrowdedError(Exception):
    """So many wait for something to be read that nobody else should."""


class Readers:
    """Processes that read what came with requests: whoever of them is free takes the next, first who was the last at
    work, as that one is there already.
    """

    def __init__(self, count: int) -> None:
        self.processes = [MediaProcess(most_bytes=READER_BYTES, most_cpu_s=READ_CPU_S, nice=NICE) for _ in range(count)]
        self.num_waiting = 0
        self.free = asyncio.LifoQueue[MediaProcess]()
        for process in self.processes:
            self.free.put_nowait(process)

    async def do(self, job: Job, kind: type[Value]) -> Value:
        """See `MediaProcess.do`. Raises `CrowdedError` where too many wait."""
        if self.num_waiting >= MOST_WAITING:
            raise CrowdedError
        self.num_waiting += 1
        try:
            process = await self.free.get()
        finally:
            self.num_waiting -= 1
        try:
            return await process.do(job, kind, within_s=READ_WITHIN_S)
        finally:
            self.free.put_nowait(process)

    async def close(self) -> None:
        """End them."""
        await asyncio.gather(*(process.close() for process in self.processes))


class Studio:
    """Starts nothing before it is needed. voices: where those are from that are not built in, by name. listener:
    the model that transcribes, a name or a folder; what suits the machine without one.
    """

    def __init__(self, *, voices: Mapping[str, str] = NO_SOURCES, listener: str = "") -> None:
        self.readers = Readers(min(MOST_READERS, usable_cores()))
        self.voices = dict(voices)
        self.listener = listener
        self.hearer = MediaProcess(nice=NICE)
        self.num_unheard = 0
        self.heard: Recent[tuple[str, str], str] = Recent(MOST_HEARD, most_weight=MOST_HEARD_CHARS)
        self.speaker = MediaProcess(ends_unheard=False)

    async def read_picture(self, source: str | bytes, detail: Detail | None) -> Pixels:
        """source: a data URL, or bytes that were fetched. Raises as `MediaProcess.do` does."""
        url, data = (source, b"") if isinstance(source, str) else ("", source)
        return await self.readers.do(ReadPicture(url, data, detail, MOST_BYTES), Pixels)

    async def read_document(
        self, source: str | bytes, name: str, *, most_bytes: int, most_chars: int, seen: bool
    ) -> Pages:
        """source: base64 or a data URL, or bytes. seen: whether pictures of pages are wanted, too. Raises as
        `MediaProcess.do` does.
        """
        text, data = (source, b"") if isinstance(source, str) else ("", source)
        return await self.readers.do(ReadDocument(text, data, name, most_bytes, most_chars, seen), Pages)

    async def read_recording(self, text: str, *, most_bytes: int, most_s: float) -> Samples:
        """text: base64. Raises as `MediaProcess.do` does."""
        return await self.readers.do(ReadRecording(text, most_bytes, most_s), Samples)

    async def transcribe(self, recording: Samples, *, owner: str) -> str:
        """What is said in it. owner: who asks; a conversation sends its recordings again with every turn, and how fast
        they are answered tells nobody else of them. Raises as `Readers.do` does.
        """
        key = owner, recording.digest
        if (known := self.heard.find(key)) is not None:
            return known
        if self.num_unheard >= MOST_UNHEARD:
            raise CrowdedError
        self.num_unheard += 1
        try:
            job = Transcribe(recording.samples, recording.rate, self.listener, max(1, usable_cores() // 2))
            heard = await self.hearer.do(job, Heard, within_s=HEAR_WITHIN_S)
        finally:
            self.num_unheard -= 1
        return self.heard.keep(key, heard.text, len(heard.text))

    @property
    def voice_names(self) -> list[str]:
        """All that there are."""
        return list(map_voices(self.voices))

    def narrate(self, recital: str, *, voice: str, format: AudioFormat, whole: bool) -> Narrator:  # noqa: A002
        """Who speaks a text. recital: a name for it that no other has."""
        return Narrator(self.speaker, recital, voice=voice, format=format, sources=self.voices, whole=whole)

    async def close(self) -> None:
        """End all processes."""
        await asyncio.gather(self.readers.close(), self.hearer.close(), self.speaker.close())
