"""`antiphon bench`: a user's own numbers in about a minute, of a server started here or of one that runs."""

import asyncio
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
from rich.console import Console

from antiphon.cli.serve import serve
from antiphon.settings import load_settings

if TYPE_CHECKING:
    from antiphon.bench.client import Server
    from antiphon.bench.figures import Measured

OURS = ("host", "port", "api_key")
"""Flags of the server that the benchmark sets itself."""
SUFFIXES = (".html", ".json")
INTERRUPTED = 130


def check_url(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """An address with a scheme, without the last slash."""
    try:
        parts = urlsplit(value or "http://none")
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise click.BadParameter(f"'{value}' is no address like http://127.0.0.1:8000/v1")
    return value and value.rstrip("/")


def check_key(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """What a header can carry."""
    if value is not None and not (value.isascii() and value.isprintable()):
        raise click.BadParameter("a key has only characters that a header can carry")
    return value


def check_files(_context: click.Context, _parameter: click.Parameter, values: tuple[Path, ...]) -> tuple[Path, ...]:
    """Files whose form is known, in folders that exist: better learned now than after a minute."""
    for path in values:
        if path.suffix not in SUFFIXES:
            raise click.BadParameter(f"'{path}' ends neither in .html nor in .json")
        if not path.parent.is_dir():
            raise click.BadParameter(f"there is no folder '{path.parent}'")
    return values


def check_flags(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Flags that `antiphon serve` knows. Raises `ConfigurationError` when their values are wrong."""
    given = serve.make_context("antiphon serve", [*values]).params
    flags = {name: value for name, value in given.items() if value not in (None, ())}
    if own := next((name for name in OURS if name in flags), None):
        raise click.BadParameter(f"the benchmark chooses --{own.replace('_', '-')} itself")
    load_settings(flags)
    return values


@click.command(context_settings={"max_content_width": 110})
@click.option("--base-url", callback=check_url, help="Measure this OpenAI-compatible server, with /v1, instead.")
@click.option("--api-key", callback=check_key, metavar="KEY", help="Sent to the server of --base-url; shown nowhere.")
@click.option("--model", default="", metavar="NAME", help="Model to ask.  [default: the first that the server lists]")
@click.option(
    "--output",
    "outputs",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    default=("antiphon-bench.html",),
    show_default=True,
    callback=check_files,
    help="Write the report here, repeatable: .html has tables and plots, .json the numbers.",
)
@click.option(
    "--seconds", type=click.FloatRange(min=1), default=60.0, show_default=True, help="How long to measure, about."
)
@click.argument("serve_flags", metavar="[-- FLAGS OF SERVE]", nargs=-1, callback=check_flags)
def bench(
    *,
    base_url: str | None,
    api_key: str | None,
    model: str,
    outputs: tuple[Path, ...],
    seconds: float,
    serve_flags: tuple[str, ...],
) -> None:
    """Measure what a model does on this machine, in about a minute.

    Starts `antiphon serve` on a free port, with the flags behind `--`, and stops it afterwards. Measured are output
    tokens per second by the number of streams, the time to the first token by the length of the prompt, what the
    cache gains for a prompt seen before, and what a right prediction gains. The numbers come as a table, and as a page
    with plots.

    \b
        antiphon bench
        antiphon bench -- --model qwen=Qwen/Qwen3-0.6B-GGUF:Qwen3-0.6B-Q8_0.gguf --parallel 16
        antiphon bench --base-url http://127.0.0.1:8080/v1 --output report.json
    """
    if base_url and serve_flags:
        raise click.UsageError("Flags behind -- are for a server that is started here; leave out --base-url.")
    if api_key and not base_url:
        raise click.UsageError("--api-key is for the server of --base-url; the one that is started here has its own.")
    # Whoever ends us ends the server, too. As Ctrl-C, for which asyncio has its own handler while it runs.
    signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))
    try:
        server, measured = (
            measure_there(base_url, api_key, model, seconds) if base_url else measure_here(serve_flags, model, seconds)
        )
    except KeyboardInterrupt:
        click.echo("Stopped; nothing is written.", err=True)
        sys.exit(INTERRUPTED)
    tell(server, measured, outputs=outputs, hidden=api_key)


def measure_here(flags: tuple[str, ...], model: str, seconds: float) -> "tuple[Server, Measured]":
    """A server of our own, which is stopped afterwards. Raises `ConfigurationError`, `NoAnswer`."""
    from antiphon.bench.server import serve_here  # noqa: PLC0415 (httpx takes a quarter of a second)

    with serve_here(flags, model=model) as own:
        with Console(stderr=True).status("starting antiphon serve"):
            own.wait_until_ready()
        measured = measure(own.server, seconds)
        own.check()
        return measured


def measure_there(base_url: str, api_key: str | None, model: str, seconds: float) -> "tuple[Server, Measured]":
    """A server that runs. Raises `NoAnswer`."""
    from antiphon.bench.client import Server  # noqa: PLC0415 (as above)

    return measure(Server("The server", base_url, model=model, api_key=api_key), seconds)


def measure(server: "Server", seconds: float) -> "tuple[Server, Measured]":
    """With progress on standard error. Raises `NoAnswer`."""
    from antiphon.bench.run import measure_server  # noqa: PLC0415 (as above)
    from antiphon.bench.terminal import open_bars  # noqa: PLC0415

    with open_bars() as show:
        return asyncio.run(measure_server(server, seconds=seconds, show=show))


def tell(server: "Server", measured: "Measured", *, outputs: tuple[Path, ...], hidden: str | None) -> None:
    """Print the report, and write it where it is wanted."""
    from antiphon.bench.page import render_page  # noqa: PLC0415 (as above)
    from antiphon.bench.report import Report, describe_setting, render_json  # noqa: PLC0415
    from antiphon.bench.terminal import print_report  # noqa: PLC0415

    report = Report(
        describe_setting(command=render_command(hidden), server=server.base_url, model=server.model), measured
    )
    print_report(report)
    for path in outputs:
        write(path, render_json(report) if path.suffix == ".json" else render_page(report))


def write(path: Path, text: str) -> None:
    """Put it there and say so. Raises `ClickException`."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"Cannot write '{path}': {error.strerror}.") from None
    click.echo(f"Written: {path}", err=True)


def render_command(hidden: str | None) -> str:
    """As it was given, without the key."""
    arguments = [argument.replace(hidden, "***") if hidden else argument for argument in sys.argv[1:]]
    return shlex.join(["antiphon", *arguments])
