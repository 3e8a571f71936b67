"""`antiphon store`: what is kept, in numbers and as lines of JSON. May run beside a server."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Literal

import click
from rich import box
from rich.console import Console
from rich.filesize import decimal
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from antiphon.cli.database import database_options, with_store
from antiphon.cli.keys import check_project, check_text, is_text, render_time
from antiphon.completion.exchange import parse_line, render_line, render_training_lines
from antiphon.errors import InvalidRequest
from antiphon.store.query import Query
from antiphon.store.record import Record, build_terms
from antiphon.store.statistics import Statistics, compute_statistics
from antiphon.store.store import Store

MOST_RECORDS = 200
MOST_BYTES = 8 * 2**20
Form = Literal["record", "training"]


@click.group()
def store() -> None:
    """Stored completions: count, export and import them."""


@store.command()
@database_options
def stats(**flags: Any) -> None:
    """Count what is kept."""

    async def work(store: Store) -> Statistics:
        return await compute_statistics(store.database)

    counted = with_store(flags, work)
    table = Table("project", "completions", "oldest", "newest", "large inputs", "their size", box=box.SIMPLE_HEAD)
    for one in counted.projects:
        times, size = (render_time(one.first), render_time(one.last)), decimal(one.blob_bytes)
        table.add_row(one.project, f"{one.num_completions:,}", *times, f"{one.num_blobs:,}", size)
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    console.print(f"The database takes {decimal(counted.database_bytes)}.", highlight=False)


def parse_metadata(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`KEY=VALUE` pairs."""
    pairs = [value.partition("=") for value in values]
    if any(not sign or not is_text(key + value) for key, sign, value in pairs):
        raise click.BadParameter("expected KEY=VALUE")
    return {key: value for key, _, value in pairs}


@store.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), default="-")
@click.option("--project", callback=check_project, help="Only this project's; all by default.")
@click.option("--model", callback=check_text, help="Only those of this model.")
@click.option("--metadata", metavar="KEY=VALUE", multiple=True, callback=parse_metadata, help="Only these; repeatable.")
@click.option(
    "--form",
    type=click.Choice(("record", "training")),
    default="record",
    show_default=True,
    help="record: all that is kept, for import. training: conversations with their answers, for fine-tuning.",
)
@database_options
def export_lines(
    file: str, project: str | None, model: str | None, metadata: dict[str, str], form: Form, **flags: Any
) -> None:
    """Write stored completions to FILE, or to standard output, one in each line."""
    terms = tuple(build_terms(model, metadata))

    async def work(store: Store) -> int:
        number = 0
        names = [project] if project else await store.completions.projects()
        with click.open_file(file, "wb") as lines, progress("exported") as advance:
            for name in names:
                async for record in store.completions.export(Query(project=name, terms=terms, limit=MOST_RECORDS)):
                    lines.writelines(line + b"\n" for line in render(record, form))
                    number += 1
                    advance(1)
            lines.flush()
        return number

    click.echo(f"{with_store(flags, work):,} exported.", err=True)


def render(record: Record, form: Form) -> Iterable[bytes]:
    """The lines of a record."""
    return render_training_lines(record) if form == "training" else (render_line(record),)


@store.command("import")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--project", callback=check_project, help="Make them this project's; each keeps its own by default.")
@database_options
def import_lines(file: BinaryIO, project: str | None, **flags: Any) -> None:
    """Keep what `export` wrote, from FILE or from standard input. What is there already stays as it is."""

    async def work(store: Store) -> tuple[int, int]:
        added, there = 0, 0
        with progress("imported") as advance:
            for batch in batches(read_records(file, project)):
                new = await store.completions.add_new(batch)
                added, there = added + new, there + len(batch) - new
                advance(len(batch))
        return added, there

    added, there = with_store(flags, work)
    click.echo(f"{added:,} imported, {there:,} were there already.", err=True)


def read_records(file: BinaryIO, project: str | None) -> Iterator[Record]:
    """The records of a file. Raises `ClickException`, which names the line."""
    for number, line in enumerate(file, 1):
        if line.strip():
            try:
                yield parse_line(line, project=project)
            except InvalidRequest as error:
                raise click.ClickException(
                    f"Line {number}: {error.message} The lines before it are imported."
                ) from None


def batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    """So many at a time that a transaction pays, and no more than memory bears."""
    batch: list[Record] = []
    size = 0
    try:
        for record in records:
            batch.append(record)
            size += len(record.messages) + len(record.answer)
            if len(batch) == MOST_RECORDS or size > MOST_BYTES:
                yield batch
                batch, size = [], 0
    except click.ClickException:
        yield batch
        raise
    yield batch


@contextmanager
def progress(done: str) -> Iterator[Callable[[int], None]]:
    """Shows on standard error how far it is, where a person looks."""
    columns = (SpinnerColumn(), TextColumn("{task.completed:,} {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task(done, total=None)
        yield lambda number: shown.advance(task, number)
