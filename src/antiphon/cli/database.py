"""What commands share that work on the database: how it is named, and how it is opened."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import click

from antiphon.cli.options import build_option
from antiphon.settings import Settings, load_settings
from antiphon.store.place import parse_url
from antiphon.store.store import Store, open_store

Result = TypeVar("Result")
NAMES = ("data_dir", "database_url")


def database_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags that say which database; without them it is the one that `antiphon serve` would take."""
    for name in reversed(NAMES):
        option = build_option(name, Settings.model_fields[name])
        command = click.option(*option.opts, help=option.help)(command)
    return command


def with_store(flags: dict[str, Any], work: Callable[[Store], Awaitable[Result]]) -> Result:
    """What `work` does with the store. Raises `ConfigurationError` when it cannot be opened."""
    settings = load_settings({name: flags[name] for name in NAMES if flags[name] is not None})

    async def run() -> Result:
        async with open_store(parse_url(settings.database_url, folder=settings.data_dir)) as store:
            return await work(store)

    return asyncio.run(run())
