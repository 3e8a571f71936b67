"""Records as the store gets them."""

from typing import Any

import msgspec

from antiphon.store.record import Entry, Record

CREATED = 1_700_000_000
LARGE = "data:image/png;base64," + "iVBORw0KGgo" * 200
"""A large input that many may share."""


def make_record(name: str, **changes: Any) -> Record:
    """A record of the project `ours`; messages as values."""
    fields = {
        "project": "ours",
        "created": CREATED,
        "model": "smollm2",
        "request_id": f"req_{name}",
        "metadata": {},
        "answer": f'{{"id":"{name}","object":"chat.completion"}}',
        "request": '{"temperature":0.5}',
        "messages": render([{"role": "user", "content": f"Hello, {name}"}]),
    }
    return Record(id=name, **(fields | changes))


def render(value: Any) -> str:
    """Compact JSON."""
    return msgspec.json.encode(value).decode()


def with_images(*urls: str) -> str:
    """One message with these images."""
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return render([{"role": "user", "content": [{"type": "text", "text": "Look"}, *parts]}])


def large(name: object) -> str:
    """A large input of this name."""
    return f"{LARGE}{name}"


def entry_of(record: Record) -> Entry:
    """What a list shows of it."""
    return Entry(**{field: getattr(record, field) for field in Entry.__struct_fields__})
