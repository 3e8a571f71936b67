"""What a grammar is made of, whichever notation it comes from: regular expressions and rules are the same values.

Knows no notation. Nodes are compared by identity: two places of a grammar are two nodes. Build them with `sequence`,
`choice` and `repeat`, which keep them small and flat.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from antiphon.constraint.gbnf.charset import ANY, CharSet, of, single


@dataclass(frozen=True, eq=False, slots=True)
class Chars:
    """One character of a set that is not empty."""

    chars: CharSet


@dataclass(frozen=True, eq=False, slots=True)
class Sequence:
    """One after the other; nothing, if there are none."""

    items: tuple["Node", ...]


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """One of several; what never matches, if there are none."""

    options: tuple["Node", ...]


@dataclass(frozen=True, eq=False, slots=True)
class Repeat:
    """The same so many times. most: None for any number."""

    item: "Node"
    least: int
    most: int | None


@dataclass(frozen=True, eq=False, slots=True)
class Both:
    """What all of these match. Only within terminals."""

    operands: tuple["Node", ...]


@dataclass(frozen=True, eq=False, slots=True)
class Not:
    """Any text that this does not match. Only within terminals."""

    operand: "Node"


@dataclass(frozen=True, eq=False, slots=True)
class Ref:
    """What has this name."""

    name: str


@dataclass(frozen=True, eq=False, slots=True)
class Lexeme:
    """A place in a rule where this terminal stands. Where it ends, the lexer decides."""

    name: str


Node: TypeAlias = Chars | Sequence | Choice | Repeat | Both | Not | Ref | Lexeme

EMPTY = Sequence(())
NEVER = Choice(())
ANY_TEXT = Repeat(Chars(ANY), 0, None)


def chars(of_these: CharSet) -> Node:
    """One of these characters."""
    if of_these.only is not None:
        return letter(of_these.only)
    return Chars(of_these) if of_these else NEVER


@lru_cache(maxsize=4096)
def letter(point: int) -> Chars:
    """This character."""
    return Chars(single(point))


def literal(text: str) -> Node:
    """This text."""
    return sequence(letter(ord(sign)) for sign in text)


def sequence(items: Iterable[Node]) -> Node:
    """One after the other."""
    flat: list[Node] = []
    for item in items:
        flat += item.items if isinstance(item, Sequence) else (item,)
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat)) if flat else EMPTY


def choice(options: Iterable[Node]) -> Node:
    """One of several. Nothing among them makes the others optional; single characters become one set."""
    flat: list[Node] = []
    for option in options:
        flat += option.options if isinstance(option, Choice) else (option,)
    sets = [option for option in flat if isinstance(option, Chars)]
    if len(sets) > 1:
        union = Chars(of(pair for one in sets for pair in one.chars.ranges))
        flat = [union, *(option for option in flat if not isinstance(option, Chars))]
    filled = [option for option in flat if not is_empty(option)]
    node = filled[0] if len(filled) == 1 else Choice(tuple(filled))
    return node if len(filled) == len(flat) else repeat(node, 0, 1)


def repeat(item: Node, least: int, most: int | None) -> Node:
    """The same so many times."""
    if most == 0 or is_empty(item) or (is_never(item) and least == 0):
        return EMPTY
    if (least, most) == (1, 1) or is_never(item):
        return item
    if isinstance(item, Repeat) and max(least, item.least) <= 1 and merges(item.most, most):
        return Repeat(item.item, min(least, item.least), None)
    return Repeat(item, least, most)


def merges(inner: int | None, outer: int | None) -> bool:
    """Whether any number of these, so often, is any number again."""
    return inner is None or (inner == 1 and outer is None)


def is_empty(node: Node) -> bool:
    """Whether it is nothing, as it is written."""
    return isinstance(node, Sequence) and not node.items


def is_never(node: Node) -> bool:
    """Whether it is what never matches, as it is written."""
    return isinstance(node, Choice) and not node.options


def children(node: Node) -> tuple[Node, ...]:
    """The nodes within."""
    match node:
        case Sequence(items=inner) | Choice(options=inner) | Both(operands=inner):
            return inner
        case Repeat(item=one) | Not(operand=one):
            return (one,)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and all within."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo += children(node)


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """A node outside of terminals, of which each that has none within has been changed."""
    match node:
        case Sequence(items=nodes):
            return sequence(rebuild(inner, change) for inner in nodes)
        case Choice(options=nodes):
            return choice(rebuild(inner, change) for inner in nodes)
        case Repeat(item=inner, least=least, most=most):
            return repeat(rebuild(inner, change), least, most)
    return change(node)


def is_letter(node: Node) -> bool:
    """Whether it is one certain character."""
    return isinstance(node, Chars) and node.chars.only is not None


def is_text(node: Node) -> bool:
    """Whether it is one certain text of several characters."""
    return isinstance(node, Sequence) and all(map(is_letter, node.items))


def names_in(node: Node) -> set[str]:
    """The names that it refers to."""
    return {inner.name for inner in walk(node) if isinstance(inner, Ref | Lexeme)}
