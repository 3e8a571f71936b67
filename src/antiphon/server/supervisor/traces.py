"""What an API process that has ended leaves behind in the folder of its supervisor, and how that is undone."""

from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

from antiphon.engine.remote.fleet import board
from antiphon.server.supervisor import tally

METRICS = "metrics"
"""Folder where API processes count what happens."""


def prepare(folder: Path, num_slots: int) -> None:
    """Before there is any."""
    (folder / METRICS).mkdir()
    tally.make_tally(folder, num_slots)


def wipe(folder: Path, *, slot: int, pid: int) -> None:
    """Of one: what it had under way is no more, and what it measured of itself; what it counted stays counted."""
    tally.strike(folder, slot)
    board.clear(folder, slot)
    mark_process_dead(pid, str(folder / METRICS))  # type: ignore[no-untyped-call]  # it has no types
