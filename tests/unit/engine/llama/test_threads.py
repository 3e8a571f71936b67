"""How the governor decides, given the kernel's counters."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from antiphon.cores import usable_cores
from antiphon.engine.llama import threads
from antiphon.engine.llama.threads import INTERVAL_S, Reading, ThreadGovernor


def reading(at_s: float, waited_s: dict[str, float], idle_s: float) -> Reading:
    """A reading of counters we choose."""
    made = Reading.__new__(Reading)
    made.at_s, made.waited_s, made.idle_s = at_s, waited_s, idle_s
    return made


def governor(most: int, now: int) -> ThreadGovernor:
    """A governor of a machine with `most` cores that computes with `now` threads."""
    made = ThreadGovernor(None)
    made.most, made.num_threads, made.num_waited = most, now, most
    return made


DECISIONS = [
    # most, threads now, seconds each thread waited in a second, idle core-seconds, threads then
    (4, 4, [0.0, 0.0, 0.0, 0.0], 0.0, 4),
    (4, 4, [0.5, 0.0, 0.0, 0.0], 0.0, 3),
    (4, 4, [0.5, 0.4, 0.0, 0.0], 0.0, 2),
    (4, 4, [0.2, 0.2, 0.2, 0.2], 0.0, 4),
    (4, 4, [0.9, 0.9, 0.9, 0.9], 0.0, 1),
    (2, 1, [0.9], 0.0, 1),
    (4, 2, [0.0, 0.0], 1.0, 3),
    (4, 2, [0.0, 0.0], 0.5, 2),
    (4, 2, [0.5, 0.0], 1.0, 1),
    (4, 4, [0.0, 0.0, 0.0, 0.0], 1.0, 4),
    (4, 3, [0.0, 0.0, 0.0], 4.0, 4),
]


@pytest.mark.parametrize(("most", "now", "waited", "idle", "then"), DECISIONS)
def test_decisions(most: int, now: int, waited: list[float], idle: float, then: int) -> None:
    """A thread less for each that waited for a core, one more when a core stood idle, between 1 and all."""
    made = governor(most, now)
    tasks = {str(number): wait for number, wait in enumerate(waited)}
    made.decide(reading(10.0, dict.fromkeys(tasks, 0.0), 5.0), reading(11.0, tasks, 5.0 + idle))
    assert made.num_threads == then


def test_one_interval_of_waiting_changes_nothing() -> None:
    """It takes two in a row; one in between begins the count anew."""
    made = governor(4, 4)
    made.num_waited = 0
    wait, rest = {"1": 0.9, "2": 0.9}, {"1": 0.0, "2": 0.0}
    for waited, then in ((wait, 4), (rest, 4), (wait, 4), (wait, 2)):
        made.decide(reading(0.0, dict.fromkeys(waited, 0.0), 0.0), reading(1.0, waited, 0.0))
        assert made.num_threads == then


def test_an_interval_of_another_length_decides_by_shares() -> None:
    """What counts is the share of the time, not the seconds."""
    made = governor(2, 2)
    made.decide(reading(0.0, {"1": 0.0}, 0.0), reading(0.25, {"1": 0.2}, 0.0))
    assert made.num_threads == 1


def test_a_thread_that_was_not_there_before_counts_from_its_start() -> None:
    """A new thread's wait is its own, and a thread that has ended does not count."""
    made = governor(2, 2)
    made.decide(reading(0.0, {"old": 5.0}, 0.0), reading(1.0, {"new": 0.9}, 0.0))
    assert made.num_threads == 1


def test_a_fixed_number_never_changes() -> None:
    """`--threads` is an order."""
    made = ThreadGovernor(3)
    for _ in range(10):
        made.observe(INTERVAL_S)
    assert (made.num_threads, made.adapts) == (3, False)


def test_on_this_machine_it_stays_within_bounds() -> None:
    """With the kernel's real counters the number stays between 1 and the cores this process may use."""
    made = ThreadGovernor(None)
    for _ in range(5):
        made.observe(INTERVAL_S)
        assert 1 <= made.num_threads <= usable_cores()


def test_it_looks_around_first() -> None:
    """No more threads than cores that stand idle, at least one; a number that was given stays."""
    governor = ThreadGovernor(None)
    assert 1 <= governor.look_around().num_threads <= governor.most
    assert ThreadGovernor(3).look_around().num_threads == 3


@pytest.mark.parametrize(("own", "free_s"), [(0, 9.0), (-5, 9.0), (10, 5.0)])
def test_who_stands_back_does_not_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own: int, free_s: float
) -> None:
    """A core that only such processes have is free, unless we are one of them."""
    machine, ticks = tmp_path / "stat", os.sysconf("SC_CLK_TCK")
    machine.write_text(f"cpu  {7 * ticks} {4 * ticks} {ticks} {5 * ticks} 0 0 0\ncpu0 1 1 1 1\n")
    monkeypatch.setattr(threads, "MACHINE", machine)
    monkeypatch.setattr(os, "nice", lambda more: own + more)
    assert Reading().idle_s == free_s


def test_on_a_busy_machine_it_begins_with_less() -> None:
    """Where every core is taken, with one thread."""
    if usable_cores() < 2:
        pytest.skip("needs two cores")
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4 * (os.cpu_count() or 1))]
    try:
        time.sleep(0.5)
        assert ThreadGovernor(None).look_around().num_threads == 1
    finally:
        for process in busy:
            process.kill()
            process.wait()
