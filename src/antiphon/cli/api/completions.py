"""`antiphon chat:completions` and `antiphon chat:completions:messages`: one command for each operation."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

import click
import httpx

from antiphon.cli.api.command import build_command
from antiphon.cli.api.exits import exits
from antiphon.cli.api.output import Output
from antiphon.cli.api.transform import build_transform
from antiphon.client import Client
from antiphon.client.records import Record

CONNECTION = ("base_url", "api_key", "organization", "project")


class Session:
    """What all operations need: a client, and where answers and errors go."""

    def __init__(self, options: dict[str, Any]) -> None:
        try:
            transforms = [build_transform(options[name]) for name in ("transform", "transform_error")]
        except ValueError as error:
            raise click.UsageError(f"--transform: {error}.") from None
        bare = options["raw_output"]
        self.output = Output(options["format"], transform=transforms[0], bare=bare)
        self.errors = Output(
            options["format_error"], transform=transforms[1], bare=bare, file=click.get_text_stream("stderr")
        )
        self.client = Client(**{name: options[name] for name in CONNECTION}, http=open_http(debug=options["debug"]))

    def show(self, records: Iterable[Record]) -> None:
        """Each as it comes."""
        for record in records:
            self.output.show(record.to_dict(), record.raw_json)


def open_http(*, debug: bool) -> httpx.Client:
    """The connections of the client."""
    if not debug:
        return httpx.Client(follow_redirects=True)
    from antiphon.cli.api.debug import HOOKS  # noqa: PLC0415

    return httpx.Client(follow_redirects=True, event_hooks=HOOKS)


def create(body: dict[str, Any], options: dict[str, Any]) -> None:
    """Whole, or piece by piece where the request says so."""
    session = Session(options)
    with exits(session.errors), session.client as client:
        if body.get("stream"):
            asked = {**body, "stream_options": body.get("stream_options")}
            wanted = {name: value for name, value in asked.items() if name != "stream" and value is not None}
            with client.chat.completions.stream(**wanted) as stream:
                session.show(stream.chunks())
        else:
            session.show([client.chat.completions.create(**{name: body[name] for name in body if name != "stream"})])


def listing(fetch: Any) -> Any:
    """How a list is carried out. fetch: from a client and the parameters to the pages."""

    def work(body: dict[str, Any], options: dict[str, Any]) -> None:
        most = options.pop("max_items", None)
        session = Session(options)
        with exits(session.errors), session.client as client:
            session.show(islice(fetch(client, body), None if most in (None, -1) else most))

    return work


def single(fetch: Any) -> Any:
    """How one answer is had. fetch: from a client and the parameters to the answer."""

    def work(body: dict[str, Any], options: dict[str, Any]) -> None:
        if not body.get("completion_id"):
            raise click.UsageError("Say which: --completion-id ID, or the ID alone.")
        session = Session(options)
        with exits(session.errors), session.client as client:
            session.show([fetch(client, body)])

    return work


def list_messages(client: Client, body: dict[str, Any]) -> Iterable[Record]:
    """Of one completion."""
    if not body.get("completion_id"):
        raise click.UsageError("Say which: --completion-id ID, or the ID alone.")
    return client.chat.completions.messages.list(**body)


@click.group()
def completions() -> None:
    """Completions: create them, and what is done with those that are stored.

    Values are YAML or JSON; `@file` in one stands for what is in the file. A whole request may come on standard input.
    """


@click.group()
def messages() -> None:
    """The messages that stored completions answered."""


COMMANDS = (
    build_command("create", create, help="Have a conversation answered.", takes_body=True),
    build_command(
        "list", listing(lambda client, body: client.chat.completions.list(**body)), help="List stored completions.",
        limits=True,
    ),
    build_command(
        "retrieve", single(lambda client, body: client.chat.completions.retrieve(**body)),
        help="Get a stored completion.",
    ),
    build_command(
        "update", single(lambda client, body: client.chat.completions.update(**{"metadata": None, **body})),
        help="Give a stored completion other metadata.", takes_body=True,
    ),
    build_command(
        "delete", single(lambda client, body: client.chat.completions.delete(**body)),
        help="Delete a stored completion.",
    ),
)  # fmt: skip
for command in COMMANDS:
    completions.add_command(command)
messages.add_command(build_command("messages list", listing(list_messages), help="List them.", limits=True), "list")
