"""A URL, parsed once: the object that was checked is the one that is connected to. Pure.

Parsers differ in what they make of odd URLs, and that is how one host is checked and another one asked. So what is odd
is refused before anything parses it: the host can only be written as everybody reads it. Does not know which hosts are
allowed.
"""

import re
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from yarl import URL

from antiphon.media.fetch.network import IP
from antiphon.media.unreadable import UnreadableError

LONGEST = 8_000
"""Characters of a URL, which are as many as servers take."""
ODD = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
HTTP = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
AUTHORITY = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
"""A last label of this form makes a host an IP address, for whoever knows `inet_aton`: 127.1, 2130706433, 0x7f.1."""

AS_WRITTEN = re.compile(r"(?:[a-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9a-f]{2})*", re.IGNORECASE | re.ASCII)
"""What can be sent as it stands."""

NO_HTTP = "has a URL that begins neither with 'https://' nor with 'http://'"
ODD_HOST = (
    "has a URL whose host is written oddly; write a name in ASCII (international ones begin with 'xn--'), or an IP"
    " address in its usual form"
)


class Address(NamedTuple):
    """url: the same that is asked for. host: in lower case; IPv6 without brackets. ip: of a host that is one."""

    url: URL
    host: str
    port: int
    ip: IP | None


def parse_address(text: str) -> Address:
    """Raises `UnreadableError` for all but plain http and https URLs."""
    check_signs(text)
    begin = HTTP.match(text)
    if begin is None:
        raise UnreadableError(NO_HTTP)
    if "@" in begin[1]:
        raise UnreadableError("has a URL with a user name or a password in it, which are never sent")
    if not AUTHORITY.fullmatch(begin[1]):
        raise UnreadableError(ODD_HOST)
    try:
        url = keep(URL(text), text[begin.end() :])
        host, port = url.raw_host or "", url.port
    except ValueError:
        raise UnreadableError("has a URL that cannot be read") from None
    if not port:
        raise UnreadableError("has a URL whose port is 0")
    return Address(url, host, port, parse_host(host))


def keep(url: URL, rest: str) -> URL:
    """With the path and the query as they are written, where they can be sent so: there are hosts that sign them, and
    parsers that write them anew.
    """
    rest = rest.partition("#")[0]
    if not AS_WRITTEN.fullmatch(rest):
        return url
    path, _, query = rest.partition("?")
    return URL.build(scheme=url.scheme, authority=url.raw_authority, path=path or "/", query_string=query, encoded=True)


def check_signs(text: str) -> None:
    """What no URL has in it, whatever it is for."""
    if len(text) > LONGEST:
        raise UnreadableError(f"has a URL of more than {LONGEST} characters")
    if ODD.search(text):
        raise UnreadableError("has a URL with spaces, line breaks, control characters or backslashes in it")


def parse_host(host: str) -> IP | None:
    """The IP address that a host is, None for a name. Raises `UnreadableError` for what is neither."""
    labels = host.split(".")
    if ":" not in host and not NUMBER.fullmatch(labels[-1]):
        if len(host) > 253 or not all(map(LABEL.fullmatch, labels)):
            raise UnreadableError(ODD_HOST)
        return None
    try:
        ip = ip_address(host)
    except ValueError:
        raise UnreadableError(ODD_HOST) from None
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        raise UnreadableError(ODD_HOST)
    return ip


def follow(address: Address, location: str) -> Address:
    """Where a redirect leads. Raises `UnreadableError`, also where it leads from https to http."""
    try:
        target = parse_address(resolve(address.url, location))
    except (UnreadableError, ValueError):
        raise UnreadableError("is redirected to a URL that is not followed") from None
    if address.url.scheme == "https" and target.url.scheme == "http":
        raise UnreadableError("is redirected from https to http, which is not followed")
    return target


def resolve(base: URL, location: str) -> str:
    """A location as a whole URL. What names a host is left as it is written, so that it is checked as it is written."""
    check_signs(location)
    if location.startswith("//"):
        return f"{base.scheme}:{location}"
    if SCHEME.match(location):
        return location
    return str(base.join(URL(location, encoded=AS_WRITTEN.fullmatch(location) is not None)))
