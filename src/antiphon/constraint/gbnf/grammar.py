"""A grammar as it was read: rules, terminals, and what may stand between terminals.

Knows no notation. Invariant: rules refer to rules by `Ref` and to terminals by `Lexeme`; terminals refer to terminals
by `Ref`, and to none in a circle. No name is in both.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from antiphon.constraint.gbnf.expression import Node


@dataclass(frozen=True)
class Grammar:
    """ignored: the terminals of which any number may follow a terminal, where another may."""

    start: str
    rules: Mapping[str, Node]
    terminals: Mapping[str, Node]
    ignored: tuple[str, ...] = ()
