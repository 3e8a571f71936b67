"""Stages that make something new: literals, new lists, new objects."""

from dataclasses import dataclass
from typing import Any

from antiphon.cli.api.gjson.path import CUT, MISSING, Path


@dataclass(frozen=True)
class Literal:
    """`!"text"`: that, whatever comes in."""

    value: Any

    def apply(self, value: Any) -> Any:
        """Itself."""
        return self.value


@dataclass(frozen=True)
class NewList:
    """`[path,path]`."""

    paths: tuple[Path, ...]

    def apply(self, value: Any) -> Any:
        """What is there; what is missing takes no place."""
        return [found for path in self.paths if (found := path.find(value)) is not MISSING]


@dataclass(frozen=True)
class NewObject:
    """`{path,"name":path}`."""

    members: tuple[tuple[str, Path], ...]

    def apply(self, value: Any) -> Any:
        """What is there. Of members with the same name the last stays."""
        found = [(name, path.find(value)) for name, path in self.members]
        return {name: part for name, part in found if part is not MISSING}


@dataclass(frozen=True)
class Lines:
    """`..`: JSON lines as a list. A parsed value is a single line."""

    def apply(self, value: Any) -> Any:
        """A list of one."""
        return CUT if value is MISSING else [value]
