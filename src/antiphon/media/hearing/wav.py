"""The samples of a WAV file: PCM of 8 to 32 bits, and floats, of any channels, mixed into one.

Read block by block: beside the result, memory does not grow with the file.
"""

import numpy as np
from numpy.typing import NDArray

from antiphon.media.hearing.limits import check_form, check_length, check_whole
from antiphon.media.hearing.riff import FLOAT, Form, Wav
from antiphon.media.hearing.samples import Samples, Wave, mix

BLOCK = 1 << 16
"""Frames that are converted at once."""


def read_wav(data: bytes, wav: Wav, *, most_s: float) -> Samples:
    """At the rate of the file. Raises `UnreadableError`."""
    form = wav.form
    check_form(form.rate, form.channels)
    frame = form.channels * form.width
    here = len(data) - wav.start if wav.size is None else min(wav.size, len(data) - wav.start)
    frames = here // frame
    check_length(frames / form.rate, most_s)
    check_whole(frames / form.rate, None if wav.size is None else wav.size / frame / form.rate)
    mono = np.empty(frames, np.float32)
    whole = memoryview(data)[wav.start : wav.start + frames * frame]
    for start in range(0, frames, BLOCK):
        block = whole[start * frame : (start + BLOCK) * frame]
        mono[start : start + BLOCK] = mix(convert(block, form).reshape(-1, form.channels).T)
    return Samples(form.rate, mono)


def convert(block: memoryview, form: Form) -> Wave:
    """Numbers between -1 and 1; floats as they are. Samples of 8 bits have no sign."""
    if form.tag == FLOAT:
        with np.errstate(all="ignore"):  # too large for 32 bits
            return np.frombuffer(block, f"<f{form.width}").astype(np.float32)
    if form.width == 1:
        return np.frombuffer(block, np.uint8).astype(np.float32) * np.float32(1 / 128) - np.float32(1)
    whole = widen(block) if form.width == 3 else np.frombuffer(block, f"<i{form.width}")
    return whole.astype(np.float32) * np.float32(0.5 ** (8 * whole.itemsize - 1))


def widen(block: memoryview) -> NDArray[np.int32]:
    """Samples of 24 bits, as the upper three bytes of 32."""
    wide = np.zeros((len(block) // 3, 4), np.uint8)
    wide[:, 1:] = np.frombuffer(block, np.uint8).reshape(-1, 3)
    return wide.view("<i4").ravel().astype(np.int32, copy=False)
