"""Silence, and how much of it is left."""

import numpy as np

from antiphon.media.speech.samples import LEAD_S, RATE, TAIL_S, silence, trim


def test_silence_is_as_long_as_it_should_be() -> None:
    """And there is nothing in it."""
    assert len(silence(0.5)) == RATE // 2 and not silence(0.5).any()


def test_ends_are_trimmed_but_for_a_moment() -> None:
    """Half a second at both ends of a tone."""
    tone = np.sin(np.arange(RATE, dtype=np.float32))
    trimmed = trim(np.concatenate([silence(0.5), tone, silence(0.5)]))
    assert len(trimmed) == RATE + round((LEAD_S + TAIL_S) * RATE)
    assert np.array_equal(trim(tone), tone)


def test_nothing_is_left_of_silence() -> None:
    """Nor of what is too short to be heard."""
    assert not len(trim(silence(1))) and not len(trim(silence(0))) and not len(trim(silence(0.001)))
