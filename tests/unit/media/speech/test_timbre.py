"""Another voice of the same frames: arithmetic, tried on spectra that one can think through."""

import numpy as np

from antiphon.media.speech.timbre import Frames, change, draw_through, stretch
from antiphon.media.speech.voices import Voice

NUM_BINS, NUM_FRAMES = 601, 4
F0 = np.array([0.0, 200.0, 187.0, 400.0], np.float32)


def build_frames() -> Frames:
    """Something different in each part."""
    parts = [np.full((NUM_BINS, NUM_FRAMES), level, np.float32) for level in (1, 2, 3, 4, 5)]
    return Frames(*parts, F0)


def test_the_plain_voice_is_not_touched() -> None:
    """It is the speaker's own."""
    frames = build_frames()
    assert change(frames, Voice("alloy", speed=1.2)) is frames


def test_pitch_moves_about_the_median_and_silence_stays_without() -> None:
    """The median is scaled; what is an octave above it is two above it in a voice twice as lively."""
    pitch = change(build_frames(), Voice("x", f0_scale=0.5, liveliness=2.0)).f0
    assert pitch[0] == 0
    assert np.isclose(pitch[2], 93.5)
    assert np.isclose(pitch[3], 93.5 * (400 / 187) ** 2)


def test_no_pitch_leaves_what_can_be_heard_as_a_voice() -> None:
    """hibari takes frames below 40 Hz for such without a pitch, and would hiss where a low voice should sound."""
    low = change(build_frames(), Voice("x", f0_scale=0.1)).f0
    high = change(build_frames(), Voice("x", f0_scale=9.0)).f0
    assert (low[1:] == 55).all() and (high[1:] == 480).all()


def test_a_lower_voice_is_softer_by_the_harmonics_that_it_has_more() -> None:
    """Half the pitch has twice as many, so each has half the power; the other parts stay as loud."""
    changed = change(build_frames(), Voice("x", f0_scale=0.5))
    assert np.allclose(changed.harmonic, 1 + 0.5 * np.log(0.5))
    assert np.allclose(changed.noise, 3) and np.allclose(changed.free, 4)
    assert (changed.phi == 5).all()


def test_a_peak_moves_by_the_factor() -> None:
    """A formant at bin 200 comes to bin 160 in a throat that is a quarter longer."""
    values = np.zeros((NUM_BINS, 1), np.float32)
    values[190:211, 0] = np.bartlett(21)
    assert np.argmax(stretch(values, 0.8)) == 160
    assert np.argmax(draw_through(values, np.array([10.0], np.float32), 0.8)) == 160


def test_what_stands_between_harmonics_is_not_heard() -> None:
    """The network was never asked for it: only bins at harmonics count, here each tenth."""
    values = np.full((NUM_BINS, 1), 100.0, np.float32)
    values[::10] = 1
    assert np.allclose(draw_through(values, np.array([10.0], np.float32), 1.0), 1)


def test_all_bins_are_filled_at_any_pitch() -> None:
    """Above the last harmonic its value goes on, and below the first."""
    values = np.tile(np.arange(NUM_BINS, dtype=np.float32)[:, None], 3)
    for factor in (0.5, 1.0, 1.5):
        drawn = draw_through(values, np.array([2.75, 9.35, 24.0], np.float32), factor)
        assert drawn.shape == (NUM_BINS, 3) and np.isfinite(drawn).all()
        assert (np.diff(drawn, axis=0) > -1e-3).all()
