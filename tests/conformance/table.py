"""What must become of a request on a target, by the product's table of parameters and the target's capabilities.

Reads the table by itself: a request is looked through by the names of the rows. Nothing of `review` is used.
"""

from collections.abc import Iterator, Set
from typing import Any, NamedTuple

import openai

from antiphon.capability import Capability
from antiphon.schema.request.support import TABLE, Support

Json = dict[str, Any]


class Told(Exception):
    """The target lacks something, and answered exactly what the table says."""

    def __init__(self, capability: Capability) -> None:
        super().__init__(capability)
        self.capability = capability


class Lack(NamedTuple):
    """A row of the table that a request uses, and whose capability the target lacks."""

    row: str
    support: Support


def find_lacks(request: Json, capabilities: Set[Capability]) -> list[Lack]:
    """All rows that mean nothing there, in the order of the table."""
    return [
        Lack(row, support)
        for row, support in TABLE.items()
        if support.needs and support.needs not in capabilities
        if any(value not in support.asks_nothing for value in values_at(request, row.split(".")))
    ]


def values_at(value: Any, steps: list[str]) -> Iterator[Any]:
    """What a request has at a row's path, in which `[]` stands for each of a list; null is the same as nothing."""
    if value is None:
        return
    if not steps:
        yield value
        return
    name, step = steps[0].removesuffix("[]"), steps[0]
    inner = value.get(name) if isinstance(value, dict) else None
    if step != name:
        for item in inner if isinstance(inner, list) else ():
            yield from values_at(item, steps[1:])
    else:
        yield from values_at(inner, steps[1:])


def hold_headers(request: Json, headers: Any, *, needed: Set[Capability], capabilities: Set[Capability]) -> None:
    """An answer names exactly the hints that meant nothing. Raises `Told` where a test was about one of them."""
    lacks = find_lacks(request, capabilities)
    assert all(lack.support.hint for lack in lacks), f"it should have been refused: {[lack.row for lack in lacks]}"
    told = headers.get("antiphon-ignored", "")
    assert told == ", ".join(lack.row for lack in lacks)
    for lack in lacks:
        if lack.support.needs and lack.support.needs in needed:
            raise Told(lack.support.needs)


def hold_refusal(request: Json, error: openai.BadRequestError, *, capabilities: Set[Capability]) -> None:
    """Raises `Told` where a refusal is what the table says; returns where the table has nothing against the request."""
    refused = next((lack for lack in find_lacks(request, capabilities) if not lack.support.hint), None)
    if refused is None or refused.support.needs is None:
        return
    assert (error.code, error.param) == ("unsupported_parameter", refused.row)
    assert refused.support.instead in error.message
    raise Told(refused.support.needs)
