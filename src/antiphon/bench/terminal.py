"""What a person sees at the terminal: progress on standard error, and the report on standard output."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from antiphon.bench.report import Report
from antiphon.bench.tables import Grid, build_facts, build_tables

DRAWN_PER_S = 4
UNSEEN_WIDTH = 120
"""Columns where nobody looks on, who could not widen a window."""


@contextmanager
def open_bars() -> Iterator[Callable[[str], Callable[[float], None]]]:
    """A bar for each thing that is measured, where a person looks. Drawn seldom: the cores are measured."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    quiet = not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=quiet, refresh_per_second=DRAWN_PER_S) as progress:

        def show(title: str) -> Callable[[float], None]:
            task = progress.add_task(title, total=1.0)
            return lambda done: progress.update(task, completed=done)

        yield show


def print_report(report: Report) -> None:
    """Facts, tables, and what is missing, for a person."""
    console = Console(width=None if sys.stdout.isatty() else UNSEEN_WIDTH, highlight=False, markup=False)
    for name, text in build_facts(report):
        console.print(f"{name}: {text}", soft_wrap=True)
    for grid in build_tables(report.measured):
        console.print(build_table(grid))
    for sentence in report.measured.skipped:
        console.print(sentence, soft_wrap=True)


def build_table(grid: Grid) -> Table:
    """As rich draws it."""
    columns = (Column(title, justify="right" if place else "left") for place, title in enumerate(grid.columns))
    table = Table(
        *columns,
        title=grid.title,
        caption=grid.note,
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
    )
    for row in grid.rows:
        table.add_row(*map(Text, row))
    return table
