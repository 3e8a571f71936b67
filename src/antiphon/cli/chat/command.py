"""`antiphon chat`: options, the server, then a conversation, or one answer where it is piped."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from antiphon.cli.api.exits import HINT, INTERRUPTED
from antiphon.cli.chat.refused import Refused
from antiphon.cli.chat.sampling import Value, parse_name, parse_value
from antiphon.cli.chat.session import Session
from antiphon.client import Client, ClientError, ConnectionFailed, ServerError


def parse_setting(_context: click.Context, option: click.Parameter, text: str | None) -> Value | None:
    """As `/set` takes it."""
    try:
        return None if text is None else parse_value(parse_name(option.name or ""), text)
    except Refused as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument("model", required=False)
@click.option("--system", metavar="TEXT", help="Instructions for the model.")
@click.option("--temperature", metavar="NUMBER", callback=parse_setting, help="How freely it chooses its words.")
@click.option("--max-tokens", metavar="NUMBER", callback=parse_setting, help="The most that an answer may have.")
@click.option("--seed", metavar="NUMBER", callback=parse_setting, help="The same seed gives the same answers.")
@click.option("--load", metavar="FILE", help="Go on with a conversation that /save wrote.")
@click.option("--no-markdown", is_flag=True, help="Show answers as they were written.")
@click.option("--base-url", metavar="URL", envvar="OPENAI_BASE_URL", show_envvar=True, help="Of the server.")
@click.option("--api-key", metavar="KEY", envvar="OPENAI_API_KEY", show_envvar=True, help="For the server.")
def chat(model: str | None, base_url: str | None, api_key: str | None, **options: Any) -> None:
    """Talk to MODEL, by default the first that the server has.

    Where something is piped in, it is answered once, in plain text: echo "Say hello." | antiphon chat
    """
    with exits(), Client(base_url=base_url, api_key=api_key) as client:
        session = build_session(client, model, **options)
        if sys.stdin.isatty() and sys.stdout.isatty():
            converse(client, session, is_plain=options["no_markdown"])
        else:
            answer(client, session)


def build_session(
    client: Client,
    model: str | None,
    *,
    system: str | None,
    load: str | None,
    **options: Any,
) -> Session:
    """What options say wins over what a loaded file says."""
    from antiphon.cli.chat.commands import load as restore  # noqa: PLC0415 (whoever asks for help waits for nothing)

    session = Session(model or "", list_models=lambda: list_models(client))
    if load:
        restore(session, load)
    if system is not None:
        session.conversation = session.conversation.with_system(system)
    session.change({parse_name(name): options[name] for name in SETTINGS if options[name] is not None})
    session.model = model or session.model
    return session


SETTINGS = ("temperature", "max_tokens", "seed")


def converse(client: Client, session: Session, *, is_plain: bool) -> None:
    """With a person."""
    from rich.console import Console  # noqa: PLC0415 (only for people)

    from antiphon.cli.chat.keys import keys_wait, while_answering  # noqa: PLC0415
    from antiphon.cli.chat.loop import Loop  # noqa: PLC0415
    from antiphon.cli.chat.prompt import Prompt, history_path, open_history  # noqa: PLC0415
    from antiphon.cli.chat.view.screen import Screen  # noqa: PLC0415

    models = find_models(client, session)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal may know fewer characters than a model
    screen = Screen(Console(), is_plain=is_plain)
    screen.note(f"{session.model} at {client.base_url}. /help lists the commands, Ctrl-D leaves.")
    prompt = Prompt(open_history(history_path()), lambda: models)
    with keys_wait():
        Loop(client, session, prompt=prompt, screen=screen, guard=while_answering).run()


def answer(client: Client, session: Session) -> None:
    """For a program."""
    from antiphon.cli.chat.once import answer_once, read_question  # noqa: PLC0415

    session.ask(read_question())
    if not session.model:
        find_models(client, session)
    answer_once(client, session, sys.stdout)


def find_models(client: Client, session: Session) -> list[str]:
    """What the server has; the first is taken where none is chosen. Raises `Refused`, and what the client raises."""
    try:
        models = list_models(client)
    except ServerError:
        if not session.model:
            raise
        return []  # not every server has this list
    if not session.model and not models:
        raise Refused("The server has no models; name one: `antiphon chat MODEL`.")
    session.model = session.model or models[0]
    return models


def list_models(client: Client) -> list[str]:
    """Their names, or at once why not: somebody waits."""
    return [str(model.to_dict().get("id")) for model in client.models.with_options(max_retries=0).list()]


@contextmanager
def exits() -> Iterator[None]:
    """Turns what ends the command into one sentence and a status."""
    try:
        yield
    except ConnectionFailed as error:
        sys.exit(f"antiphon: {error} {HINT}")
    except (ClientError, Refused) as error:
        sys.exit(f"antiphon: {error}")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # whoever reads has seen enough
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
