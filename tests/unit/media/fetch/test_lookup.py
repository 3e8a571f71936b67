"""Names, and the addresses that they may have."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence

import pytest

from antiphon.media.fetch.lookup import MOST_ADDRESSES, Guard, SystemLookup
from antiphon.media.fetch.policy import Policy, parse_hosts

POLICY = Policy(hosts=parse_hosts("*,private:inside.example:80"))


class Book:
    """A name server that knows one answer, and who asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.addresses


@pytest.fixture
async def system() -> AsyncIterator[SystemLookup]:
    """The real one."""
    lookup = SystemLookup()
    yield lookup
    lookup.close()


async def test_all_addresses_are_pinned() -> None:
    """What was judged is what will be connected to: addresses in numbers, asked for once."""
    book = Book("8.8.8.8", "2a00::1", "::ffff:8.8.4.4")
    found = await Guard(POLICY, book).resolve("a.org", 443)
    assert [(pinned["host"], pinned["port"], pinned["family"]) for pinned in found] == [
        ("8.8.8.8", 443, socket.AF_INET),
        ("2a00::1", 443, socket.AF_INET6),
        ("::ffff:808:404", 443, socket.AF_INET6),
    ]
    assert all(pinned["hostname"] == "a.org" and pinned["flags"] & socket.AI_NUMERICHOST for pinned in found)
    assert book.asked == [("a.org", 443)]


@pytest.mark.parametrize(
    "addresses",
    [
        (), ("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("2a00::1", "::1"), ("8.8.8.8", "fe80::1%eth0"), ("8.8.8.8", "a"),
        ("8.8.8.8",) * 40 + ("127.0.0.1",), ("::ffff:127.0.0.1",), ("0.0.0.0",), ("169.254.169.254",),
    ],
)  # fmt: skip
async def test_one_bad_address_is_enough(addresses: Sequence[str]) -> None:
    """A name with good addresses and a bad one is refused as a whole."""
    with pytest.raises(OSError, match=r"not allowed|no address"):
        await Guard(POLICY, Book(*addresses)).resolve("a.org", 80)


async def test_what_is_known_to_be_inside() -> None:
    """Only the host and the port that were named; and even these lead to no metadata."""
    assert await Guard(POLICY, Book("10.0.0.5")).resolve("inside.example", 80)
    for host, port, ip in [("inside.example", 81, "10.0.0.5"), ("inside.example", 80, "169.254.169.254")]:
        with pytest.raises(OSError, match="not allowed"):
            await Guard(POLICY, Book(ip)).resolve(host, port)


async def test_names_that_are_not_allowed_are_not_looked_up() -> None:
    """A lookup tells a name server that somebody asked."""
    book = Book("8.8.8.8")
    with pytest.raises(OSError, match="not allowed"):
        await Guard(Policy(hosts=parse_hosts("b.org")), book).resolve("a.org", 80)
    assert book.asked == []


async def test_many_addresses() -> None:
    """All are judged, a few are tried."""
    assert len(await Guard(POLICY, Book(*["8.8.8.8"] * 40)).resolve("a.org", 80)) == MOST_ADDRESSES


async def test_the_systems_lookup(system: SystemLookup) -> None:
    """Each address once; what is none raises what the guard's caller expects. Needs no name server."""
    assert await system("127.0.0.1", 80) == ["127.0.0.1"]
    with pytest.raises(OSError, match=r".+"):
        await system("a" * 64, 80)


async def test_who_waits_for_nothing_is_let_go(system: SystemLookup) -> None:
    """More lookups than threads, all given up: those behind them never begin."""
    tasks = [asyncio.create_task(system("127.0.0.1", port)) for port in range(1, 50)]
    for task in tasks:
        task.cancel()
    assert all(
        isinstance(result, asyncio.CancelledError) for result in await asyncio.gather(*tasks, return_exceptions=True)
    )
