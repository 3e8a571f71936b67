"""The voices that answers can be spoken in: OpenAI's names, each a way to speak of a speaker. Loads nothing.

One speaker comes with hibari. Her pitch, the length of her throat (which is what moves the envelope of the spectrum),
how much her pitch moves, and her pace make thirteen voices that can be told apart: each is 6 to 9 % higher than the
one before, from 100 to 260 Hz, and neighbours have throats of different lengths.
"""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

SPEAKERS = ("heart", "fenrir", "emma", "fable", "kore")
"""Hibari's."""
EMBEDDED = "heart"
"""The speaker that comes in hibari's wheel: a woman's, American."""

MEDIAN_HZ = 187.0
"""Her pitch."""


class Voice(Struct, frozen=True):
    """source: one of hibari's voices, or the path of an ONNX file of the same interface. f0_scale: times the speaker's
    pitch. envelope: times the frequencies of her formants, below 1 for a longer throat. liveliness: how far her pitch
    moves, times her own. speed: times her pace.
    """

    name: str
    source: str = EMBEDDED
    f0_scale: float = 1.0
    envelope: float = 1.0
    liveliness: float = 1.0
    speed: float = 1.0

    @property
    def is_plain(self) -> bool:
        """Whether it is the speaker's own voice."""
        return self.f0_scale == self.envelope == self.liveliness == 1.0


def build_voice(name: str, f0_hz: float, envelope: float, liveliness: float, speed: float) -> Voice:
    """One of the embedded speaker's, of this median pitch."""
    return Voice(name, f0_scale=round(f0_hz / MEDIAN_HZ, 4), envelope=envelope, liveliness=liveliness, speed=speed)


BUILT_IN = {
    voice.name: voice
    for voice in (
        build_voice("onyx", 100.0, 0.8, 0.9, 0.96),
        build_voice("echo", 108.5, 0.93, 1.0, 1.0),
        build_voice("ash", 118.3, 0.82, 1.1, 1.03),
        build_voice("cedar", 127.5, 0.96, 0.9, 0.98),
        build_voice("verse", 137.0, 0.85, 1.2, 1.02),
        build_voice("fable", 148.0, 0.99, 1.25, 0.97),
        build_voice("ballad", 161.0, 0.87, 1.0, 0.93),
        build_voice("marin", 174.5, 1.05, 0.95, 1.0),
        Voice("alloy"),
        build_voice("sage", 205.0, 1.1, 0.9, 0.97),
        build_voice("coral", 222.0, 1.0, 1.15, 1.03),
        build_voice("nova", 240.0, 1.14, 1.1, 1.05),
        build_voice("shimmer", 260.0, 1.03, 0.9, 0.98),
    )
}
"""By name, the lowest first."""


def check_source(source: str) -> str | None:
    """Why no voice can be made of it, as the end of a sentence; None where one can, as far as its name tells."""
    if source in SPEAKERS or Path(source).expanduser().is_file():
        return None
    return f"is neither one of hibari's speakers ({', '.join(SPEAKERS)}) nor a file"


def map_voices(sources: Mapping[str, str]) -> dict[str, Voice]:
    """All voices there are, with those that the operator gives a speaker of its own: `{"echo": "fenrir"}`. Its names
    may be new ones. Nothing is changed about such a voice; whether there is such a speaker, loading it will tell.
    """
    return {**BUILT_IN, **{name: Voice(name, source=source) for name, source in sources.items()}}
