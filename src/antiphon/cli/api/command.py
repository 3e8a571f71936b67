"""Commands out of flags: `antiphon chat:completions create --message '{role: user, content: Hello}'`."""

import os
import stat
import sys
from collections.abc import Callable, Iterable
from typing import Any

import click

from antiphon.cli.api.body import BadValue, Given, build_body, read_body
from antiphon.cli.api.flags import Flag, load_flags
from antiphon.cli.api.output import FORMATS
from antiphon.cli.api.session import Session

GIVEN = "antiphon.given"
SHOWN = click.Choice(FORMATS)
SHOWN_ERRORS = click.Choice([form for form in FORMATS if form != "explore"])
GLOBAL = (
    click.Option(["--base-url"], metavar="URL", envvar="OPENAI_BASE_URL", show_envvar=True, help="Of the server."),
    click.Option(["--api-key"], metavar="KEY", envvar="OPENAI_API_KEY", show_envvar=True, help="For the server."),
    click.Option(["--organization"], metavar="ID", envvar="OPENAI_ORG_ID", show_envvar=True, help="Sent along."),
    click.Option(["--project"], metavar="ID", envvar="OPENAI_PROJECT_ID", show_envvar=True, help="Sent along."),
    click.Option(["--format"], type=SHOWN, default="auto", show_default=True, help="How answers are shown."),
    click.Option(
        ["--format-error"], type=SHOWN_ERRORS, default="auto", show_default=True, help="How errors are shown."
    ),
    click.Option(["--transform"], metavar="GJSON", help="Show only what is at this path of an answer."),
    click.Option(["--transform-error"], metavar="GJSON", help="The same of an error."),
    click.Option(["--raw-output", "-r"], is_flag=True, help="Show texts without quotes."),
    click.Option(["--debug"], is_flag=True, help="Show requests and responses on standard error, without keys."),
)


class FlagOption(click.Option):
    """Keeps the order in which flags are given: what is said of a list's item belongs to the one begun last."""

    def __init__(self, flag: Flag) -> None:
        switch: dict[str, Any] = {"is_flag": False, "flag_value": "true"} if flag.kind == "switch" else {}
        super().__init__([f"--{flag.name}", flag.name.replace(".", "__").replace("-", "_")], multiple=True,
                         metavar=METAVARS[flag.kind], help=flag.help, expose_value=False, **switch)  # fmt: skip
        self.flag = flag

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """As click says a parser may be extended."""
        super().add_to_parser(parser, ctx)
        option = parser._long_opt[f"--{self.flag.name}"]
        process = option.process

        def note(value: Any, state: Any) -> None:
            text = value if isinstance(value, str) else "true"
            ctx.meta.setdefault(GIVEN, []).append(Given(self.flag, text))
            process(value, state)

        option.process = note


MAX_ITEMS = click.Option(["--max-items"], type=click.IntRange(min=-1), help="Stop after so many; else all are shown.")
METAVARS = {"text": "TEXT", "text or value": "TEXT|YAML", "value": "YAML", "switch": "[true|false]", "list": "YAML"}
Work = Callable[[dict[str, Any], Session], None]
"""Takes what is to be sent, and what sends and shows it."""


def build_command(
    operation: str, work: Work, *, told: str, takes_body: bool = False, is_list: bool = False
) -> click.Command:
    """A command with the flags of an operation. told: what it does. takes_body: whether standard input may say what
    flags do not.
    """
    flags = list(load_flags(operation))
    by_id = next((flag for flag in flags if flag.name == ID), None)
    own: list[click.Parameter] = [FlagOption(flag) for flag in flags]
    own += [click.Argument(["id"], required=False)] if by_id else []
    own += [MAX_ITEMS] if is_list else []

    def call(**options: Any) -> None:
        given = list(click.get_current_context().meta.get(GIVEN, ()))
        named = options.pop("id", None)
        if by_id and named is not None:
            given.append(Given(by_id, named))
        # An update that says what it wants leaves standard input to the loop that it may be in.
        wants_input = takes_body and (operation == "create" or all(one.flag.name == ID for one in given))
        work(collect(given, takes_body=wants_input), Session(options))

    settings = {"max_content_width": 110, "help_option_names": ["-h", "--help"]}
    return click.Command(
        operation.rsplit(maxsplit=1)[-1], callback=call, params=[*own, *GLOBAL], help=told, context_settings=settings
    )


ID = "completion-id"


def collect(given: Iterable[Given], *, takes_body: bool) -> dict[str, Any]:
    """What is to be sent. Mistakes end the command as click's own do."""
    try:
        body = read_body(read_input()) if takes_body and has_input() else {}
    except ValueError as error:
        raise click.UsageError(f"Standard input: {error}.") from None
    try:
        return build_body(given, body)
    except BadValue as error:
        raise click.UsageError(f"--{error.given.flag.name}: {error}.") from None


def has_input() -> bool:
    """Whether something is piped in: a terminal, or nothing at all, has no request."""
    try:
        kind = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):  # it may be closed, or not there at all
        return False
    return stat.S_ISFIFO(kind) or stat.S_ISREG(kind) or stat.S_ISSOCK(kind)


def read_input() -> str:
    """All of it. Raises `ValueError` for what is no text."""
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise ValueError("not a text in UTF-8") from None
