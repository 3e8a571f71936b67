"""`@name` and `@name:argument`: what is made of a value. All take `MISSING` as well."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from antiphon.cli.api.gjson.jsontext import read_json, write_json
from antiphon.cli.api.gjson.path import MISSING, Path

Options = dict[str, Any]


@dataclass(frozen=True)
class Modifier:
    """options: the argument, if it is a JSON object."""

    function: Callable[[Any, Options], Any]
    options: Options

    def apply(self, value: Any) -> Any:
        """What the function makes of it."""
        return self.function(value, self.options)


@dataclass(frozen=True)
class Dig:
    """`@dig:path`: what is at the path in the value and in all that is in it."""

    path: Path

    def apply(self, value: Any) -> Any:
        """A list: outer parts before inner ones."""
        found, todo = [], [value]
        while todo:
            here = todo.pop()
            found.append(self.path.find(here))
            todo.extend(reversed(list(members_of(here))))
        return [part for part in found if part is not MISSING]


def members_of(value: Any) -> list[Any]:
    """Of a list or an object; none of anything else."""
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def keep(value: Any, options: Options) -> Any:
    """`@this`, and what is only about spaces in JSON's text."""
    return value


def pretty(value: Any, options: Options) -> Any:
    """Layout is the output's; names can be sorted."""
    if not options.get("sortKeys") or value is MISSING:
        return value
    return read_json(write_json(value, sort=True))


def reverse(value: Any, options: Options) -> Any:
    """A list, or the members of an object."""
    if isinstance(value, dict):
        return dict(reversed(value.items()))
    return value[::-1] if isinstance(value, list) else value


def keys(value: Any, options: Options) -> Any:
    """Names; as many nulls as there are values without one."""
    return list(value) if isinstance(value, dict) else [None for _ in values(value, options)]


def values(value: Any, options: Options) -> Any:
    """What is in it; what has nothing in it is one value."""
    if isinstance(value, dict | list):
        return members_of(value)
    return [] if value is MISSING else [value]


def flatten(value: Any, options: Options) -> Any:
    """Lists in a list become its elements. deep: lists in these, too."""
    if not isinstance(value, list):
        return value
    flat: list[Any] = []
    todo = [(element, 0) for element in reversed(value)]
    while todo:
        element, depth = todo.pop()
        if isinstance(element, list) and (depth == 0 or options.get("deep")):
            todo.extend((inner, depth + 1) for inner in reversed(element))
        else:
            flat.append(element)
    return flat


def join(value: Any, options: Options) -> Any:
    """Objects in a list become one; of members with the same name the last stays."""
    if not isinstance(value, list):
        return value
    return {name: member for element in value if isinstance(element, dict) for name, member in element.items()}


def group(value: Any, options: Options) -> Any:
    """Lists in an object become a list of objects: the first of each, the second of each, ..."""
    if not isinstance(value, dict):
        return MISSING
    named = {name: member for name, member in value.items() if isinstance(member, list)}
    rows = zip_longest(*named.values(), fillvalue=MISSING)
    return [{name: part for name, part in zip(named, row, strict=True) if part is not MISSING} for row in rows]


def to_text(value: Any, options: Options) -> Any:
    """`@tostr`: its JSON."""
    return "" if value is MISSING else write_json(value)


def from_text(value: Any, options: Options) -> Any:
    """`@fromstr`: what a text is the JSON of. Of anything else there is nothing to undo."""
    if not isinstance(value, str):
        return MISSING if value is None else value
    try:
        return read_json(value)
    except ValueError:
        return MISSING


MODIFIERS: dict[str, Callable[[Any, Options], Any]] = {
    "this": keep,
    "valid": keep,
    "ugly": keep,
    "pretty": pretty,
    "reverse": reverse,
    "keys": keys,
    "values": values,
    "flatten": flatten,
    "join": join,
    "group": group,
    "tostr": to_text,
    "fromstr": from_text,
}
NAMES = {*MODIFIERS, "dig"}
