"""A request out of flags and what came on standard input."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from antiphon.cli.api.embed import embed
from antiphon.cli.api.flags import Flag
from antiphon.cli.api.values import read_json, read_text, read_value


class Given(NamedTuple):
    """A flag, and the text that was given with it."""

    flag: Flag
    text: str


class BadValue(ValueError):
    """A value that cannot be read; `given` says whose."""

    def __init__(self, given: Given, reason: str) -> None:
        super().__init__(reason)
        self.given = given


def read_body(text: str) -> dict[str, Any]:
    """A whole request. Files are put into YAML, which people write. JSON is written by programs, of what others said:
    it is taken as it stands. Raises `ValueError` with a sentence.
    """
    if not text.strip():
        return {}
    try:
        body, is_json = read_json(text), True
    except (ValueError, RecursionError):
        body, is_json = read_value(text), False
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise ValueError("a request is an object, with names and values")
    read: dict[str, Any] = body if is_json else embed(body)
    return read


def build_body(given: Iterable[Given], body: dict[str, Any]) -> dict[str, Any]:
    """What flags say, laid over `body`: in their order, and a list that flags give takes the place of one that is
    there. Raises `BadValue`.
    """
    body = dict(body)
    begun: set[str] = set()
    for one in given:
        flag = one.flag
        value = convert(one)
        if flag.kind != "list" and not flag.of_list:
            put(body, flag.path, value)
            continue
        name = flag.path[0]
        if name not in begun:
            begun.add(name)
            body[name] = []
        if not flag.inner:
            body[name] += value if isinstance(value, list) else [value]
        elif body[name] and isinstance(body[name][-1], dict) and flag.inner not in body[name][-1]:
            body[name][-1][flag.inner] = value
        else:
            body[name].append({flag.inner: value})
    return body


def convert(given: Given) -> Any:
    """The value that was given. Raises `BadValue`."""
    flag, text = given
    try:
        value = text if flag.kind == "text" else read_text(text) if flag.kind == "text or value" else read_value(text)
        return embed(value, flag.path)
    except ValueError as error:
        raise BadValue(given, str(error)) from None


def put(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """At its place; objects on the way are made, or kept."""
    name, *rest = path
    if not rest:
        body[name] = value
        return
    inner = body.get(name)
    body[name] = dict(inner) if isinstance(inner, dict) else {}
    put(body[name], tuple(rest), value)
