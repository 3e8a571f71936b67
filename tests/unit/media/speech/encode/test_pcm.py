"""Bare samples, and the header before them."""

import io
import wave

import numpy as np

from antiphon.media.speech.encode.pcm import WavEncoder, seal_wav, to_pcm, wav_header
from antiphon.media.speech.samples import RATE


def test_samples_are_little_endian_numbers_of_16_bits() -> None:
    """The largest are the largest, and what is beyond them too."""
    assert to_pcm(np.array([0, 1, -1, 2, -2, 0.5], np.float32)).hex(" ", 2) == "0000 ff7f 0180 ff7f 0180 0040"


def test_a_streamed_header_leaves_the_sizes_open() -> None:
    """As OpenAI's do; sealed, they are right."""
    encoder = WavEncoder()
    recording = encoder.feed(np.zeros(10, np.float32)) + encoder.feed(np.ones(10, np.float32)) + encoder.finish()
    assert recording[4:8] == recording[40:44] == b"\xff" * 4
    sealed = seal_wav(recording)
    assert sealed[4:8] == (36 + 40).to_bytes(4, "little") and sealed[40:44] == (40).to_bytes(4, "little")
    with wave.open(io.BytesIO(sealed)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate(), read.getnframes()) == (1, 2, RATE, 20)


def test_a_recording_without_a_sample_has_a_header() -> None:
    """Once."""
    encoder = WavEncoder()
    assert encoder.finish() == wav_header(None)
    assert encoder.finish() == b""
