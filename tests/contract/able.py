"""A server whose engine plays scripts and says that it can do everything."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from antiphon.capability import Capability
from antiphon.engine.pool import Pool
from antiphon.engine.scripted import ScriptedEngine
from antiphon.media.speech.voices import EMBEDDED
from antiphon.store.place import parse_url
from antiphon.store.store import open_store
from tests.contract.live import serve
from tests.unit.schema.request.cases.rich import RICH_RECORDING, RICH_VOICE


class AbleEngine(ScriptedEngine):
    """Nothing is refused, so that whatever is good is answered."""

    capabilities: frozenset[Capability] = frozenset(get_args(Capability))


@contextmanager
def serve_able(**settings: Any) -> Iterator[str]:
    """The base URL of such a server, which answers for any model's name, and has the voice and the recording of rich
    requests.
    """
    with TemporaryDirectory() as folder:
        asyncio.run(remember(Path(folder)))
        given = {"data_dir": folder, "voice": {RICH_VOICE: EMBEDDED}, **settings}
        with serve(Pool({"smollm2": AbleEngine()}, {"*": "smollm2"}), **given) as url:
            yield url


async def remember(folder: Path) -> None:
    """That something was said."""
    async with open_store(parse_url(None, folder=folder)) as store:
        await store.recordings.add("default", RICH_RECORDING, "I look.")
