"""What encodes a format. Pieces come out as soon as they are whole frames or pages, and all of them one after the other
are one valid file. `wav` and `pcm16` need nothing, `flac` soundfile (or PyAV), the others PyAV.
"""

from importlib.util import find_spec
from typing import Literal, Protocol

from antiphon.media.speech.encode.flac import FlacEncoder, seal_flac
from antiphon.media.speech.encode.packets import PacketEncoder
from antiphon.media.speech.encode.pcm import PcmEncoder, WavEncoder, seal_wav
from antiphon.media.speech.samples import Samples

AudioFormat = Literal["wav", "aac", "mp3", "flac", "opus", "pcm16"]
"""The API's own; `opus` comes in Ogg, `aac` in ADTS."""


class Encoder(Protocol):
    """Of one recording."""

    def feed(self, samples: Samples) -> bytes:
        """Take more; returns what is whole by now."""
        ...

    def finish(self) -> bytes:
        """The rest."""
        ...


def open_encoder(format: AudioFormat) -> Encoder:  # noqa: A002 - the API's name for it
    """Of one recording in this format. Raises `MissingExtra`."""
    match format:
        case "pcm16":
            return PcmEncoder()
        case "wav":
            return WavEncoder()
        case "flac" if find_spec("soundfile") is not None:
            return FlacEncoder()
        case _:
            return PacketEncoder(format)


def seal(format: AudioFormat, recording: bytes, num_samples: int) -> bytes:  # noqa: A002
    """The pieces of a recording that has ended, as one file: its header, if it has one, now says how long it is."""
    match format:
        case "wav":
            return seal_wav(recording)
        case "flac":
            return seal_flac(recording, num_samples)
        case _:
            return recording
