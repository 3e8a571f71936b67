"""Steps into objects and lists, and the stage that goes them one after another.

A key with wildcards may lead to several places; they are tried in order until the rest of the way is there in one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from antiphon.cli.api.gjson.path import CUT, MISSING, Missing, Path
from antiphon.cli.api.gjson.pattern import Pattern
from antiphon.cli.api.gjson.query import Query

Container = dict[str, Any] | list[Any]


class Step(Protocol):
    """One component of a path."""

    @property
    def nothing(self) -> Missing:
        """What is found where it leads nowhere."""

    def places(self, value: Container) -> Iterable[Any]:
        """Where it leads from there."""


@dataclass(frozen=True)
class Key:
    """`name`, or `0` of a list."""

    name: str
    nothing: ClassVar = MISSING

    def places(self, value: Container) -> Iterable[Any]:
        """At most one."""
        if isinstance(value, dict):
            return [value[self.name]] if self.name in value else []
        index = read_index(self.name)
        return [] if index is None else value[index : index + 1]


@dataclass(frozen=True)
class Wildcard:
    """`na*e`: of objects alone."""

    pattern: Pattern
    nothing: ClassVar = MISSING

    def places(self, value: Container) -> Iterable[Any]:
        """All whose names match."""
        members = value.items() if isinstance(value, dict) else ()
        return [member for name, member in members if self.pattern.matches(name)]


@dataclass(frozen=True)
class Count:
    """`#`: how many a list has."""

    nothing: ClassVar = MISSING

    def places(self, value: Container) -> Iterable[Any]:
        """None for an object."""
        return [len(value)] if isinstance(value, list) else []


@dataclass(frozen=True)
class Each:
    """`#.path`: what every element has there."""

    path: Path
    nothing: ClassVar = MISSING

    def places(self, value: Container) -> Iterable[Any]:
        """A list, which is empty where none has it."""
        return [self.path.find_each(value)] if isinstance(value, list) else []


@dataclass(frozen=True)
class Select:
    """`#(query)` and `#(query)#`, with the path that follows, if any."""

    query: Query
    every: bool
    path: Path | None

    @property
    def nothing(self) -> Missing:
        """As in gjson: the path is a way that was not gone."""
        return CUT if self.path else MISSING

    def places(self, value: Container) -> Iterable[Any]:
        """The first that matches, or a list of all."""
        if not isinstance(value, list):
            return []
        matching = (element for element in value if self.query.matches(element))
        if self.every:
            return [self.path.find_each(list(matching)) if self.path else list(matching)]
        for element in matching:
            return [self.path.find(element) if self.path else element]
        return []


def read_index(name: str) -> int | None:
    """Of a place in a list; None for what is none, or is past the end of any."""
    digits = name.lstrip("0") or name[-1:]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


@dataclass(frozen=True)
class Lookup:
    """Components between dots. What stands behind it is done only if the last of them was come to."""

    steps: tuple[Step, ...]

    def apply(self, value: Any) -> Any:
        """The first place that the way leads to."""
        nothing, todo = CUT, [(value, 0)]
        while todo:
            here, gone = todo.pop()
            if gone == len(self.steps):
                return here
            if not isinstance(here, dict | list):
                continue
            step = self.steps[gone]
            nothing = step.nothing if step is self.steps[-1] else nothing
            todo.extend((place, gone + 1) for place in reversed(list(step.places(here))))
        return nothing
