"""A stored completion as a value. Knows no database, and of the wire only that it is JSON."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class Entry(Struct, frozen=True, kw_only=True):
    """What a list shows of a stored completion. created: Unix seconds. model: its own name. answer: the completion
    without metadata, as JSON. request: the request without messages and metadata, as JSON.
    """

    project: str
    id: str
    created: int
    model: str
    request_id: str
    metadata: dict[str, str]
    answer: str
    request: str


class Record(Entry, frozen=True, kw_only=True):
    """All that is kept. messages: the input messages, as a JSON array."""

    messages: str


class Term(NamedTuple):
    """Something that completions can be found by."""

    field: str
    value: str


class Position(NamedTuple):
    """A place in the order of lists, which is total: ids are unique."""

    created: int
    id: str


def is_id(text: str) -> bool:
    """Whether a completion could have this id; what clients ask for may be anything."""
    return ID.fullmatch(text) is not None


def build_terms(model: str | None, metadata: dict[str, str] | None) -> Iterator[Term]:
    """What completions of this model with these pairs are found by."""
    if model is not None:
        yield Term("model", model)
    for key, value in (metadata or {}).items():
        yield Term(f"metadata[{key}]", value)
