"""Who asks, and what they may. Keys are those of the settings and those in the store; without any, everybody may all.

Keys in the store are read again when they have been known for a second, so a revoked one counts no longer than that.
While the store cannot be read, those known last count.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable

from fastapi import Request
from msgspec import Struct

from antiphon.errors import InvalidApiKey, MissingScope, StoreUnavailable
from antiphon.store.keys import SCOPES, Keys, Scope, digest
from antiphon.values import parse_key

log = logging.getLogger(__name__)

CALLER = "antiphon.caller"
"""Where in a request's scope it stands who asks."""
DEFAULT_PROJECT = "default"
FRESH_S = 1.0
EARLY_S = 0.5
PATIENCE_S = 1.0


class Caller(Struct, frozen=True):
    """Who asks. project: whose stored completions these are. tenant: who shares computed prefixes with whom."""

    project: str
    tenant: str
    scopes: frozenset[Scope]

    def check(self, scope: Scope) -> None:
        """Raises `MissingScope` when the caller may not do this."""
        if scope not in self.scopes and "admin" not in self.scopes:
            raise MissingScope(scope)


ANYBODY = Caller(DEFAULT_PROJECT, "", frozenset(SCOPES))


class Keyring:
    """given: keys of the settings, each perhaps with a project. keys: those in the store."""

    def __init__(self, given: Iterable[str], keys: Keys) -> None:
        self.keys = keys
        self.given = {digest(key): build_caller(key, project) for key, project in map(parse_key, given)}
        self.kept: dict[bytes, Caller] = {}
        self.asks = bool(self.given)
        self.fresh_until = 0.0
        self.loading: asyncio.Task[None] | None = None

    async def refresh(self) -> None:
        """Learn of new and revoked keys, if it has been a while. They are read before they must be, so that busy
        servers' requests do not wait; where the store takes its time, one in a while does, within bounds.
        """
        left_s = self.fresh_until - time.monotonic()
        if left_s > FRESH_S - EARLY_S:
            return
        if self.loading is None or self.loading.done():
            self.loading = asyncio.create_task(self._load_again())
        if left_s > 0:
            return
        done, _ = await asyncio.wait((self.loading,), timeout=PATIENCE_S)
        if not done:
            self.fresh_until = time.monotonic() + FRESH_S

    async def _load_again(self) -> None:
        try:
            await self.load()
        except StoreUnavailable as error:
            log.warning("keys are as they were last known: %s", error.reason)
            self.fresh_until = time.monotonic() + FRESH_S

    async def load(self) -> None:
        """Read the keys in the store, before anybody is let in. Raises `StoreUnavailable`."""
        known = await self.keys.all()
        self.asks = self.asks or bool(known)  # a revoked key counts here, and nothing opens what was closed
        self.kept = {
            bytes.fromhex(key.digest): Caller(key.project, key.digest, key.scopes)
            for key in known
            if key.revoked is None
        }
        self.fresh_until = time.monotonic() + FRESH_S

    def find(self, authorization: str) -> Caller:
        """Whose key this is. Raises `InvalidApiKey`."""
        if not self.asks:
            return ANYBODY
        scheme, _, key = authorization.partition(" ")
        # Looked up by hash: how long that takes tells of the hash, and nobody can choose a key by its hash.
        name = digest(key.strip()) if scheme.lower() == "bearer" else b""
        caller = self.given.get(name) or self.kept.get(name)
        if caller is None:
            raise InvalidApiKey(given=bool(authorization))
        return caller


def build_caller(key: str, project: str | None) -> Caller:
    """Who has a key of the settings. Without a project it is one of its own, which keeps its name."""
    own = f"key-{hashlib.sha256(b'project of ' + key.encode()).hexdigest()[:16]}"
    return Caller(project or own, digest(key).hex(), frozenset(SCOPES))


def needs(scope: Scope) -> Callable[[Request], Awaitable[None]]:
    """What a route depends on: callers who have this scope."""

    async def check(request: Request) -> None:
        request.scope[CALLER].check(scope)

    return check
