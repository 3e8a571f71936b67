"""Load benchmark of one OpenAI-compatible server, or of two in turn: `python benchmarks/serve.py --help`.

Here is only the command line, and what is said about the machine. The benchmark itself is in benchmark.py.
"""

import asyncio
import platform
import random
import shlex
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from antiphon.bench.machine import describe_cpu
from antiphon.cores import usable_cores
from antiphon.errors import NoAnswer
from benchmark import Benchmark
from options import Options, parse_file, parse_numbers, parse_url

try:
    import uvloop
except ImportError:
    new_event_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
else:
    new_event_loop = uvloop.new_event_loop


def describe_setting(options: Options) -> dict[str, Any]:
    """Machine, command line and options, without the API key."""
    key = options.api_key
    hidden = {key: "***", f"--api-key={key}": "--api-key=***"}
    return {
        "cpu": describe_cpu(),
        "cores": usable_cores(),
        "python": platform.python_version(),
        "event_loop": new_event_loop.__module__,
        "command": shlex.join(hidden.get(arg, arg) for arg in sys.orig_argv),
        "options": {**asdict(options), "api_key": key and "***", "json_file": str(options.json_file or "")},
    }


COUNT = click.IntRange(min=1)


@click.command(context_settings={"show_default": True, "max_content_width": 110})
@click.option("--base-url", required=True, callback=parse_url, help="Server A, with /v1.")
@click.option("--versus", callback=parse_url, help="Server B, with /v1: measured in turn with A, and compared.")
@click.option("--name-a", default="antiphon", help="What to call A.")
@click.option("--name-b", default="llama-server", help="What to call B.")
@click.option("--model", default="", help="Model of A.  [default: the first it lists]", show_default=False)
@click.option("--model-b", default="", help="Model of B.  [default: the first it lists]", show_default=False)
@click.option("--api-key", help="Sent to both servers; shown nowhere.")
@click.option(
    "--concurrency", default="1,8,32", callback=parse_numbers, help="How many streams at once, level by level."
)
@click.option("--prompt-tokens", type=COUNT, default=64, help="Length of prompts with the chat template, about.")
@click.option("--output-tokens", type=COUNT, default=128, help="Length of replies: max_tokens.")
@click.option("--requests-per-stream", type=COUNT, default=2, help="Requests each stream sends one after another.")
@click.option("--runs", type=COUNT, default=5, help="Rounds for each server and level.")
@click.option("--temperature", type=float, default=0.0)
@click.option(
    "--ban-tokens",
    default="0,2,4",
    callback=parse_numbers,
    help="Token ids to bias by -100, so that no reply ends early: the model's end tokens. The default is SmolLM2's; "
    "'' sends no bias.",
)
@click.option(
    "--neighbours", type=click.IntRange(min=0), default=0, help="Busy-looping processes during the measurement."
)
@click.option("--timeout", "timeout_s", type=float, default=600.0, help="Seconds after which a request has failed.")
@click.option(
    "--seed",
    type=COUNT,
    default=lambda: random.randrange(1, 1_000_000),
    show_default="by chance",
    help="Seed of the prompts. Using one again finds them in the caches of a server still running.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=parse_file,
    help="Write everything here, raw, after each level.",
)
def main(**arguments: Any) -> None:
    """Load an OpenAI-compatible server and report throughput, time to first token and time between tokens.

    At each level of concurrency that many streams are kept running; each sends its requests one after another. The
    prompts are random words, no two beginning alike, so that no prefix cache helps anybody. Before the measurement,
    A counts the tokens of two prompts, and each server answers one request to warm up.

    With --versus the servers take turns, A B, B A, A B: drifts of the machine cancel in the ratios A/B, which are
    taken run by run. A ratio above 1 is good for A in throughput, and bad in times.

    A request fails by an HTTP error, an error frame, a stream without [DONE], a reply without text or the timeout. It
    is counted and its reason printed. The exit status is 1 only if a server does not answer before the measurement.
    """
    options = Options(**arguments)
    if options.versus and options.name_a == options.name_b:
        raise click.UsageError("The two servers need different names: see --name-a and --name-b.")
    if not options.concurrency:
        raise click.UsageError("--concurrency names no level.")
    # Into a file or a pipe, rich would write 80 columns.
    console = Console() if sys.stdout.isatty() else Console(width=100)
    about = describe_setting(options)
    console.print(
        f"{about['cpu']}, {about['cores']} cores, Python {about['python']}, {about['event_loop']}, "
        f"seed {options.seed}, {options.neighbours} neighbours",
        markup=False,
        highlight=False,
    )
    console.print(about["command"], markup=False, highlight=False, soft_wrap=True)
    with asyncio.Runner(loop_factory=new_event_loop) as loop:
        benchmark = Benchmark(options, loop=loop, console=console)
        try:
            benchmark.prepare()
        except NoAnswer as error:
            raise click.ClickException(str(error)) from error
        benchmark.measure(about=about)


if __name__ == "__main__":
    main()
