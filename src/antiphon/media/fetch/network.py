"""What kind of network an IP address belongs to: the public one, the operator's own, or one where nobody has images.

Pure. Made of lists of what is allowed: public IPv6 is 2000::/3 without its special parts, the operator's own is what is
listed here; in doubt an address is neither. The lists are IANA's special-purpose registries (RFC 6890 and successors),
with the addresses where clouds hand out credentials.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

IP = IPv4Address | IPv6Address

METADATA = frozenset(
    {
        *map(IPv4Address, ("100.100.100.200", "168.63.129.16", "192.0.0.192")),  # Alibaba, Azure, Oracle
        *map(IPv6Address, ("fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42")),  # Amazon, Google, Scaleway
    }
)
"""Where clouds answer with credentials, beside 169.254.0.0/16, which is link-local and never reached either."""

OWN_4 = [*map(IPv4Network, ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))]
OWN_6 = [*map(IPv6Network, ("::1/128", "fc00::/7"))]
"""Of the machine, of its networks, and of its provider's. They may be reached where the operator says so."""

SPECIAL_4 = [
    *OWN_4,
    *map(
        IPv4Network,
        (
            "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
            "192.88.99.0/24", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        ),
    ),
]  # fmt: skip
"""All that is not public: also documentation, benchmarks, relays, multicast and what is reserved."""

GLOBAL_6 = IPv6Network("2000::/3")
SPECIAL_6 = [
    *map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20"))
]
"""Within 2000::/3: Teredo and other protocols, documentation, 6to4 (whatever it leads to), black holes, the 6bone."""
NAT64 = IPv6Network("64:ff9b::/96")
"""How a machine with IPv6 alone reaches IPv4; the address that counts is in the last 32 bits."""


def is_public(ip: IP) -> bool:
    """Whether everybody can reach this, from anywhere, so that whoever asks us to gains nothing."""
    ip = unwrap(ip)
    if ip in METADATA:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in SPECIAL_4)
    if ip in NAT64 and ip.scope_id is None:
        return is_public(embedded(ip))
    if ip not in GLOBAL_6 or ip.scope_id is not None or any(ip in network for network in SPECIAL_6):
        return False
    return not is_isatap(ip) or is_public(embedded(ip))


def is_own(ip: IP) -> bool:
    """Whether this is the machine itself or within its networks, where the operator may have images."""
    ip = unwrap(ip)
    if ip in METADATA:
        return False
    if isinstance(ip, IPv4Address):
        return any(ip in network for network in OWN_4)
    return ip.scope_id is None and any(ip in network for network in OWN_6)


def unwrap(ip: IP) -> IP:
    """IPv4 that is written as IPv6, such as ::ffff:127.0.0.1, is what the system connects to: IPv4."""
    return (ip.ipv4_mapped if isinstance(ip, IPv6Address) else None) or ip


def embedded(ip: IPv6Address) -> IPv4Address:
    """The IPv4 address in the last 32 bits."""
    return IPv4Address(int(ip) & 0xFFFF_FFFF)


def is_isatap(ip: IPv6Address) -> bool:
    """Whether this is a tunnel to the IPv4 address in its last 32 bits (RFC 5214)."""
    return (int(ip) >> 32) & 0xFDFF_FFFF == 0x5EFE
