"""Names to addresses, once for each connection: all of a name's addresses are judged, and only they are connected to.

Knows nothing of HTTP. Between the judgement and the connection nobody asks again, so a name cannot change its mind.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from antiphon.media.fetch.network import IP
from antiphon.media.fetch.policy import Policy, is_within

NUM_THREADS = 8
MOST_ADDRESSES = 16
"""Of a name, that are tried."""

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to all IP addresses. Raises `OSError`."""


class SystemLookup:
    """The system's, in threads of its own: a name server that keeps us waiting holds up nobody else's threads."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(NUM_THREADS, thread_name_prefix="lookup")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """As `Lookup`."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self.pool, find_addresses, host, port)
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Nobody waits for lookups that go on."""
        self.pool.shutdown(wait=False, cancel_futures=True)


def find_addresses(host: str, port: int) -> list[str]:
    """Blocks. A host is ASCII; as bytes no codec of Python's looks at it."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM)]


class Guard(AbstractResolver):
    """What aiohttp asks right before it connects. It refuses a name with one address that it must not have, as a name
    with good ones besides is still an attempt.
    """

    def __init__(self, policy: Policy, lookup: Lookup) -> None:
        self.policy = policy
        self.lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses to connect to. Raises `OSError`."""
        reach = self.policy.reach(host, port)
        if reach == "none":
            raise OSError("not allowed")
        found = [parse_answer(text) for text in await self.lookup(host, port)]
        if not found or not all(is_within(ip, reach) for ip in found):
            raise OSError("not allowed")
        return [pin(host, ip, port) for ip in found[:MOST_ADDRESSES]]

    async def close(self) -> None:
        """There is nothing to end; who made the lookup ends it."""


def parse_answer(text: str) -> IP:
    """An address that a lookup found. Raises `OSError`."""
    try:
        return ip_address(text)
    except ValueError:
        raise OSError("no address") from None


def pin(host: str, ip: IP, port: int) -> ResolveResult:
    """An address of which nothing is looked up any more."""
    return ResolveResult(
        hostname=host,
        host=str(ip),
        port=port,
        family=socket.AF_INET if ip.version == 4 else socket.AF_INET6,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
