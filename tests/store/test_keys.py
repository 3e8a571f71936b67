"""Keys are shown once, kept as hashes, and can be revoked."""

import hashlib
import time
from pathlib import Path

import pytest

from antiphon.store.keys import PREFIX, SCOPES, digest
from antiphon.store.store import Store
from antiphon.store.tables import tables
from tests.store.databases import fetch


@pytest.mark.parametrize("scopes", [(), SCOPES[:1], SCOPES], ids=len)
async def test_create(store: Store, scopes: tuple[str, ...]) -> None:
    """A new key is known by its hash, its end, whose it is and what it may."""
    key, text = await store.keys.create("pro\0ject", name="é😀'%", scopes=scopes)
    assert text.startswith(PREFIX)
    assert len(text) >= len(PREFIX) + 43
    assert key.digest == hashlib.sha256(text.encode()).hexdigest() == digest(text).hex()
    assert (key.project, key.name, key.scopes, key.revoked) == ("pro\0ject", "é😀'%", frozenset(scopes), None)
    assert text.endswith(key.hint)
    assert len(key.hint) == 4
    assert abs(key.created - time.time()) < 60
    assert await store.keys.all() == [key]


async def test_every_key_is_another(store: Store) -> None:
    """No two keys have a text or an id in common."""
    made = [await store.keys.create("p", name="n", scopes=["chat"]) for _ in range(20)]
    assert len({text for _, text in made}) == len({key.id for key, _ in made}) == 20
    assert sorted(key.id for key in await store.keys.all()) == sorted(key.id for key, _ in made)


async def test_text_is_nowhere(store: Store, url: str) -> None:
    """The text of a key is in no table, and in no file of the database."""
    _, text = await store.keys.create("p", name="n", scopes=["chat"])
    secret = text.removeprefix(PREFIX)
    for name, table in tables.tables.items():
        for row in await fetch(store, name, *table.c.keys()):
            assert secret[:-4] not in repr(row)
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        files = {file.name: file.read_bytes() for file in path.parent.glob(f"{path.name}*")}
        assert any(digest(text).hex().encode() in content for content in files.values())
        assert not any(secret[:-4].encode() in content for content in files.values())


async def test_revoke(store: Store) -> None:
    """A revoked key stays, with when it was revoked; it can be revoked once, and the others are left alone."""
    key, _ = await store.keys.create("p", name="n", scopes=["chat"])
    other, _ = await store.keys.create("p", name="n", scopes=["admin"])
    assert await store.keys.revoke(key.id) is True
    (when,) = [found.revoked for found in await store.keys.all() if found.id == key.id]
    assert when is not None and abs(when - time.time()) < 60
    assert await store.keys.revoke(key.id) is False
    assert {found.id: found.revoked for found in await store.keys.all()} == {key.id: when, other.id: None}


@pytest.mark.parametrize("name", ["", "key_0", "%", "' OR 1=1 --"])
async def test_revoke_what_is_no_key(store: Store, name: str) -> None:
    """An id that is none revokes nothing."""
    key, _ = await store.keys.create("p", name="n", scopes=["chat"])
    assert await store.keys.revoke(name) is False
    assert await store.keys.all() == [key]
