"""Bytes of a client into samples. What they are is found out, and how long they are is known before all is decoded."""

from antiphon.media.hearing.demux import read_compressed
from antiphon.media.hearing.resample import resample
from antiphon.media.hearing.riff import parse_wav
from antiphon.media.hearing.samples import Samples
from antiphon.media.hearing.sniff import sniff
from antiphon.media.hearing.wav import read_wav

RATE = 16_000
"""What models of speech listen to."""


def decode_audio(data: bytes, *, most_s: float, rate: int = RATE) -> Samples:
    """One channel at this rate. WAV is read without any extra.

    Raises `UnreadableError` for what is no sound, is broken, or longer than `most_s`, and `MissingExtra` without PyAV.
    """
    kind, start = sniff(data)
    sound = data[start:] if start else data
    if kind == "wav" and (wav := parse_wav(sound)).form.width:
        return resample(read_wav(sound, wav, most_s=most_s), rate)
    return read_compressed(sound, kind, most_s=most_s, rate=rate)
