"""Images by HTTP: from allowed hosts, within a time and a size, with nothing of the server's own sent along.

No redirect is followed unseen, no proxy of the environment used, no cookie or connection kept, nothing decompressed.
What somebody is told does not depend on what there is inside: a refused address, a closed port, a name that nobody
knows and a server that stays silent all read the same.
"""

import asyncio
import ssl

import aiohttp

from antiphon.media.fetch.address import Address, follow, parse_address
from antiphon.media.fetch.lookup import Guard, Lookup, SystemLookup
from antiphon.media.fetch.policy import Policy, is_within
from antiphon.media.sniff import IMAGES, sniff
from antiphon.media.unreadable import UnreadableError

MOST_AT_A_TIME = 32
MOST_PER_HOST = 16
FORESEEN = (aiohttp.ClientError, aiohttp.http.HttpProcessingError, ValueError, OSError)
"""What aiohttp raises for what a server does. A time that is over is an `OSError`, too."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
HEADERS = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": "antiphon"}

OFF = (
    "is given by its URL, and this server fetches nothing; send it as a data URL, or let the server be started with"
    " --allow-media-urls HOSTS"
)
NOT_ALLOWED = "is at a host that is not among those that this server fetches from (--allow-media-urls)"
UNREACHED = "cannot be fetched: nothing that this server may reach answers there in time"
BROKEN_OFF = "cannot be fetched: the answer broke off"
COMPRESSED = "cannot be fetched: it was sent compressed, although that was not asked for"
NO_IMAGE = "is not what its URL leads to: that is no PNG, JPEG, WebP, GIF, BMP or AVIF"


class Fetcher:
    """lookup: in place of the system's. tls: in place of the system's authorities. To be used within one event loop."""

    def __init__(self, policy: Policy, *, lookup: Lookup | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.policy = policy
        self.system = SystemLookup()
        self.lookup = lookup or self.system
        self.tls = tls
        self.session: aiohttp.ClientSession | None = None

    async def fetch(self, url: str) -> bytes:
        """An image, whole, in one of the formats that are read. Raises `UnreadableError`."""
        if self.policy.hosts is None:
            raise UnreadableError(OFF)
        deadline = asyncio.get_running_loop().time() + self.policy.within_s
        address = parse_address(url)
        for _ in range(self.policy.most_redirects + 1):
            response = await self._open(address, deadline)
            try:
                location = location_of(response)
                if location is None:
                    return await self._read(response, deadline)
            finally:
                response.close()
            address = follow(address, location)
        raise UnreadableError(f"is redirected more than {self.policy.most_redirects} times")

    async def _open(self, address: Address, deadline: float) -> aiohttp.ClientResponse:
        """An answer whose head has come."""
        self._check(address)
        try:
            async with asyncio.timeout_at(deadline):
                return await self._open_session().get(address.url, allow_redirects=False)
        except FORESEEN:
            raise UnreadableError(UNREACHED) from None

    def _check(self, address: Address) -> None:
        """As far as the URL tells. What names lead to, the guard judges when they are looked up."""
        reach = self.policy.reach(address.host, address.port)
        if reach == "none":
            raise UnreadableError(NOT_ALLOWED)
        if address.ip is not None and not is_within(address.ip, reach):
            raise UnreadableError(UNREACHED)

    async def _read(self, response: aiohttp.ClientResponse, deadline: float) -> bytes:
        check_head(response, self.policy.most_bytes)
        try:
            async with asyncio.timeout_at(deadline):
                body = await receive(response.content, self.policy.most_bytes)
        except TimeoutError:
            raise UnreadableError(f"cannot be fetched: it took longer than {self.policy.within_s:g} seconds") from None
        except FORESEEN:
            raise UnreadableError(BROKEN_OFF) from None
        if sniff(body) not in IMAGES:
            raise UnreadableError(NO_IMAGE)
        return body

    def _open_session(self) -> aiohttp.ClientSession:
        """force_close: an open connection would be used again for a name that leads elsewhere by then."""
        if self.session is None:
            connector = aiohttp.TCPConnector(
                resolver=Guard(self.policy, self.lookup),
                use_dns_cache=False,
                force_close=True,
                limit=MOST_AT_A_TIME,
                limit_per_host=MOST_PER_HOST,
                ssl=self.tls or True,
            )
            self.session = aiohttp.ClientSession(
                connector=connector,
                headers=HEADERS,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self.session

    async def close(self) -> None:
        """Hang up. Nothing is fetched any more."""
        self.system.close()
        if self.session is not None:
            await self.session.close()


def location_of(response: aiohttp.ClientResponse) -> str | None:
    """Where a redirect leads; None for what is none."""
    return response.headers.get("Location") if response.status in REDIRECTS else None


def check_head(response: aiohttp.ClientResponse, most_bytes: int) -> None:
    """Before anything of the body is read. Raises `UnreadableError`."""
    if response.status != 200:
        raise UnreadableError(f"cannot be fetched: its host answered with status {response.status}")
    codings = ",".join(response.headers.getall("Content-Encoding", []))
    if set(codings.lower().replace(" ", "").split(",")) - {"", "identity"}:
        raise UnreadableError(COMPRESSED)
    if (response.content_length or 0) > most_bytes:
        raise too_large(most_bytes)


async def receive(content: aiohttp.StreamReader, most_bytes: int) -> bytes:
    """All of a body. Raises `UnreadableError` as soon as it is too much."""
    body = bytearray()
    while piece := await content.readany():
        body += piece
        if len(body) > most_bytes:
            raise too_large(most_bytes)
    return bytes(body)


def too_large(most_bytes: int) -> UnreadableError:
    """Too many bytes, said or sent."""
    return UnreadableError(f"is larger than {most_bytes / 1e6:g} MB")
