"""Random numbers by seed, choice and position."""

import numpy as np
import pytest

from antiphon.engine.llama.draws import BLOCK, Draws

KEYS = [(seed, choice) for seed in (0, 1, -1, 2**63 - 1, -(2**63)) for choice in (0, 1, 127)]
POSITIONS = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 10_000]


@pytest.mark.parametrize(("seed", "choice"), KEYS)
def test_a_number_depends_on_nothing_but_its_place(seed: int, choice: int) -> None:
    """Asked in any order, and by another instance, a position has the same number."""
    forwards, backwards = Draws(seed, choice), Draws(seed, choice)
    there = [forwards.at(position) for position in POSITIONS]
    back = [backwards.at(position) for position in reversed(POSITIONS)]
    assert there == back[::-1]
    assert all(0 <= number < 1 for number in there)


def test_no_two_places_share_a_number() -> None:
    """Seeds, choices and positions, also across blocks, all draw independently."""
    numbers = [Draws(seed, choice).at(position) for seed, choice in KEYS for position in POSITIONS]
    numbers += [Draws(7, 0).at(position) for position in range(2 * BLOCK, 3 * BLOCK)]
    assert len(set(numbers)) == len(numbers)


def test_numbers_are_uniform() -> None:
    """Over many positions the numbers fill [0, 1) evenly, and neighbours do not depend on each other."""
    draws = Draws(42, 0)
    numbers = np.array([draws.at(position) for position in range(20_000)])
    counts, _ = np.histogram(numbers, bins=20, range=(0, 1))
    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8  # chi-square, 19 degrees of freedom, p = 0.001
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.03


def test_the_numbers_are_frozen() -> None:
    """A seed means the same text in every version: these numbers never change."""
    frozen = {0: 0.3035680343067586, 1: 0.8487087496857769, BLOCK: 0.6406324938182523}
    assert {position: Draws(1, 0).at(position) for position in frozen} == frozen
