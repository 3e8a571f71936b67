"""`antiphon`: the command and its subcommands. Mistakes of configuration are one sentence, never a traceback."""

import errno
import sys

import click

import antiphon
from antiphon.cli.bench import bench
from antiphon.cli.keys import keys
from antiphon.cli.serve import serve
from antiphon.cli.store import store
from antiphon.errors import ConfigurationError, NoAnswer, StoreUnavailable

NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(antiphon.__version__, prog_name="antiphon")
def cli() -> None:
    """The whole of OpenAI's Chat Completions API on your own machine.

    Begin with `antiphon serve`, then point any OpenAI client at http://127.0.0.1:8000/v1.
    """


for command in (serve, keys, store, bench):
    cli.add_command(command)


def main() -> None:
    """The console script."""
    try:
        cli()
    except (ConfigurationError, NoAnswer, StoreUnavailable) as error:
        sys.exit(f"antiphon: {error}")
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        sys.exit(f"antiphon: Cannot write: {error.strerror}.")
