"""What a call says, apart from how it is made: a method, a path, a body, and how its answer is read."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Self, TypeVar

from antiphon.client.errors import Misconfigured
from antiphon.client.options import CallOptions
from antiphon.client.records import Record, as_list, as_object

T = TypeVar("T")
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, kw_only=True)
class Call(Generic[T]):
    """body: None for none. query: values are turned into text; None ones are left out."""

    method: str
    path: str
    read: Callable[[bytes], T]
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    options: CallOptions = field(default_factory=CallOptions)

    def with_query(self, **more: Any) -> Self:
        """The same call for something else."""
        return replace(self, query={**self.query, **more})


@dataclass(frozen=True)
class Page(Generic[R]):
    """A part of a list. record: as the server sent it."""

    data: list[R]
    has_more: bool
    last_id: str | None
    record: Record


def page_of(kind: type[R]) -> Callable[[bytes], Page[R]]:
    """How a list of these is read."""

    def read(text: bytes) -> Page[R]:
        record = Record.parse(text)
        fields = record.to_dict()
        data = [kind(as_object(item, kind.__name__)) for item in as_list(fields.get("data"))]
        last_id = fields.get("last_id") or (data[-1].to_dict().get("id") if data else None)
        return Page(data, bool(fields.get("has_more")), last_id, record)

    return read


def next_call(call: Call[Page[R]], page: Page[R], seen: set[str]) -> Call[Page[R]] | None:
    """For the page behind this one; None where there is none, or the server leads in a circle. seen: ends of pages."""
    if not page.has_more or page.last_id is None or page.last_id in seen:
        return None
    seen.add(page.last_id)
    return call.with_query(after=page.last_id)


def encode_body(body: Any) -> bytes:
    """As JSON; records and whatever can be walked through are taken. Raises `Misconfigured` for what JSON has not."""
    try:
        return json.dumps(body, default=plain, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise Misconfigured("A text of the request has half a character in it, which cannot be sent.") from None
    except ValueError as error:
        raise Misconfigured(f"The request has a value that cannot be sent: {error}.") from None


def plain(value: Any) -> Any:
    """What JSON has a form for."""
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"a request cannot hold a {type(value).__name__}")
