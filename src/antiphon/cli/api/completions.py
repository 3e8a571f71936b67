"""`antiphon chat:completions` and `antiphon chat:completions:messages`: one command for each operation."""

from collections.abc import Callable
from typing import Any

import click

from antiphon.cli.api.command import Work, build_command
from antiphon.cli.api.session import Session
from antiphon.client.call import Call, Page, page_of
from antiphon.client.operations import COMPLETIONS, flatten, path_of
from antiphon.client.records import Record
from antiphon.client.responses import ChatCompletion, Chunk, CompletionDeleted, StoredMessage

Body = dict[str, Any]


def create(body: Body, session: Session) -> None:
    """Whole, or piece by piece where the request says so."""
    if body.get("stream") is True:
        session.stream(Call(method="POST", path=COMPLETIONS, read=Chunk.parse, body=body))
    else:
        session.run(Call(method="POST", path=COMPLETIONS, read=ChatCompletion.parse, body=body))


def retrieve(body: Body) -> Call[Record]:
    """A stored completion."""
    path, _ = locate(body)
    return Call(method="GET", path=path, read=ChatCompletion.parse)


def update(body: Body) -> Call[Record]:
    """Its metadata."""
    path, rest = locate(body)
    return Call(method="POST", path=path, read=ChatCompletion.parse, body=rest)


def delete(body: Body) -> Call[Record]:
    """That it is gone."""
    path, _ = locate(body)
    return Call(method="DELETE", path=path, read=CompletionDeleted.parse)


def list_completions(body: Body) -> Call[Page[ChatCompletion]]:
    """Those that are stored."""
    return Call(method="GET", path=COMPLETIONS, read=page_of(ChatCompletion), query=flatten(body))


def list_messages(body: Body) -> Call[Page[StoredMessage]]:
    """Those that a stored completion answered."""
    path, rest = locate(body)
    return Call(method="GET", path=f"{path}/messages", read=page_of(StoredMessage), query=flatten(rest))


def locate(body: Body) -> tuple[str, Body]:
    """The path of the completion that is meant, and all else that is said."""
    completion_id = body.get("completion_id")
    if not completion_id:
        raise click.UsageError("Say which completion: --completion-id ID, or the ID alone.")
    return path_of(str(completion_id)), {name: value for name, value in body.items() if name != "completion_id"}


def single(build: Callable[[Body], Call[Record]]) -> Work:
    """How one answer is had."""
    return lambda body, session: session.run(build(body))


def listing(build: Callable[[Body], Call[Page[Any]]]) -> Work:
    """How a list is had."""
    return lambda body, session: session.walk(build(body))


@click.group()
def completions() -> None:
    """Completions: create them, and what is done with those that are stored.

    Values are YAML or JSON; `@file` in one stands for what is in the file. A whole request may come on standard input.
    """


@click.group()
def messages() -> None:
    """The messages that stored completions answered."""


for command in (
    build_command("create", create, told="Have a conversation answered.", takes_body=True),
    build_command("list", listing(list_completions), told="List stored completions, page after page.", is_list=True),
    build_command("retrieve", single(retrieve), told="Get a stored completion."),
    build_command("update", single(update), told="Give a stored completion other metadata.", takes_body=True),
    build_command("delete", single(delete), told="Delete a stored completion."),
):
    completions.add_command(command)
messages.add_command(
    build_command("messages list", listing(list_messages), told="List them, page after page.", is_list=True), "list"
)
