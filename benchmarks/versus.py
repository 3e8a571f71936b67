"""Our server against llama-server on the same files, and against itself: `python benchmarks/versus.py --help`.

Here is only the command line, and what is said about the machine. The cases are in pairs/against_theirs.py and
pairs/against_ours.py, the order of it all in pairs/match.py.
"""

import asyncio
import os
import platform
import random
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from rich.console import Console

from antiphon.bench.machine import describe_cpu
from antiphon.cores import usable_cores
from antiphon.engine.llama.source import BUNDLED, resolve
from antiphon.errors import ConfigurationError, NoAnswer
from constrained.benchmark import open_progress
from options import parse_file, parse_numbers
from pairs import against_ours, against_theirs
from pairs.case import Case, Results, Row
from pairs.layout import LAYOUTS, Layout, prepare_files
from pairs.match import Match
from pairs.options import Options
from pairs.report import build_table, write_record
from serve import new_event_loop

CASES = {case.name: case for case in (*against_theirs.CASES, *against_ours.CASES)}
IDLE_LOAD = 0.5
COUNT = click.IntRange(min=1)


def parse_cases(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[Case, ...]:
    """Names with commas between; all of them from an empty string."""
    names = [name.strip() for name in value.split(",") if name.strip()] or [*CASES]
    if unknown := [name for name in names if name not in CASES]:
        raise click.BadParameter(f"there is no case {unknown[0]!r}; there are: {', '.join(CASES)}")
    return tuple(CASES[name] for name in dict.fromkeys(names))


def parse_layouts(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[Layout, ...]:
    """One, or both."""
    return tuple(layout for layout in LAYOUTS if value in (layout, "both"))


def parse_flags(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """As a shell reads them."""
    try:
        return tuple(shlex.split(value))
    except ValueError as error:
        raise click.BadParameter(f"{value!r} cannot be read: {error}") from error


def parse_model(_context: click.Context, _parameter: click.Parameter, value: str) -> Path:
    """A file, or what `antiphon serve --model` takes as one."""
    try:
        return resolve(value)
    except ConfigurationError as error:
        raise click.BadParameter(str(error)) from error


def describe_setting(options: Options) -> dict[str, Any]:
    """Machine, programs and command line."""
    version = subprocess.run([options.program, "--version"], capture_output=True, text=True, check=False)
    told = [line for line in f"{version.stdout}{version.stderr}".splitlines() if line.startswith("version")]
    return {
        "cpu": describe_cpu(),
        "cores": usable_cores(),
        "load_average": os.getloadavg()[0],
        "python": platform.python_version(),
        "llama_server": told[0] if told else "",
        "command": shlex.join(sys.orig_argv),
        "flags_of_ours": shlex.join(options.flags_of_ours),
        "flags_of_theirs": shlex.join(options.theirs_flags),
        "pairs": options.num_pairs,
        "seed": options.seed,
    }


def measure(options: Options, *, about: dict[str, Any], console: Console, folder: Path) -> None:
    """Run, print and record everything. Raises `NoAnswer`, `ClickException`."""
    results: dict[Layout, dict[Row, list[Any]]] = {}

    def tell(layout: Layout, found: Results) -> None:
        results.setdefault(layout, {}).update(found)
        if options.output:
            write_record(options.output, about, results, match.remarks)

    with asyncio.Runner(loop_factory=new_event_loop) as loop:
        match = Match(options, loop=loop, folder=folder)
        files = prepare_files(options.model_file, options.layouts, folder=options.folder, console=console)
        prepared = list(files)
        with open_progress(console) as progress:
            task = progress.add_task("", total=match.num_pairs)
            for layout, file in prepared:
                match.run(layout, file, progress=progress, task=task, tell=tell)
    console.print(build_table(results))
    for remark in match.remarks:
        console.print(remark, style="dim", markup=False, highlight=False, soft_wrap=True)


@click.command(context_settings={"show_default": True, "max_content_width": 110})
@click.option(
    "--server",
    "program",
    required=True,
    type=click.Path(exists=True, dir_okay=False, executable=True, resolve_path=True, path_type=Path),
    help="llama-server, the program.",
)
@click.option("--model-file", default=BUNDLED, callback=parse_model, help="GGUF file that both load.")
@click.option(
    "--layout",
    "layouts",
    type=click.Choice(("q4_1", "q4_0", "both")),
    default="both",
    callback=parse_layouts,
    help="q4_1: the file as it is. q4_0: made from it, once.",
)
@click.option(
    "--cases", default="", callback=parse_cases, show_default="all", help=f"With commas between: {', '.join(CASES)}."
)
@click.option("--pairs", "num_pairs", type=COUNT, default=5, help="Of each case. A figure wants five.")
@click.option("--output-tokens", type=COUNT, default=96, help="Length of the streams' replies.")
@click.option("--requests-per-stream", type=COUNT, default=2, help="Requests each stream sends one after another.")
@click.option(
    "--ban-tokens",
    default="0,2,4",
    callback=parse_numbers,
    help="Token ids to bias by -100, so that no reply ends early: the model's end tokens. The default is SmolLM2's.",
)
@click.option("--cpu-layout", default="file", help="The same flag of our server; '' leaves it out.")
@click.option("--ours-flags", default="", callback=parse_flags, help="More flags of our server, in one text.")
@click.option("--theirs-flags", default="", callback=parse_flags, help="More flags of llama-server, in one text.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("~/.cache/antiphon/benchmarks").expanduser(),
    help="Where files that are made stay.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=parse_file,
    help="Write every pair here as JSON, after each case.",
)
@click.option("--timeout", "timeout_s", type=float, default=600.0, help="Seconds after which a request has failed.")
@click.option(
    "--seed",
    type=COUNT,
    default=lambda: random.randrange(1, 1_000_000),
    show_default="by chance",
    help="Seed of the prompts.",
)
def main(**arguments: Any) -> None:
    """Compare our server with llama-server, and with itself, in pairs of measurements.

    Both are started on free ports with the same file, as many slots and as much context for each: 8 slots of 8192
    tokens, and for streams-32 32 slots of 2048. They are asked in turn, ours, theirs, ours, theirs, and only one of
    them computes at any time. Ratios are taken pair by pair, so drifts of the machine cancel; the table has their
    median, and what the project wants of it.

    Prompts are random words, no two beginning alike, and end tokens are banned, so that all replies are equally long.
    The cases prediction, retention, priority and rest are of our server alone, against itself without what is measured.
    """
    options = Options(**arguments)
    # Into a file or a pipe, rich would write 80 columns.
    console = Console() if sys.stdout.isatty() else Console(width=140)
    about = describe_setting(options)
    for line in (f"{about['cpu']}, {about['cores']} cores, llama-server {about['llama_server']}", about["command"]):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if about["load_average"] > IDLE_LOAD:
        console.print(f"The machine is not idle: load average {about['load_average']:.1f}.", style="bold red")
    with TemporaryDirectory(prefix="antiphon-versus-") as folder:
        try:
            measure(options, about=about, console=console, folder=Path(folder))
        except NoAnswer as error:
            raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
