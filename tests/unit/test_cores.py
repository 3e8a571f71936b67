"""How many cores there are for us."""

import os
from pathlib import Path

import pytest

from antiphon import cores


@pytest.mark.parametrize(
    ("told", "count"),
    [("max 100000", 6), ("400000 100000", 4), ("250000 100000", 2), ("50000 100000", 1), ("900000 100000", 6), ("", 6)],
)
def test_quota(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: str, count: int) -> None:
    """Whole cores of a container's quota, one at least, and no more than we may run on."""
    quota = tmp_path / "cpu.max"
    quota.write_text(told)
    monkeypatch.setattr(cores, "QUOTA", quota)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)), raising=False)
    assert cores.usable_cores() == count


def test_without_a_quota(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Those that we may run on, or all where nobody tells."""
    monkeypatch.setattr(cores, "QUOTA", tmp_path / "none")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5}, raising=False)
    assert cores.usable_cores() == 2
    monkeypatch.delattr(os, "sched_getaffinity")
    assert cores.usable_cores() == os.cpu_count()
