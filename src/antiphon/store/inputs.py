"""Large inputs of messages (images, recordings, files), taken out of their JSON and put back. Knows no database.

In place of a large text stands `{"blob": HASH}`; no message has an object there by itself.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

LONGEST_INLINE = 1024
"""Characters. What is longer is kept once, by its hash."""
PLACES = (("image_url", "url"), ("input_audio", "data"), ("file", "file_data"))
MARKS = tuple(f'"{field}":' for _, field in PLACES)

encode = msgspec.json.encode
decode = msgspec.json.decode


def take_out(messages: str) -> tuple[str, dict[str, bytes]]:
    """A JSON array of messages without its large inputs, and those by their hashes."""
    if len(messages) <= LONGEST_INLINE or not any(mark in messages for mark in MARKS):
        return messages, {}
    taken: dict[str, bytes] = {}
    parsed = decode(messages)
    for holder, field in holders(parsed):
        value = holder[field]
        if isinstance(value, str) and len(value) > LONGEST_INLINE:
            data = value.encode()
            name = hashlib.sha256(data).hexdigest()
            taken[name] = data
            holder[field] = {"blob": name}
    return (encode(parsed).decode(), taken) if taken else (messages, taken)


def missing(messages: str) -> set[str]:
    """The hashes of what was taken out."""
    if '{"blob":"' not in messages:
        return set()
    return {holder[field]["blob"] for holder, field in holders(decode(messages)) if isinstance(holder[field], dict)}


def put_back(messages: str, blobs: Mapping[str, bytes]) -> str:
    """The messages as they came."""
    if not blobs:
        return messages
    parsed = decode(messages)
    for holder, field in holders(parsed):
        if isinstance(holder[field], dict):
            holder[field] = blobs[holder[field]["blob"]].decode()
    return encode(parsed).decode()


def holders(messages: Iterable[Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object that may hold a large input, and the field where."""
    for message in messages:
        content = message.get("content")
        for part in content if isinstance(content, list) else ():
            for name, field in PLACES:
                holder = part.get(name)
                if isinstance(holder, dict) and field in holder:
                    yield holder, field
