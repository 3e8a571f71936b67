"""`antiphon keys`: makes, lists and revokes keys in the database. A running server knows of it within a second."""

import sys
from datetime import UTC, datetime
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from antiphon.cli.database import database_options, with_store
from antiphon.store.keys import SCOPES, Key, Scope
from antiphon.store.store import Store
from antiphon.values import PROJECT

WIDEST = 1000
"""Columns where nobody looks on, who could not widen a window."""
USUAL: tuple[Scope, ...] = ("chat", "stored:read", "stored:write")


@click.group()
def keys() -> None:
    """Keys that clients send, each of a project.

    A project's keys see its stored completions and no others. Once there is a key, the server asks for one.
    """


def check_project(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """A name that a project can have."""
    if value is not None and not PROJECT.fullmatch(value):
        raise click.BadParameter("a project's name has letters, digits, '.', '_' and '-', at most 64")
    return value


def check_text(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """What the command line has may be bytes that are no text."""
    if value is not None and not is_text(value):
        raise click.BadParameter("expected text in UTF-8")
    return value


def is_text(value: str) -> bool:
    """Whether it could be written down."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


@keys.command()
@click.option("--project", default="default", show_default=True, callback=check_project, help="Whose key it is.")
@click.option("--name", default="", callback=check_text, help="What people know it by.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=USUAL,
    show_default=True,
    help="What it is for, repeatable. chat: completions, stored ones too, and models. stored:read: list and retrieve "
    "stored completions and files. stored:write: update and delete them, upload files. admin: everything.",
)
@database_options
def create(project: str, name: str, scopes: tuple[Scope, ...], **flags: Any) -> None:
    """Make a key and print it. This is the only time: what is kept is its hash."""

    async def work(store: Store) -> tuple[Key, str]:
        return await store.keys.create(project, name=name, scopes=scopes)

    key, text = with_store(flags, work)
    click.echo(
        f"{key.id} of project '{key.project}', for {', '.join(sorted(key.scopes))}. Keep it; nobody can tell it again:",
        err=True,
    )
    click.echo(text)


@keys.command("list")
@database_options
def list_keys(**flags: Any) -> None:
    """List all keys, the revoked ones too."""

    async def work(store: Store) -> list[Key]:
        return await store.keys.all()

    table = Table(
        Column("id", no_wrap=True), "project", "name", "ends in", "scopes", "created", "revoked", box=box.SIMPLE_HEAD
    )
    for key in with_store(flags, work):
        scopes, times = " ".join(sorted(key.scopes)), (render_time(key.created), render_time(key.revoked))
        table.add_row(*map(Text, (key.id, key.project, key.name, f"…{key.hint}", scopes, *times)))
    Console(width=None if sys.stdout.isatty() else WIDEST).print(table)


@keys.command()
@click.argument("key_id", metavar="ID")
@database_options
def revoke(key_id: str, **flags: Any) -> None:
    """Revoke the key with this ID (see `antiphon keys list`). It stays in the list, and so the server stays closed."""

    async def work(store: Store) -> bool:
        return await store.keys.revoke(key_id)

    if not with_store(flags, work):
        raise click.ClickException(f"There is no key '{key_id}' that could be revoked; see: antiphon keys list")
    click.echo(f"{key_id} is revoked.", err=True)


def render_time(seconds: int | None) -> str:
    """Unix seconds for people."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
