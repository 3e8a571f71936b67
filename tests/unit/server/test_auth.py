"""Who a key belongs to, what it is for, and when it counts."""

import asyncio

import pytest

from antiphon.errors import InvalidApiKey, MissingScope
from antiphon.server.auth import ANYBODY, Keyring
from antiphon.store.keys import SCOPES, Scope, digest
from tests.unit.server.kept import Kept, build_key

EVERYTHING = frozenset(SCOPES)


async def ring(*given: str, kept: Kept | None = None) -> Keyring:
    """A keyring that knows what is kept."""
    keyring = Keyring(given, kept or Kept())
    await keyring.refresh()
    return keyring


async def test_without_keys_everybody_is_the_default_project() -> None:
    """Where there are no keys, all is one project, and nobody is asked."""
    keyring = await ring()
    assert not keyring.asks
    assert keyring.find("") == keyring.find("Bearer whatever") == ANYBODY
    assert (ANYBODY.project, ANYBODY.scopes) == ("default", EVERYTHING)


async def test_each_given_key_is_a_project_unless_it_names_one() -> None:
    """Two keys without a name have two projects; `team:KEY` has the one it names; none is told by its project."""
    keyring = await ring("one", "two", "team:three", "team:four", "default:five:six")
    callers = [keyring.find(f"Bearer {key}") for key in ("one", "two", "three", "four", "five:six")]
    projects = [caller.project for caller in callers]
    assert projects[2:] == ["team", "team", "default"]
    assert len({*projects[:2], "team"}) == 3
    assert len({caller.tenant for caller in callers}) == 5
    assert all(caller.scopes == EVERYTHING for caller in callers)
    assert not any(key in project for key, project in zip(("one", "two"), projects, strict=False))


async def test_a_key_keeps_its_project() -> None:
    """The project of a key without a name is the same after a restart."""
    assert (await ring("one")).find("Bearer one") == (await ring("other", "one")).find("Bearer one")


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer x", "Basic one", "one", "Bearer ONE", "Bearer team:two"]
)
async def test_what_is_no_key(authorization: str) -> None:
    """No key, another one, another scheme or a key with its project before it: 401."""
    with pytest.raises(InvalidApiKey):
        (await ring("one", "team:two")).find(authorization)


async def test_keys_are_kept_as_hashes() -> None:
    """No key stays in memory as it was given."""
    keyring = await ring("team:secret")
    assert list(keyring.given) == [digest("secret")]
    assert "secret" not in str(vars(keyring))


async def test_kept_keys_count_with_their_project_and_scopes() -> None:
    """A key in the store is of its project and for its scopes; once there is one, everybody needs one."""
    keyring = await ring(kept=Kept(build_key("k", "team", "stored:read")))
    assert keyring.asks
    caller = keyring.find("Bearer k")
    assert (caller.project, caller.scopes) == ("team", frozenset({"stored:read"}))
    with pytest.raises(InvalidApiKey):
        keyring.find("")


async def test_revoking_the_last_key_opens_nothing() -> None:
    """A revoked key is none, and the server goes on asking for one."""
    keyring = await ring(kept=Kept(build_key("k", revoked=1)))
    assert keyring.asks
    with pytest.raises(InvalidApiKey):
        keyring.find("Bearer k")


async def test_the_store_is_not_asked_for_every_request() -> None:
    """Keys that were read just now are not read again, however many ask at once."""
    kept = Kept()
    keyring = Keyring((), kept)
    await asyncio.gather(*(keyring.refresh() for _ in range(100)))
    await keyring.refresh()
    assert kept.num_reads == 1
    keyring.fresh_until = 0
    await keyring.refresh()
    assert kept.num_reads == 2


async def test_without_the_store_those_known_last_count() -> None:
    """While the store cannot be read, keys are as they were last known, and the server stays closed."""
    kept = Kept(build_key("k"))
    keyring = await ring(kept=kept)
    kept.available, keyring.fresh_until = False, 0
    await keyring.refresh()
    assert keyring.find("Bearer k").project == "team"
    assert keyring.asks


@pytest.mark.parametrize("scope", SCOPES)
async def test_scopes(scope: Scope) -> None:
    """A key may do what it is for, and no more; `admin` is for everything."""
    caller = (await ring(kept=Kept(build_key("k", "team", scope)))).find("Bearer k")
    for asked in SCOPES:
        if scope in (asked, "admin"):
            caller.check(asked)
        else:
            with pytest.raises(MissingScope, match=asked):
                caller.check(asked)
