"""How values of settings are written: pairs, sizes, durations, keys with their project. Knows no setting."""

import re
from collections.abc import Iterable
from typing import Any

from antiphon.upstreams import is_address

PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DURATION = re.compile(r"(?P<number>[0-9]{1,9})(?P<unit>[smhdw])")
SIZE = re.compile(r"(?P<number>[0-9]{1,15})(?P<unit>[KMGT]?)(?:iB|B)?", re.IGNORECASE)
BYTES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def parse_pair(text: str) -> tuple[str, str]:
    """`NAME=SOURCE` to its halves."""
    name, sign, source = text.partition("=")
    if not (name.strip() and sign and source.strip()):
        raise ValueError(f"expected NAME=VALUE, but got '{text}'")
    return name.strip(), source.strip()


def collect(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """By name. One that comes again with another address has both."""
    found: dict[str, Any] = {}
    for name, source in pairs:
        before = found.get(name)
        found[name] = [before, source] if before and is_address(before) and is_address(source) else source
        found[name] = join(found[name])
    return found


def join(source: Any) -> Any:
    """Several addresses as one source, with spaces between."""
    return " ".join(map(str, source)) if isinstance(source, list | tuple) else source


def parse_key(text: str) -> tuple[str, str | None]:
    """`KEY` or `PROJECT:KEY` to the key and its project. Raises `ValueError`."""
    if not text.strip():
        raise ValueError("a key must not be empty")
    project, colon, key = text.strip().partition(":")
    if not colon:
        return text.strip(), None
    if not PROJECT.fullmatch(project) or not key:
        raise ValueError(
            "what stands before ':' in a key is its project: a name of letters, digits, '.', '_' and '-', at most 64"
        )
    return key, project


def parse_duration(text: str) -> int:
    """`30d` to seconds. Raises `ValueError`."""
    found = DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"expected a number with s, m, h, d or w behind it, such as 30d, but got '{text}'")
    return int(found["number"]) * SECONDS[found["unit"]]


def parse_size(text: str) -> int:
    """`8G` to bytes; units are powers of 1024. Raises `ValueError`."""
    found = SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"expected bytes, or a number with K, M, G or T behind it, such as 8G, but got '{text}'")
    return int(found["number"]) * BYTES[found["unit"].upper()]
