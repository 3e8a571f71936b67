"""Samples: how long they are, whether anything is to be heard, and many channels as one."""

import numpy as np
import pytest

from antiphon.media.hearing.samples import Samples, is_silent, mix
from tests.unit.media.hearing.sounds import tone

NOISE = np.random.default_rng(0).standard_normal(16_000)


def test_duration_is_that_of_all_samples() -> None:
    """In seconds, whatever the rate."""
    assert Samples(8_000, np.zeros(2_000, np.float32)).duration_s == 0.25


SILENT = [
    ("nothing", np.zeros(0)), ("zeros", np.zeros(16_000)), ("a constant", np.full(16_000, 0.5)),
    ("the last bit of 16", NOISE.round() / 2**15), ("one sample", np.ones(1)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sound"), SILENT)
def test_silence_is_what_nobody_hears(name: str, sound: np.ndarray) -> None:
    """Also with the noise of a converter, or away from zero."""
    assert is_silent(Samples(16_000, sound.astype(np.float32)))


HEARD = [
    ("a tone", tone(16_000, 1)), ("a quiet tone", tone(16_000, 1) / 500), ("a click", np.eye(1, 16_000, 9_000)[0] / 10),
    ("something in the last window", np.concatenate([np.zeros(16_000), tone(16_000, 0.01)])),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sound"), HEARD)
def test_what_is_short_or_quiet_is_no_silence(name: str, sound: np.ndarray) -> None:
    """One window in which something moves is enough."""
    assert not is_silent(Samples(16_000, sound.astype(np.float32)))


def test_channels_are_averaged_so_that_none_is_cut() -> None:
    """Two that are loud stay as loud as one."""
    assert mix(np.array([[0.9, -0.9], [0.9, 0.1]], np.float32)).tolist() == pytest.approx([0.9, -0.4])


def test_floats_that_are_no_sound_become_sound() -> None:
    """No number, infinity, and what is louder than the loudest."""
    wild = np.array([[np.nan, np.inf, -np.inf, 30.0, 3e38], [0.0, 1.0, 0.0, 0.0, 3e38]], np.float32)
    assert mix(wild).tolist() == [0.0, 1.0, -1.0, 1.0, 1.0]
