"""What a Lark grammar says, as it is written: nobody has looked up its names yet, nor read its values."""

from dataclasses import dataclass, field
from typing import TypeAlias

from antiphon.constraint.gbnf.lark.value import Value


@dataclass(frozen=True, slots=True)
class Name:
    """What is defined elsewhere."""

    name: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A term so often."""

    term: "Term"
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Excluded:
    """What a term does not match."""

    term: "Term"


@dataclass(frozen=True, slots=True)
class Body:
    """Options, each of parts that must all match."""

    options: "tuple[tuple[Part, ...], ...]"


Term: TypeAlias = Value | Name | Counted | Excluded | Body
Part: TypeAlias = tuple[Term, ...]
"""Terms, one after the other."""


@dataclass(slots=True)
class Definitions:
    """By name. ignored: what may stand between terminals."""

    rules: dict[str, Body] = field(default_factory=dict)
    terminals: dict[str, Body] = field(default_factory=dict)
    ignored: list[Body] = field(default_factory=list)
