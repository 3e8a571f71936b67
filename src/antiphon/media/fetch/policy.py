"""From which hosts images may be fetched, and how much may be spent on one. Pure; what an address is, `network` knows.

A pattern never reaches the machine's own networks by accident: `*`, `*.example.org` and `example.org` mean public
addresses, whatever a name resolves to. Only `private:` before a host that is written out says that it is known to be
inside; then, too, link-local addresses and those where clouds hand out credentials stay refused.
"""

from typing import Literal, NamedTuple

from msgspec import Struct

from antiphon.media.fetch.address import Address, parse_address
from antiphon.media.fetch.network import IP, is_own, is_public
from antiphon.media.unreadable import UnreadableError

PRIVATE = "private:"
Reach = Literal["none", "public", "private"]
"""Which addresses a host may have: none where it is not allowed at all."""


class HostRule(NamedTuple):
    """host: a name or an IP address; of a wildcard, what comes after `*`, which is empty or begins with a dot. port:
    None for any.
    """

    host: str
    port: int | None = None
    wildcard: bool = False
    private: bool = False

    def matches(self, host: str, port: int) -> bool:
        """Names without a dot, such as localhost, are meant by no wildcard."""
        if self.port not in (None, port):
            return False
        if not self.wildcard:
            return host == self.host
        return host.endswith(self.host) and ("." in host or ":" in host)


class Policy(Struct, frozen=True, kw_only=True):
    """hosts: None where nothing is fetched. within_s: for all of it, redirects and a slow body included."""

    hosts: tuple[HostRule, ...] | None = None
    most_bytes: int = 20_000_000
    within_s: float = 10.0
    most_redirects: int = 3

    def reach(self, host: str, port: int) -> Reach:
        """host: as `Address` has it."""
        rules = [rule for rule in self.hosts or () if rule.matches(host, port)]
        if not rules:
            return "none"
        return "private" if any(rule.private for rule in rules) else "public"


def is_within(ip: IP, reach: Reach) -> bool:
    """Whether a host of this reach may have this address."""
    return reach != "none" and (is_public(ip) or (reach == "private" and is_own(ip)))


def parse_hosts(text: str) -> tuple[HostRule, ...]:
    """Patterns between commas: `*`, `example.org`, `*.example.org`, `private:images.internal`, each with `:PORT` or
    without. Raises `ValueError`.
    """
    patterns = [pattern.strip() for pattern in text.split(",")]
    return tuple(map(parse_rule, patterns))


def parse_rule(pattern: str) -> HostRule:
    """One of them."""
    private = pattern.lower().startswith(PRIVATE)
    host = pattern[len(PRIVATE) :] if private else pattern
    if private and host.startswith("*"):
        raise ValueError(f"'{pattern}': hosts after 'private:' are written out, without '*'")
    if host == "*" or host.startswith(("*:", "*.")):
        return parse_wildcard(pattern)
    address = parse_literal(pattern, host)
    if address.ip is not None and not is_within(address.ip, "private" if private else "public"):
        raise ValueError(f"'{pattern}' {why_not(address.ip, pattern)}")
    return HostRule(address.host, address.url.explicit_port, private=private)


def parse_wildcard(pattern: str) -> HostRule:
    """`*` is read as a name would be in its place."""
    address = parse_literal(pattern, pattern.replace("*", "any", 1))
    return HostRule(address.host.removeprefix("any"), address.url.explicit_port, wildcard=True)


def parse_literal(pattern: str, host: str) -> Address:
    """A host with or without a port, as it stands in URLs."""
    try:
        address = parse_address(f"http://{host}")
    except UnreadableError:
        address = None
    if address is None or set(host) & set("/?#"):
        raise ValueError(
            f"'{pattern}' is no host; expected *, example.org, *.example.org or private:HOST, or HOST:PORT"
        )
    return address


def why_not(ip: IP, pattern: str) -> str:
    """An address that a pattern cannot name."""
    return f"is a private address; write {PRIVATE}{pattern} if it is meant" if is_own(ip) else "is never fetched from"
