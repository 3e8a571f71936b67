"""`antiphon`: the command and its subcommands. Mistakes of configuration are one sentence, never a traceback."""

import sys

import click

import antiphon
from antiphon.cli.serve import serve
from antiphon.errors import ConfigurationError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(antiphon.__version__, prog_name="antiphon")
def cli() -> None:
    """The whole of OpenAI's Chat Completions API on your own machine.

    Begin with `antiphon serve`, then point any OpenAI client at http://127.0.0.1:8000/v1.
    """


cli.add_command(serve)


def main() -> None:
    """The console script."""
    try:
        cli()
    except ConfigurationError as error:
        sys.exit(f"antiphon: {error}")
