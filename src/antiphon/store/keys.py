"""Keys that clients send. A key is shown once, when it is made; what is kept is its hash."""

import hashlib
import secrets
import time
from collections.abc import Sequence
from typing import Any, Literal, get_args

from msgspec import Struct
from sqlalchemy import Row, insert, select, update

from antiphon.store.database import Database, finished
from antiphon.store.tables import keys

Scope = Literal["chat", "stored:read", "stored:write", "admin"]
"""`chat`: completions and models. `stored:read`, `stored:write`: stored completions and files. `admin`: everything."""
SCOPES: tuple[Scope, ...] = get_args(Scope)
PREFIX = "sk-antiphon-"


class Key(Struct, frozen=True, kw_only=True):
    """A key as it is kept. hint: its last characters. created, revoked: Unix seconds; None when it still counts."""

    id: str
    project: str
    name: str
    digest: str
    hint: str
    scopes: frozenset[Scope]
    created: int
    revoked: int | None


class Keys:
    """Those of all projects. Everything raises `StoreUnavailable` when the database cannot do it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @finished
    async def create(self, project: str, *, name: str, scopes: Sequence[Scope]) -> tuple[Key, str]:
        """A new key and its text, which nobody can tell again."""
        text = f"{PREFIX}{secrets.token_urlsafe(32)}"
        key = Key(
            id=f"key_{secrets.token_hex(8)}",
            project=project,
            name=name,
            digest=digest(text).hex(),
            hint=text[-4:],
            scopes=frozenset(scopes),
            created=int(time.time()),
            revoked=None,
        )
        row = {field: getattr(key, field) for field in Key.__struct_fields__}
        async with self.database.write() as connection:
            await connection.execute(insert(keys), row | {"scopes": " ".join(sorted(key.scopes))})
        return key, text

    @finished
    async def all(self) -> list[Key]:
        """All, the revoked ones too, the oldest first."""
        async with self.database.read() as connection:
            rows = await connection.execute(select(keys).order_by(keys.c.created, keys.c.id))
            return [build_key(row) for row in rows]

    @finished
    async def revoke(self, name: str) -> bool:
        """From now on this key is none; false when there is no such id, or it was revoked before."""
        revoking = update(keys).where(keys.c.id == name, keys.c.revoked.is_(None))
        async with self.database.write() as connection:
            result = await connection.execute(revoking, {"revoked": int(time.time())})
            return bool(result.rowcount)


def digest(key: str) -> bytes:
    """Keys are compared by hash: same length, and none stays in memory."""
    return hashlib.sha256(key.encode()).digest()


def build_key(row: Row[Any]) -> Key:
    """A row as a value."""
    return Key(**{**row._mapping, "scopes": frozenset(row.scopes.split())})
