"""Where somebody speaks: what has no voice in it is left away, and the rest goes in windows that a model hears at once.

By Silero's detector of voices, which comes with faster-whisper. Whisper itself makes up words where nobody speaks.
"""

from collections.abc import Iterator

import numpy as np

from antiphon.media.hearing.samples import Samples, Wave

WINDOW_S = 30
"""What Whisper hears at once."""

PAUSE_MS, EDGE_MS = 500, 400
"""A window ends in a pause of this length where there is one. Of a pause, so much beside the words is kept."""

Span = tuple[int, int]
"""The sample that it begins with, and the one that it ends before."""


def find_speech(samples: Samples) -> list[Wave]:
    """What is spoken, in order; nothing where nobody speaks. At 16,000 samples a second."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415 (an optional extra)

    options = VadOptions(min_silence_duration_ms=PAUSE_MS, speech_pad_ms=EDGE_MS, max_speech_duration_s=WINDOW_S)
    spans = [(int(span["start"]), int(span["end"])) for span in get_speech_timestamps(samples.mono, options)]
    return [
        np.concatenate([samples.mono[start:end] for start, end in group])
        for group in group_spans(spans, WINDOW_S * samples.rate)
    ]


def halve(window: Wave) -> tuple[Wave, Wave]:
    """Two parts of a window: it is cut near the middle, where it is quietest for a twentieth of a second."""
    short = 800
    quarter = len(window) // (4 * short)
    loudness = np.square(window[: len(window) // short * short]).reshape(-1, short).sum(axis=1)
    place = (quarter + int(loudness[quarter : 3 * quarter].argmin())) * short + short // 2
    return window[:place], window[place:]


def group_spans(spans: list[Span], most: int) -> Iterator[list[Span]]:
    """As many in a row as together have no more samples than this; one that has more is cut."""
    group: list[Span] = []
    held = 0
    for start, end in (part for span in spans for part in cut(span, most)):
        if group and held + end - start > most:
            yield group
            group, held = [], 0
        group.append((start, end))
        held += end - start
    if group:
        yield group


def cut(span: Span, most: int) -> Iterator[Span]:
    """Parts of a span, of which none is longer than this."""
    start, end = span
    for begin in range(start, end, most):
        yield begin, min(begin + most, end)
