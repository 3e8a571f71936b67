"""JSON as a text, by the same reader and writer that read and write the answers."""

from typing import Any

import msgspec


def read_json(text: str) -> Any:
    """What it stands for. Raises `ValueError` for what is no JSON."""
    try:
        return msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError("not JSON") from error


def write_json(value: Any, *, sort: bool = False) -> str:
    """In one line. sort: names in the order of the alphabet, at every depth."""
    return msgspec.json.encode(value, order="sorted" if sort else None).decode()
