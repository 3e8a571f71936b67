"""What an automaton's states are made of: threads, each one way to go on with a text.

A thread is what comes next and what after that, as llama.cpp's stacks are. The same way is always the same thread, so
that states can be compared. Knows no letters and no states but by their numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from antiphon.constraint.gbnf.expression import (
    Both,
    Chars,
    Choice,
    Lexeme,
    Node,
    Not,
    Ref,
    Repeat,
    Sequence,
    repeat,
)


@dataclass(frozen=True, eq=False, slots=True)
class Ended:
    """Behind the last node of a terminal. name: of which."""

    name: str


@dataclass(frozen=True, eq=False, slots=True)
class Product:
    """Where those are of which all must match, or the one that must not. states: theirs."""

    states: tuple[int, ...]
    negated: bool


Head = Node | Product | Ended


@dataclass(frozen=True, eq=False, slots=True)
class Thread:
    """What comes next, and then."""

    head: Head
    rest: "Thread | None"


class Threads:
    """Makes threads. definitions: of names. begin: the state in which a node begins by itself. may_end: whether
    something matches where a state is.
    """

    def __init__(
        self, definitions: Mapping[str, Node], begin: Callable[[Node], int], may_end: Callable[[int], bool]
    ) -> None:
        self.definitions = definitions
        self.begin = begin
        self.may_end = may_end
        self.made: dict[tuple[int, int], Thread] = {}
        self.lesser: dict[tuple[int, int, int | None], Node] = {}
        self.products: dict[tuple[tuple[int, ...], bool], Product] = {}
        self.ends: dict[str, Ended] = {}

    def make(self, head: Head, rest: Thread | None) -> Thread:
        """One thread."""
        key = (id(head), id(rest))
        if key not in self.made:
            self.made[key] = Thread(head, rest)
        return self.made[key]

    def end(self, name: str) -> Thread:
        """The end of a terminal."""
        return self.make(self.ends.setdefault(name, Ended(name)), None)

    def product(self, states: tuple[int, ...], *, negated: bool) -> Product:
        """One product."""
        return self.products.setdefault((states, negated), Product(states, negated))

    def unfold(self, thread: Thread) -> list[Thread]:
        """The threads that this one may be without reading anything."""
        head, rest = thread.head, thread.rest
        match head:
            case Chars() | Ended():
                return []
            case Sequence(items=nodes):
                for node in reversed(nodes):
                    rest = self.make(node, rest)
                return [rest] if rest else []
            case Choice(options=nodes):
                return [self.make(node, rest) for node in nodes]
            case Repeat(item=item, least=least):
                once = self.make(item, self.make(self.less(head), rest))
                return [once, rest] if rest and least == 0 else [once]
            case Ref(name=name) | Lexeme(name=name):
                return [self.make(self.definitions[name], rest)]
            case Both(operands=nodes):
                return [self.make(self.product(tuple(map(self.begin, nodes)), negated=False), rest)]
            case Not(operand=node):
                return [self.make(self.product((self.begin(node),), negated=True), rest)]
            case Product(states=states, negated=negated):
                ends = all(map(self.may_end, states)) != negated
                return [rest] if rest and ends else []

    def less(self, node: Repeat) -> Node:
        """What is left of a repetition behind the first time."""
        least, most = max(node.least - 1, 0), None if node.most is None else node.most - 1
        if (least, most) == (node.least, node.most):
            return node
        key = (id(node.item), least, most)
        if key not in self.lesser:
            self.lesser[key] = repeat(node.item, least, most)
        return self.lesser[key]
