"""Anchors at the ends of a pattern, which mean nothing where the whole text must match. Elsewhere the engine has none
either.
"""

from antiphon.constraint.gbnf.expression import EMPTY, Choice, Node, Ref, Repeat, Sequence, choice, repeat, sequence
from antiphon.constraint.gbnf.fault import NotExpressible

START, END = Ref("^"), Ref("$")


def settle(node: Node) -> Node:
    """The same pattern without anchors."""
    return settle_within(node, at_start=True, at_end=True)


def settle_within(node: Node, *, at_start: bool, at_end: bool) -> Node:
    """A part, and whether the text begins or ends where it does."""
    match node:
        case Ref():
            if not (at_start if node is START else at_end):
                raise NotExpressible("an anchor inside of a pattern")
            return EMPTY
        case Choice(options=nodes):
            return choice([settle_within(inner, at_start=at_start, at_end=at_end) for inner in nodes])
        case Sequence(items=nodes):
            first = next((at for at, inner in enumerate(nodes) if inner is not START), len(nodes))
            last = next((at for at in reversed(range(len(nodes))) if nodes[at] is not END), -1)
            return sequence(
                settle_within(inner, at_start=at_start and at <= first, at_end=at_end and at >= last)
                for at, inner in enumerate(nodes)
            )
        case Repeat(item=inner, least=least, most=most):
            once = most == 1
            return repeat(settle_within(inner, at_start=at_start and once, at_end=at_end and once), least, most)
    return node
