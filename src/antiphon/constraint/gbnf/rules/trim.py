"""Leaves out what can never match, and what nothing refers to. Knows no notation."""

from collections.abc import Mapping

from antiphon.constraint.gbnf.expression import (
    NEVER,
    Both,
    Chars,
    Choice,
    Lexeme,
    Node,
    Not,
    Ref,
    Repeat,
    Sequence,
    choice,
    is_never,
    names_in,
    repeat,
    sequence,
)
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.nonempty import find_names

NOTHING = "nothing can ever match it"


def trim(definitions: Mapping[str, Node], start: str) -> dict[str, Node]:
    """The same language from `start` on. Raises `NotExpressible` when nothing is in it."""
    matching = find_names(definitions, can_match)
    if start not in matching:
        raise NotExpressible(NOTHING)
    kept: dict[str, Node] = {}
    todo = [start]
    while todo:
        name = todo.pop()
        if name not in kept:
            kept[name] = prune(definitions[name], matching)
            todo += names_in(kept[name])
    return {name: kept[name] for name in definitions if name in kept}


def prune_all(definitions: Mapping[str, Node]) -> dict[str, Node]:
    """The same definitions, without what can never match."""
    matching = find_names(definitions, can_match)
    return {name: prune(node, matching) for name, node in definitions.items()}


def can_match(node: Node, matching: set[str]) -> bool:
    """Whether it matches any text, where these names do. Of what is excluded nobody asks here."""
    match node:
        case Sequence(items=nodes) | Both(operands=nodes):
            return all(can_match(inner, matching) for inner in nodes)
        case Choice(options=nodes):
            return any(can_match(inner, matching) for inner in nodes)
        case Repeat(item=inner, least=least):
            return least == 0 or can_match(inner, matching)
        case Ref(name=name) | Lexeme(name=name):
            return name in matching
        case Chars() | Not():
            return True


def prune(node: Node, matching: set[str]) -> Node:
    """The same without what can never match; `NEVER` where nothing is left."""
    match node:
        case Choice(options=nodes):
            pruned = [prune(inner, matching) for inner in nodes]
            return choice(inner for inner in pruned if not is_never(inner))
        case Sequence(items=nodes):
            pruned = [prune(inner, matching) for inner in nodes]
            return NEVER if any(map(is_never, pruned)) else sequence(pruned)
        case Repeat(item=inner, least=least, most=most):
            return repeat(prune(inner, matching), least, most)
        case Ref(name=name) | Lexeme(name=name) if name not in matching:
            return NEVER
    return node
