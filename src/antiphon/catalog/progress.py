"""How a fetch is shown on standard error: a bar for people, a line now and then for logs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from antiphon.catalog.fetch import OnProgress
from antiphon.catalog.remote import RemoteFile

STEP_PERCENT = 10


@contextmanager
def show_fetch(file: RemoteFile, shown: TextIO | None = None) -> Iterator[OnProgress]:
    """What is to be told how many bytes are there."""
    shown = shown or sys.stderr
    if not shown.isatty():
        yield Lines(file, lambda line: print(line, file=shown, flush=True)).tell
        return
    from rich.console import Console  # noqa: PLC0415 (only for people)
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn  # noqa: PLC0415

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress("{task.description}", *columns, console=Console(file=shown)) as progress:
        task = progress.add_task(file.name.rpartition("/")[2], total=file.num_bytes)
        yield lambda num_bytes: progress.update(task, completed=num_bytes)


class Lines:
    """A line at the start, where it goes on from a part also, and one for each tenth."""

    def __init__(self, file: RemoteFile, write: Callable[[str], None]) -> None:
        self.file, self.write = file, write
        self.next_percent = 0

    def tell(self, num_bytes: int) -> None:
        """So many are there."""
        percent = 100 * num_bytes // max(self.file.num_bytes, 1)
        if percent >= self.next_percent:
            self.next_percent = percent - percent % STEP_PERCENT + STEP_PERCENT
            self.write(f"{self.file.name}: {percent}% of {render_size(self.file.num_bytes)}")


def render_size(num_bytes: int) -> str:
    """In GB as disks count them, or in MB where that is clearer."""
    return f"{num_bytes / 1e9:.1f} GB" if num_bytes >= 950_000_000 else f"{num_bytes / 1e6:.0f} MB"
