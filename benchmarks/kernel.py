"""What the kernel tells of a process and of all below it: time on a processor, and resident memory. Linux only."""

import resource
from collections.abc import Iterator
from pathlib import Path

import click

from scripted import cpu_seconds


def sum_cpu_seconds(pid: int) -> float:
    """User and system time so far, to a hundredth of a second."""
    return sum(cpu_seconds(one) for one in walk(pid))


def sum_resident_bytes(pid: int) -> int:
    """Resident memory; what two processes share counts twice."""
    return sum(_read_resident_bytes(one) for one in walk(pid))


def walk(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from walk(int(child))


def raise_open_files(needed: int) -> None:
    """As many files as may be open, for this process and those it starts. Raises `ClickException` where too few."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < needed:
        raise click.ClickException(f"{needed} files must be open at once, and the limit is {most}: see ulimit -Hn.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _read_resident_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
