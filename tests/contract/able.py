"""A server whose engine plays scripts and says that it can do everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

from antiphon.capability import Capability
from antiphon.engine.pool import Pool
from antiphon.engine.scripted import ScriptedEngine
from tests.contract.live import serve


class AbleEngine(ScriptedEngine):
    """Nothing is refused, so that whatever is good is answered."""

    capabilities: frozenset[Capability] = frozenset(get_args(Capability))


@contextmanager
def serve_able(**settings: Any) -> Iterator[str]:
    """The base URL of such a server, which answers for any model's name."""
    with serve(Pool({"smollm2": AbleEngine()}, {"*": "smollm2"}), **settings) as url:
        yield url
