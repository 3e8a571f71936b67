"""How many connections each process has, as the others see it."""

from pathlib import Path

import pytest

from antiphon.server.supervisor.tally import Tally, make_tally, strike
from antiphon.workplace import Workplace


@pytest.fixture
def tallies(tmp_path: Path) -> list[Tally]:
    """Of three processes, of which none takes connections yet."""
    make_tally(tmp_path, 3)
    return [Tally(Workplace(folder=tmp_path, slot=slot, num_slots=3)) for slot in range(3)]


def test_who_is_alone_has_no_others(tallies: list[Tally]) -> None:
    """Who takes no connections does not count, whatever he had."""
    first, second, _ = tallies
    first.write(5)
    assert first.least_of_others() is None
    assert second.least_of_others() == 5
    first.leave()
    first.write(4)
    assert second.least_of_others() is None


def test_the_least_counts(tallies: list[Tally]) -> None:
    """None at all is less than one."""
    first, second, third = tallies
    second.write(3)
    third.write(0)
    assert first.least_of_others() == 0
    third.write(7)
    assert first.least_of_others() == 3
    assert third.least_of_others() == 3


def test_who_has_ended_is_struck(tallies: list[Tally], tmp_path: Path) -> None:
    """What a dead process had does not keep others from taking theirs."""
    first, second, third = tallies
    for tally in tallies:
        tally.write(1)
    second.write(0)
    strike(tmp_path, 1)
    assert first.least_of_others() == third.least_of_others() == 1
