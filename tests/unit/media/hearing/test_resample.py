"""Another rate: the same sound, nothing from beyond what the new rate can hold, and no delay."""

import numpy as np
import pytest

from antiphon.media.hearing.resample import resample
from antiphon.media.hearing.samples import Samples
from tests.unit.media.hearing.sounds import tone

RATES = [2_000, 8_000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000, 384_000]
EDGE = 800


def decibels(sound: np.ndarray, reference: np.ndarray) -> float:
    """How much louder one is than the other."""
    return float(20 * np.log10(sound.std() / reference.std()))


@pytest.mark.parametrize("rate", RATES)
def test_a_tone_stays_itself(rate: int) -> None:
    """To the last of 16 bits, at the same time."""
    result = resample(Samples(rate, tone(rate, 0.5).astype(np.float32)), 16_000)
    wanted = tone(16_000, 0.5)
    assert (result.rate, len(result.mono), result.mono.dtype.name) == (16_000, 8_000, "float32")
    assert decibels((result.mono - wanted)[EDGE:-EDGE], wanted) < -96


@pytest.mark.parametrize("rate", [rate for rate in RATES if rate > 20_000])
def test_what_the_new_rate_cannot_hold_is_gone(rate: int) -> None:
    """A tone beyond half the rate would come back as another one."""
    high = tone(rate, 0.5, pitch_hz=9_500).astype(np.float32)
    result = resample(Samples(rate, high), 16_000)
    assert decibels(result.mono[EDGE:-EDGE], high) < -90


def test_speech_is_not_dulled() -> None:
    """Up to 6,500 Hz everything passes."""
    high = tone(48_000, 0.5, pitch_hz=6_500).astype(np.float32)
    assert abs(decibels(resample(Samples(48_000, high), 16_000).mono[EDGE:-EDGE], high)) < 0.1


@pytest.mark.parametrize("rate", [2_001, 15_999, 44_101, 383_999])
def test_rates_that_nobody_uses_are_off_by_a_trifle(rate: int) -> None:
    """By less than one in 1,000, and need no filter of their own for each sample."""
    result = resample(Samples(rate, tone(rate, 1).astype(np.float32)), 16_000)
    assert result.duration_s == pytest.approx(1, rel=1 / 1_000)


def test_the_same_rate_is_left_alone() -> None:
    """No copy, no filter."""
    mono = tone(16_000, 1).astype(np.float32)
    assert resample(Samples(16_000, mono), 16_000).mono is mono


@pytest.mark.parametrize("length", [0, 1, 2, 5])
def test_very_short_sound(length: int) -> None:
    """Has as many samples as its time has, which is at least one where there is one."""
    assert len(resample(Samples(44_100, np.ones(length, np.float32)), 16_000).mono) == -(-length * 160 // 441)
