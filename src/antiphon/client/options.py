"""How a call is made, as against what it says: of a client, of a service, of one call; later ones win."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypedDict

import httpx

Timeout = float | httpx.Timeout | None


class CallOptions(TypedDict, total=False):
    """headers: None takes one away. timeout: seconds, None for none. max_retries: after the first attempt. extra_body:
    laid over the body, None takes a field away. extra_query: of the address.
    """

    headers: Mapping[str, str | None]
    timeout: Timeout
    max_retries: int
    extra_body: Mapping[str, Any]
    extra_query: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Options:
    """What applies."""

    headers: Mapping[str, str | None] = field(default_factory=dict)
    timeout: Timeout = field(default_factory=lambda: httpx.Timeout(600, connect=5))
    max_retries: int = 2
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    extra_query: Mapping[str, str] = field(default_factory=dict)

    def with_options(self, later: CallOptions) -> Self:
        """Mappings are laid over one another, names of headers whatever their case."""
        changes: dict[str, Any] = dict(later)
        for name in ("headers", "extra_body", "extra_query"):
            if name in changes:
                changes[name] = {**getattr(self, name), **lower_names(changes[name], name)}
        return replace(self, **changes)


def lower_names(mapping: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Headers have no case."""
    return {key.lower(): value for key, value in mapping.items()} if name == "headers" else mapping
