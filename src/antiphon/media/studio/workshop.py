"""What a media process can do: a function for each kind of job. Libraries are loaded when they are first needed."""

import hashlib
import sys
from collections.abc import Callable
from functools import singledispatchmethod
from typing import TYPE_CHECKING

from msgspec import Struct

from antiphon.media.pixels import Pixels
from antiphon.media.studio.jobs import (
    Finish,
    Forget,
    Heard,
    Job,
    Nothing,
    OpenRecital,
    Pages,
    ReadDocument,
    ReadPicture,
    ReadRecording,
    Samples,
    Say,
    Spoken,
    Transcribe,
)

if TYPE_CHECKING:
    from antiphon.media.hearing.transcribe import Transcriber
    from antiphon.media.studio.recordings import Recording


class Workshop:
    """Holds what is made once and used again, and what is being spoken."""

    def __init__(self) -> None:
        self.recordings: dict[str, Recording] = {}
        self.transcriber: Transcriber | None = None

    def do(self, job: Job) -> Struct:
        """What comes of a job. Raises `UnreadableError` and `MissingExtra`."""
        return self._do(job)

    @singledispatchmethod
    def _do(self, job: Struct) -> Struct:
        raise NotImplementedError(job)

    @_do.register
    def _(self, job: ReadPicture) -> Pixels:
        from antiphon.media.data_url import parse_data_url  # noqa: PLC0415
        from antiphon.media.images import read_picture  # noqa: PLC0415

        data = parse_data_url(job.url, job.most_bytes).data if job.url else job.data
        return read_picture(data, job.detail)

    @_do.register
    def _(self, job: ReadDocument) -> Pages:
        from antiphon.media.studio.reading import read_pages  # noqa: PLC0415

        return read_pages(job)

    @_do.register
    def _(self, job: ReadRecording) -> Samples:
        from antiphon.media.data_url import decode_base64  # noqa: PLC0415
        from antiphon.media.hearing.decode import decode_audio  # noqa: PLC0415

        rate, mono = decode_audio(decode_base64(job.text, job.most_bytes), most_s=job.most_s)
        samples = mono.tobytes()
        return Samples(samples, rate, hashlib.sha256(samples).hexdigest()[:32])

    @_do.register
    def _(self, job: Transcribe) -> Heard:
        import numpy as np  # noqa: PLC0415

        from antiphon.media.hearing import samples  # noqa: PLC0415
        from antiphon.media.hearing.render import render_transcript  # noqa: PLC0415

        heard = samples.Samples(job.rate, np.frombuffer(job.samples, np.float32))
        return Heard(render_transcript(self._listen(job.model, job.threads).transcribe(heard)))

    def _listen(self, model: str, threads: int) -> "Transcriber":
        """A model is loaded once, and there is one."""
        from antiphon.media.hearing.model import default_model, find_weights  # noqa: PLC0415
        from antiphon.media.hearing.transcribe import Transcriber  # noqa: PLC0415
        from antiphon.media.hearing.whisper import find_device  # noqa: PLC0415

        if self.transcriber is None:
            device = find_device()
            folder = find_weights(model or default_model(has_gpu=device == "cuda"), on_progress=tell_progress())
            self.transcriber = Transcriber(folder, threads=threads, device=device)
        return self.transcriber

    @_do.register
    def _(self, job: OpenRecital) -> Nothing:
        from antiphon.media.speech.network import warm_up  # noqa: PLC0415
        from antiphon.media.speech.voices import map_voices  # noqa: PLC0415
        from antiphon.media.studio.recordings import Recording  # noqa: PLC0415

        voice = map_voices(job.sources)[job.voice]
        warm_up(voice.source)
        self.recordings[job.recital] = Recording(voice, job.format, whole=job.whole)
        return Nothing()

    @_do.register
    def _(self, job: Say) -> Spoken:
        return self.recordings[job.recital].say(job.sentence)

    @_do.register
    def _(self, job: Finish) -> Spoken:
        return self.recordings.pop(job.recital).finish()

    @_do.register
    def _(self, job: Forget) -> Nothing:
        self.recordings.pop(job.recital, None)
        return Nothing()


def tell_progress() -> Callable[[int, int], None]:
    """Of a download, in tenths, to who runs the server."""
    told = -1

    def tell(num_bytes: int, of: int) -> None:
        nonlocal told
        tenths = num_bytes * 10 // max(of, 1)
        if tenths > told:
            told = tenths
            print(f"The model that transcribes is being downloaded: {told * 10} %", file=sys.stderr, flush=True)  # noqa: T201

    return tell
