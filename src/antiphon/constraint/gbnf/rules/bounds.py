"""What llama.cpp can bear: it unrolls repetitions, and looks at all ways to begin at once. Knows no notation.

Where it has a limit of its own it does not always say so: a repetition of more than 2000 it takes for one without end.
"""

from collections.abc import Mapping
from graphlib import TopologicalSorter

from antiphon.constraint.gbnf.expression import Node, Repeat, walk
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.nonempty import find_names, is_nullable
from antiphon.constraint.gbnf.rules.recursion import find_begins

MOST_TIMES = 2_000
"""llama.cpp's own."""
MOST_TIMES_TOGETHER = 50_000
MOST_BEGINNINGS = 5_000


def check_bounds(rules: Mapping[str, Node]) -> None:
    """Raises `NotExpressible` for what is more than it can bear. No rule may begin with itself."""
    times = [node.most or node.least for rule in rules.values() for node in walk(rule) if isinstance(node, Repeat)]
    if max(times, default=0) > MOST_TIMES:
        raise NotExpressible(f"a repetition of more than {MOST_TIMES} times")
    if sum(times) > MOST_TIMES_TOGETHER:
        raise NotExpressible(f"repetitions of more than {MOST_TIMES_TOGETHER} times together")
    check_beginnings(rules)


def check_beginnings(rules: Mapping[str, Node]) -> None:
    """Raises `NotExpressible` where a rule may begin in too many ways."""
    nullable = find_names(rules, is_nullable)
    begins = {name: list(find_begins(node, nullable)) for name, node in rules.items()}
    ways: dict[str, int] = {}
    for name in TopologicalSorter(begins).static_order():
        ways[name] = 1 + sum(ways[begun] for begun in begins[name])
        if ways[name] > MOST_BEGINNINGS:
            raise NotExpressible("there are too many ways to begin")
