"""Whom completions ask for what is not text, for the tests of this room: the real ones, beside an empty store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from antiphon.completion.senses import Senses
from antiphon.media.fetch.fetcher import Fetcher
from antiphon.media.fetch.policy import Policy
from antiphon.media.studio.studio import Studio
from antiphon.store.files.record import Limits
from antiphon.store.place import parse_url
from antiphon.store.store import open_store


@asynccontextmanager
async def open_senses() -> AsyncIterator[Senses]:
    """They start no process before they need one."""
    with TemporaryDirectory() as folder:
        async with open_store(parse_url(None, folder=Path(folder)), limits=Limits(10**9, 10**9)) as store:
            senses = Senses(Studio(), Fetcher(Policy()), store.files, store.recordings)
            try:
                yield senses
            finally:
                await senses.close()
