"""Makes another voice of the network's frames: other pitch, other throat. Pure arithmetic; knows no text and no model.

The network describes the spectrum of each frame (601 bins of 20 Hz) and its pitch. Where a harmonic stood, its envelope
is known; between harmonics the network was never asked, and what it says there is noise that is loud wherever another
pitch would read it. So the envelope is taken at the harmonics of the old pitch, drawn through between them, and read
anew at the new frequencies (as vocoders do: Morise, Yokomori and Ozawa, "WORLD", 2016).
"""

from typing import NamedTuple

import numpy as np

from antiphon.media.speech.samples import Samples
from antiphon.media.speech.voices import MEDIAN_HZ, Voice

BIN_HZ = 20.0
VOICED_HZ = 40.0
"""hibari's own: frames of a lower pitch have none."""

LOWEST_HZ, HIGHEST_HZ = 55.0, 480.0
UNVOICED_HZ = 190.0
"""At what distance the envelope of a frame without pitch is read."""


class Frames(NamedTuple):
    """What the network gives, [601, frames] each but the pitch, [frames]: logarithms of the harmonic, the noisy and the
    free part's magnitude, the harmonics' phase, the free part's phase.
    """

    harmonic: Samples
    theta: Samples
    noise: Samples
    free: Samples
    phi: Samples
    f0: Samples


def change(frames: Frames, voice: Voice) -> Frames:
    """The same said in another voice. One harmonic is as loud as it was, and a lower voice has more of them: it is
    made softer by as much.
    """
    if voice.is_plain:
        return frames
    is_voiced = frames.f0 > VOICED_HZ
    spacing = (np.where(is_voiced, np.maximum(frames.f0, LOWEST_HZ), UNVOICED_HZ) / BIN_HZ).astype(np.float32)
    return Frames(
        harmonic=draw_through(frames.harmonic, spacing, voice.envelope) + np.float32(0.5 * np.log(voice.f0_scale)),
        theta=draw_through(frames.theta, spacing, voice.envelope),
        noise=stretch(frames.noise, voice.envelope),
        free=stretch(frames.free, voice.envelope),
        phi=frames.phi,
        f0=np.where(is_voiced, change_pitch(frames.f0, voice), frames.f0).astype(np.float32),
    )


def change_pitch(f0: Samples, voice: Voice) -> Samples:
    """In hertz. It moves in octaves about the speaker's median, as melodies are heard."""
    moved = (np.maximum(f0, LOWEST_HZ) / MEDIAN_HZ) ** np.float32(voice.liveliness)
    return np.clip(moved * np.float32(MEDIAN_HZ * voice.f0_scale), LOWEST_HZ, HIGHEST_HZ)


def draw_through(values: Samples, spacing: Samples, factor: float) -> Samples:
    """Values at harmonics (`spacing` bins from one to the next, by frame), with lines between them, stretched."""
    num_bins = len(values)
    orders = np.arange(1, int((num_bins - 1) / spacing.min()) + 2, dtype=np.float32)
    at_harmonics = read_at(values, np.minimum(orders[:, None] * spacing, num_bins - 1))
    places = (np.arange(num_bins, dtype=np.float32) / np.float32(factor))[:, None] / spacing - 1
    return read_at(at_harmonics, np.clip(places, 0, len(orders) - 1))


def read_at(values: Samples, places: Samples) -> Samples:
    """Values between the rows, for each column at places of its own."""
    rows = np.minimum(places.astype(np.int32), len(values) - 2)
    columns = np.arange(values.shape[1])
    below = values[rows, columns]
    between: Samples = below + (places - rows).astype(np.float32) * (values[rows + 1, columns] - below)
    return between


def stretch(values: Samples, factor: float) -> Samples:
    """Along the frequencies, the same for all frames."""
    places = np.minimum(np.arange(len(values), dtype=np.float32) / np.float32(factor), len(values) - 1)
    rows = np.minimum(places.astype(np.int32), len(values) - 2)
    share = (places - rows).astype(np.float32)[:, None]
    stretched: Samples = values[rows] * (1 - share) + values[rows + 1] * share
    return stretched
