"""Samples as they are: 16 bits, little-endian, mono, 24 kHz; with a RIFF header (wav) or without one (pcm16). Pure."""

import struct

import numpy as np

from antiphon.media.speech.samples import RATE, Samples

UNKNOWN = 0xFFFF_FFFF
"""A size that is not known yet, as OpenAI's streams have it and players take it: up to the end."""

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
HEADER_TAIL = HEADER.size - 8


def to_pcm(samples: Samples) -> bytes:
    """What is too loud is cut off, which no voice here comes near."""
    data: bytes = np.rint(np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
    return data


def wav_header(num_bytes: int | None) -> bytes:
    """Of so many bytes of samples, or of as many as will come."""
    riff, data = (UNKNOWN, UNKNOWN) if num_bytes is None else (num_bytes + HEADER_TAIL, num_bytes)
    return HEADER.pack(b"RIFF", riff, b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16, b"data", data)


def seal_wav(recording: bytes) -> bytes:
    """A streamed recording that has ended, with the sizes that it turned out to have."""
    return wav_header(len(recording) - HEADER.size) + recording[HEADER.size :]


class PcmEncoder:
    """Bare samples."""

    def feed(self, samples: Samples) -> bytes:
        """All of them, at once."""
        return to_pcm(samples)

    def finish(self) -> bytes:
        """Nothing is left."""
        return b""


class WavEncoder:
    """The header, which says nothing of the length, and then samples."""

    def __init__(self) -> None:
        self.header = wav_header(None)

    def feed(self, samples: Samples) -> bytes:
        """All of them, at once, the header before the first."""
        header, self.header = self.header, b""
        return header + to_pcm(samples)

    def finish(self) -> bytes:
        """The header, if there was never a sample."""
        header, self.header = self.header, b""
        return header
