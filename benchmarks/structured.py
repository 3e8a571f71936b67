"""Benchmark of structured output on one server, or two in turn: `python benchmarks/structured.py --help`.

Here is only the command line. The comparison itself is in constrained/benchmark.py, that of `--tools` in
constrained/first_token.py.
"""

import asyncio
import platform
import random
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import click
from rich.console import Console

from antiphon.bench.machine import describe_cpu
from antiphon.cores import usable_cores
from antiphon.engine.llama.source import BUNDLED, resolve
from antiphon.errors import ConfigurationError, NoAnswer
from constrained.benchmark import Benchmark, open_progress, prepare_server
from constrained.first_token import NUM_REQUESTS, FirstToken, build_table, render_remarks
from constrained.judge import Judge
from constrained.options import Options, PlainChoice
from constrained.schemas import RECORDS
from options import parse_file, parse_numbers, parse_url
from serve import new_event_loop


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


def measure_tools(options: Options, *, loop: asyncio.Runner, console: Console) -> None:
    """Time to first token with many tools, of server A."""
    server = loop.run(prepare_server(options.servers[0], options.timeout_s))
    with open_progress(console) as progress:
        task = progress.add_task(f"{options.num_tools} tools", total=options.runs * NUM_REQUESTS)
        runs = loop.run(FirstToken(options, server).measure(on_answer=lambda: progress.advance(task)))
    console.print(build_table(runs, num_tools=options.num_tools))
    for remark in render_remarks(runs):
        console.print(remark, style="dim", markup=False, highlight=False, soft_wrap=True)


COUNT = click.IntRange(min=1)


@click.command(context_settings={"show_default": True, "max_content_width": 110})
@click.option("--base-url", required=True, callback=parse_url, help="Server A, with /v1.")
@click.option("--versus", callback=parse_url, help="Server B, with /v1: measured in turn with A, and compared.")
@click.option("--name-a", default="antiphon", help="What to call A.")
@click.option("--name-b", default="llama-server", help="What to call B.")
@click.option("--model", default="", help="Model of A.  [default: the first it lists]", show_default=False)
@click.option("--model-b", default="", help="Model of B.  [default: the first it lists]", show_default=False)
@click.option("--api-key", help="Sent to both servers; shown nowhere.")
@click.option("--concurrency", default="1,8", callback=parse_numbers, help="How many streams at once, level by level.")
@click.option(
    "--requests-per-stream", type=COUNT, default=len(RECORDS), help="Records each stream asks for, one after another."
)
@click.option("--runs", type=COUNT, default=5, help="Rounds for each server and level.")
@click.option("--stream/--no-stream", default=True, help="Whether answers are streamed or come whole.")
@click.option("--temperature", type=float, default=0.0, help="0 takes the likeliest token; above it seeds are sent.")
@click.option("--max-tokens", type=COUNT, default=512, help="Where an answer is cut. Long ones are not a benefit.")
@click.option("--fresh-schemas", is_flag=True, help="Every request has a schema that no server has seen.")
@click.option("--vocabulary", default=BUNDLED, help="Model file whose tokens measure both, as --model of the server.")
@click.option("--tools", is_flag=True, help="Measure the first token of required calls instead, of A alone.")
@click.option("--num-tools", type=COUNT, default=128, help="How many tools, with --tools.")
@click.option("--tools-bytes", type=COUNT, default=100_000, help="Their length as JSON, about, with --tools.")
@click.option(
    "--plain-choice",
    type=click.Choice(get_args(PlainChoice)),
    default="none",
    help="tool_choice of the request that is subtracted; 'one' allows one of the tools, as allowed_tools.",
)
@click.option("--timeout", "timeout_s", type=float, default=600.0, help="Seconds after which a request has failed.")
@click.option(
    "--seed",
    type=COUNT,
    default=lambda: random.randrange(1, 1_000_000),
    show_default="by chance",
    help="Seed of prompts and tools. Using one again finds them in the caches of a server still running.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=parse_file,
    help="Write every answer here, after each level; not with --tools.",
)
def main(**arguments: Any) -> None:
    """Have records written that must fit a JSON schema, and report tokens and valid objects per second.

    At each level of concurrency that many streams are kept running; each asks for one record after another, eight kinds
    in turn, with `response_format` of type `json_schema`. No two prompts begin alike. Before the measurement each
    server writes every kind once, which also shows it the schemas; --fresh-schemas takes that away again.

    Servers tokenise and indent their JSON differently, so there are three rates. Tokens by the server's own count say
    how fast it computes, and reward indenting. For tokens by one measure, each answer that ended is parsed, written
    again on one line and tokenised by the vocabulary of --vocabulary. Valid objects need no tokens at all, but reward
    short answers. Time spent on answers that were cut, are not valid or failed counts in all three.

    With --versus the servers take turns, A B, B A, A B: drifts of the machine cancel in the ratios A/B, which are taken
    run by run. A ratio above 1 is good for A in rates, and bad in times.

    With --tools, A is asked for the first token of a call, with tools it has never seen. What the prompt costs is
    subtracted by asking again without a call being required: constrained/first_token.py tells how.

    The exit status is 1 only if a server does not answer before the measurement, or at all with --tools.
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
        f"{about['cpu']}, {about['cores']} cores, Python {about['python']}, {about['event_loop']}, seed {options.seed}",
        markup=False,
        highlight=False,
    )
    console.print(about["command"], markup=False, highlight=False, soft_wrap=True)
    with asyncio.Runner(loop_factory=new_event_loop) as loop:
        try:
            if options.tools:
                measure_tools(options, loop=loop, console=console)
                return
            judge = Judge(resolve(options.vocabulary))
            benchmark = Benchmark(options, judge=judge, loop=loop, console=console)
            benchmark.prepare()
        except (NoAnswer, ConfigurationError) as error:
            raise click.ClickException(str(error)) from error
        benchmark.measure(about=about)


if __name__ == "__main__":
    main()
