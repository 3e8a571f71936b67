"""`antiphon`: the command and its subcommands. Mistakes of configuration are one sentence, never a traceback."""

import errno
import os
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

import click

import antiphon
from antiphon.errors import AntiphonError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMPLETING = "_ANTIPHON_COMPLETE"
"""Is set where a shell asks for completions."""
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
COMMANDS = {
    "serve": ("antiphon.cli.serve:serve", "Start the server."),
    "chat": ("antiphon.cli.chat.command:chat", "Talk to a model in the terminal."),
    "chat:completions": ("antiphon.cli.api.completions:completions", "Create completions, and manage stored ones."),
    "chat:completions:messages": ("antiphon.cli.api.completions:messages", "The messages of stored completions."),
    "keys": ("antiphon.cli.keys:keys", "API keys and their projects."),
    "store": ("antiphon.cli.store:store", "Stored completions: count, export and import them."),
    "completion": ("antiphon.cli.completion:completion", "Completion of commands and flags for your shell."),
    "models": ("antiphon.cli.models:models", "Models to choose from, fetched and removed."),
    "bench": ("antiphon.cli.bench:bench", "Measure a server: a table and a plot in a minute."),
}
"""Where each is, and what it does: nothing of it is imported before it is needed."""


class LazyGroup(click.Group):
    """Knows its commands by name, and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The nearest is named where there is none."""
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            near = get_close_matches(args[0], COMMANDS, n=1)
            told = f" Did you mean '{near[0]}'?" if near else " `antiphon --help` lists them."
            ctx.fail(f"No such command '{args[0]}'.{told}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """From the table."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 (only where a shell asks)

        found = [CompletionItem(name, help=told) for name, (_, told) in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(antiphon.__version__, prog_name="antiphon")
def cli() -> None:
    """The whole of OpenAI's Chat Completions API on your own machine.

    Begin with `antiphon serve`, then point any OpenAI client at http://127.0.0.1:8000/v1.
    """


def main() -> None:
    """The console script."""
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # its command line takes as long as all ours
    if COMPLETING in os.environ:
        import_module("antiphon.cli.completion").register()
    try:
        cli()
    except AntiphonError as error:
        sys.exit(f"antiphon: {error}")
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        sys.exit(f"antiphon: Cannot write: {error.strerror}.")
