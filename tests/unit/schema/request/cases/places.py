"""Places within a request, and requests with something else put there."""

from collections.abc import Iterator
from typing import Any

Steps = tuple[Any, ...]
"""Names and indices, from the request to a place in it."""

FREE = ("metadata", "logit_bias", "parameters", "schema", "parsed", "parsed_arguments")
"""Fields that may hold any JSON, or fields of any name."""


def places(value: Any, path: Steps = ()) -> Iterator[Steps]:
    """The places of all values within one, itself not."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield (*path, step)
        yield from places(inner, (*path, step))


def value_at(value: Any, path: Steps) -> Any:
    """What stands at a place."""
    for step in path:
        value = value[step]
    return value


def replaced(value: Any, path: Steps, new: Any) -> Any:
    """A copy with another value at a place, which may be one that an object does not have yet; `...` takes it out."""
    if not path:
        return new
    step, *rest = path
    copy = value.copy()
    if not rest and new is ...:
        del copy[step]
    else:
        copy[step] = replaced(value[step], tuple(rest), new) if rest else new
    return copy


def is_free(path: Steps) -> bool:
    """Whether a place is within a field that may hold anything."""
    return any(step in FREE for step in path)


def path_of(path: Steps) -> str:
    """A place as the wire has it: `messages[0].content`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
