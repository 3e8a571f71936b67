"""What Antiphon costs as a gateway, beside the LiteLLM proxy: `python benchmarks/gateway.py --help`.

Here is only the command line, and what is said about the machine. The order of it all is in relay/match.py, the
upstream in relay/emitter/.
"""

import asyncio
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from rich.console import Console

from antiphon.bench.machine import describe_cpu
from antiphon.cores import usable_cores
from kernel import raise_open_files
from options import parse_file
from pairs.contender import running
from relay.emitter.server import running_upstream
from relay.gateways import Gateway, build_antiphon, build_litellm, describe_litellm
from relay.hold import Crowd
from relay.load import Load, Series
from relay.match import Match, Plan
from relay.place import DIRECT, Place
from relay.report import build_table, render_remarks, write_record
from relay.rows import build_rows
from serve import new_event_loop

IDLE_LOAD = 0.5
GET_LITELLM = "python -m venv /tmp/litellm && /tmp/litellm/bin/pip install 'litellm[proxy]'"
COUNT = click.IntRange(min=1)


def parse_flags(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """As a shell reads them."""
    try:
        return tuple(shlex.split(value))
    except ValueError as error:
        raise click.BadParameter(f"{value!r} cannot be read: {error}") from error


def build_plan(options: dict[str, Any]) -> Plan:
    """The whole, or the least that still shows something."""
    quick, streams, rounds = options["quick"], options["paced_streams"], 1 if options["quick"] else options["rounds"]
    flow = Load(num_streams=options["streams"], seconds=1.5 if quick else 3.0, tokens=200 if quick else 500)
    pace = Load(
        num_streams=streams, seconds=2.0 if quick else 5.0, tokens=40 if quick else 60, per_second=options["pace"]
    )
    paces = [Series(pace, max(1, rounds - 1))]
    if options["litellm"] and not quick:
        paces.append(Series(Load(num_streams=streams, seconds=5.0, tokens=8, per_second=options["slow_pace"]), 1))
    held = options["held_streams"] // 5 if quick else options["held_streams"]
    crowd = Crowd(
        num_idle=max(1, held // 2), num_streams=held, tokens=2 if quick else 3, per_second=2.0 if quick else 0.5
    )
    return Plan(Series(flow, rounds), tuple(paces), crowd)


def describe_setting(gateways: Sequence[Gateway], litellm: Path | None) -> dict[str, Any]:
    """Machine, programs and command lines."""
    version = subprocess.run([litellm, "--version"], capture_output=True, text=True, check=False) if litellm else None
    return {
        "cpu": describe_cpu(),
        "cores": usable_cores(),
        "load_average": os.getloadavg()[0],
        "python": platform.python_version(),
        "litellm": version.stdout.strip().rpartition(" ")[2] if version else "",
        "litellm_config": describe_litellm(0) if litellm else {},
        "command": shlex.join(sys.orig_argv),
        "gateways": [shlex.join(gateway.command) for gateway in gateways],
    }


def measure(plan: Plan, options: dict[str, Any], *, console: Console, folder: Path) -> None:
    """Run, print and record everything. Raises `ClickException`."""
    with ExitStack() as stack:
        upstream = stack.enter_context(running_upstream(options["tokens_per_write"]))
        gateways = build_gateways(upstream.port, options, folder)
        about = describe_setting(gateways, options["litellm"])
        print_setting(about, console)
        stack.enter_context(running(gateways))
        loop = stack.enter_context(asyncio.Runner(loop_factory=new_event_loop))
        places = [Place(DIRECT, upstream.port, None), *(gateway.place for gateway in gateways)]

        def tell(line: str) -> None:
            console.print(line, style="dim", markup=False, highlight=False, soft_wrap=True)

        for results in Match(plan, places, upstream=upstream, loop=loop, tell=tell).run():
            rows = list(build_rows(results, plan))
            if options["output"]:
                write_record(options["output"], about, rows=rows, results=results)
        console.print(build_table(rows))
        for remark in render_remarks(results):
            tell(remark)


def build_gateways(upstream_port: int, options: dict[str, Any], folder: Path) -> list[Gateway]:
    """Ours, and theirs where it is there."""
    gateways = [build_antiphon(upstream_port, flags=options["antiphon_flags"], folder=folder)]
    if options["litellm"]:
        theirs = build_litellm(options["litellm"], upstream_port, flags=options["litellm_flags"], folder=folder)
        gateways.append(theirs)
    return gateways


def print_setting(about: dict[str, Any], console: Console) -> None:
    """The head of the report."""
    machine = f"{about['cpu']}, {about['cores']} cores, Python {about['python']}"
    theirs = f"LiteLLM {about['litellm']}" if about["litellm"] else f"no LiteLLM; to compare: {GET_LITELLM}, --litellm"
    for line in (f"{machine}; {theirs}", about["command"], *about["gateways"]):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if about["load_average"] > IDLE_LOAD:
        console.print(f"The machine is not idle: load average {about['load_average']:.1f}.", style="bold red")


@click.command(context_settings={"show_default": True, "max_content_width": 110})
@click.option(
    "--litellm",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"LiteLLM's program, in a venv of its own: {GET_LITELLM}. Without it, ours alone is measured.",
)
@click.option("--quick", is_flag=True, help="One short round of each, in less than a minute.")
@click.option("--streams", type=COUNT, default=32, help="Streams as fast as they come.")
@click.option("--paced-streams", type=COUNT, default=256, help="Streams at a pace, for the first token.")
@click.option("--pace", type=click.FloatRange(min=0.1), default=20.0, help="Tokens per second of each of these.")
@click.option(
    "--slow-pace", type=click.FloatRange(min=0.1), default=1.0, help="A second pace, which LiteLLM can keep up."
)
@click.option("--held-streams", type=click.IntRange(min=2), default=2000, help="Streams that wait together.")
@click.option("--rounds", type=COUNT, default=3, help="Rounds of streams as fast as they come; one less at a pace.")
@click.option("--tokens-per-write", type=COUNT, default=1, help="Tokens that the upstream puts into one write.")
@click.option("--antiphon-flags", default="", callback=parse_flags, help="More flags of ours, in one text.")
@click.option("--litellm-flags", default="", callback=parse_flags, help="More flags of theirs, in one text.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=parse_file,
    help="Write everything here as JSON, after each part.",
)
def main(**options: Any) -> None:
    """Measure what a gateway costs: Antiphon, and the LiteLLM proxy, in front of one upstream on this machine.

    The upstream computes nothing and sends what it is asked for as fast as it is taken, or at a pace. The client asks
    it directly and through each gateway in turn. Every stream is checked: all tokens, and [DONE] at the end.

    Per core: tokens for each second of CPU time of the gateway's processes. First token: the same percentile directly
    is subtracted. Memory: resident, with so many streams that have had a token, less that before. Antiphon pads its
    chunks (obfuscation, on by default) and LiteLLM does not; so there is a line without.
    """
    plan = build_plan(options)
    raise_open_files(4 * plan.crowd.num_streams + 1000)
    # Into a file or a pipe, rich would write 80 columns.
    console = Console() if sys.stdout.isatty() else Console(width=140)
    with TemporaryDirectory(prefix="antiphon-gateway-") as folder:
        measure(plan, options, console=console, folder=Path(folder))


if __name__ == "__main__":
    main()
