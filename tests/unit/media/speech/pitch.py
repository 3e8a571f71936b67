"""How high a voice is and of what colour, measured in what it says, and nothing else is asked."""

import numpy as np

from antiphon.media.speech.samples import RATE, Samples

WINDOW, STEP = 1200, 600
LOWEST_HZ, HIGHEST_HZ = 65, 350


def find_median_pitch(sound: Samples) -> float:
    """Of all moments that are loud and have a pitch, in hertz."""
    moments = [sound[begin : begin + WINDOW] for begin in range(0, len(sound) - WINDOW, STEP)]
    pitches = [find_pitch(moment) for moment in moments if np.sqrt(np.mean(moment**2)) > 0.02]
    return float(np.median([pitch for pitch in pitches if pitch]))


def find_centroid(sound: Samples) -> float:
    """The middle of all that sounds, in hertz: the brighter, the higher."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float(np.sum(power * np.fft.rfftfreq(len(sound), 1 / RATE)) / np.sum(power))


def find_pitch(moment: Samples) -> float:
    """In hertz, by autocorrelation; 0 where there is none."""
    spectrum = np.abs(np.fft.rfft(moment - moment.mean(), 4096)) ** 2
    likeness = np.fft.irfft(spectrum)[:WINDOW] / (1 - np.arange(WINDOW) / WINDOW)
    first, last = RATE // HIGHEST_HZ, RATE // LOWEST_HZ
    period = first + int(np.argmax(likeness[first:last]))
    before, peak, after = likeness[period - 1 : period + 2]
    between = 0.5 * (before - after) / (before - 2 * peak + after)  # a sample is 1 % of a high voice's period
    return float(RATE / (period + between)) if peak > 0.6 * likeness[0] else 0.0
