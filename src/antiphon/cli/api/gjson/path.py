"""A path: stages, each of which works on what the one before has found. It does not know which stages there are."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol


class Missing(Enum):
    """What is found where nothing is. A JSON null is None."""

    MISSING = "missing"
    CUT = "cut"
    """Nothing is there, and so early on the way that what stands behind a pipe is not done either."""


MISSING: Final = Missing.MISSING
CUT: Final = Missing.CUT


class Stage(Protocol):
    """What stands between two pipes."""

    def apply(self, value: Any) -> Any:
        """What it makes of a value, which may be `MISSING`. May be `MISSING` or `CUT`."""


@dataclass(frozen=True)
class Path:
    """Never changes, so one serves many values."""

    stages: tuple[Stage, ...]

    def find(self, value: Any) -> Any:
        """The part of the value, or `MISSING`. Parts are the value's own objects, not copies."""
        for stage in self.stages:
            value = stage.apply(value)
            if value is CUT:
                return MISSING
        return value

    def find_each(self, values: list[Any]) -> list[Any]:
        """The parts of those that have one."""
        return [found for value in values if (found := self.find(value)) is not MISSING]
