"""The voices' names, and that one hears who speaks."""

from itertools import pairwise

import numpy as np
import pytest

from antiphon.media.speech.samples import RATE, Samples
from antiphon.media.speech.speaker import open_speaker
from antiphon.media.speech.voices import BUILT_IN, EMBEDDED, Voice, map_voices
from tests.unit.media.speech.pitch import find_centroid, find_median_pitch

OPENAI = [
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse",
]  # fmt: skip
TEXT = "The quick brown fox jumps over the lazy dog near the quiet river."
TEXTS = (TEXT, "Yesterday the weather was beautiful, but tomorrow it may rain all day.")


def test_all_of_openais_voices_are_there() -> None:
    """Each of them by its name, made of the one speaker that is always there."""
    assert sorted(BUILT_IN) == OPENAI
    assert all(voice.name == name and voice.source == EMBEDDED for name, voice in BUILT_IN.items())


def test_the_operator_gives_voices_a_speaker_of_their_own() -> None:
    """Also new ones; nothing is changed about them, and all others stay."""
    voices = map_voices({"echo": "fenrir", "mine": "/voices/mine.onnx"})
    assert voices["echo"] == Voice("echo", "fenrir")
    assert voices["mine"] == Voice("mine", "/voices/mine.onnx")
    assert voices["echo"].is_plain
    assert voices["nova"] == BUILT_IN["nova"]
    assert "mine" not in BUILT_IN


@pytest.fixture(scope="module")
def sounds() -> dict[str, Samples]:
    """The same sentences, in each voice."""
    speakers = {name: open_speaker(voice) for name, voice in BUILT_IN.items()}
    return {name: np.concatenate([speaker.say(text) for text in TEXTS]) for name, speaker in speakers.items()}


@pytest.fixture(scope="module")
def pitches(sounds: dict[str, Samples]) -> dict[str, float]:
    """Of each voice, as measured in what it says."""
    return {name: find_median_pitch(sound) for name, sound in sounds.items()}


def test_each_voice_can_be_told_from_the_next(sounds: dict[str, Samples], pitches: dict[str, float]) -> None:
    """Each is higher, about a semitone at least; and where that is not 7.5 %, its colour differs by as much."""
    for low, high in pairwise(BUILT_IN):
        higher, colours = pitches[high] / pitches[low], find_centroid(sounds[high]) / find_centroid(sounds[low])
        assert higher > 1.055, (low, high)
        assert higher > 1.075 or max(colours, 1 / colours) > 1.075, (low, high, higher, colours)


def test_neighbours_have_other_throats() -> None:
    """The envelope of the spectrum is stretched by at least 3 % more or less, and mostly by more than 8 %."""
    ratios = [max(a, b) / min(a, b) for a, b in pairwise(voice.envelope for voice in BUILT_IN.values())]
    assert min(ratios) > 1.03
    assert sorted(ratios)[len(ratios) // 2] > 1.08


def test_voices_have_the_pitch_that_their_names_lead_one_to_expect(pitches: dict[str, float]) -> None:
    """From a man's to a high woman's."""
    assert 95 < pitches["onyx"] < 110
    assert all(pitches[name] < 165 for name in ("onyx", "echo", "ash", "verse", "fable", "ballad"))
    assert all(pitches[name] > 195 for name in ("nova", "shimmer", "coral", "sage"))
    assert 240 < pitches["shimmer"] < 275


def test_the_same_text_always_sounds_the_same() -> None:
    """To the last bit, and whatever was said in between."""
    speaker = open_speaker(BUILT_IN["fable"])
    before = speaker.say(TEXT)
    speaker.say("Something else.")
    assert np.array_equal(before, speaker.say(TEXT))


@pytest.mark.parametrize("name", BUILT_IN)
def test_voices_are_as_loud_as_each_other(name: str, sounds: dict[str, Samples]) -> None:
    """Within three decibels of the plain one, without clipping, and without long silence at the ends."""
    sound, plain = sounds[name], sounds["alloy"]
    assert 0.7 < loudness(sound) / loudness(plain) < 1.42
    assert np.abs(sound).max() < 0.95
    assert (sound.dtype, sound.ndim) == (np.float32, 1)
    assert 6 < len(sound) / RATE < 9
    assert loudness(sound[: RATE // 4]) > 0.005


def loudness(sound: Samples) -> float:
    """Root of the mean square."""
    return float(np.sqrt(np.mean(sound**2)))
