"""Rewrites rules that begin with themselves, which llama.cpp refuses: `a: a x | y` becomes `a: y x*`.

The language stays the same (Paull's algorithm, on nodes instead of symbols). Knows no notation and no terminals: those
are rules like any other here. Invariant: in no repetition is what may be empty.
"""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import count, islice

from antiphon.constraint.gbnf.expression import (
    Chars,
    Choice,
    Node,
    Ref,
    Repeat,
    Sequence,
    choice,
    repeat,
    sequence,
    walk,
)
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.nonempty import find_names, is_nullable

BASE = "/base"
"""Behind a rule's name: what the rule begins with that is not itself."""
MOST_OPTIONS = 500
MOST_ROUNDS = 60
MOST_NODES = 20_000
MUCH = "rules begin with each other in too many ways"
Line = tuple[Node, ...]
"""Nodes, one after the other."""


def unfold_recursion(definitions: Mapping[str, Node]) -> dict[str, Node]:
    """The same rules, none of which begins with itself. Raises `NotExpressible`."""
    rules = dict(definitions)
    for _ in range(MOST_ROUNDS):
        circle = find_circle(rules)
        if not circle:
            return rules
        Recursion(rules, circle).unfold()
    raise NotExpressible(MUCH)


def find_circle(rules: Mapping[str, Node]) -> set[str]:
    """Rules that begin with each other, all of one kind; none where there are none."""
    nullable = find_names(rules, is_nullable)
    begins = {name: set(find_begins(node, nullable)) for name, node in rules.items()}
    try:
        TopologicalSorter(begins).prepare()
    except CycleError as error:
        name = error.args[1][0]
        ends: dict[str, set[str]] = {name: set() for name in rules}
        for begun, used in begins.items():
            for other in used:
                ends[other].add(begun)
        return reach(begins, name) & reach(ends, name)
    return set()


def reach(edges: Mapping[str, Iterable[str]], start: str) -> set[str]:
    """All that can be reached from one, and itself."""
    seen, todo = {start}, [start]
    while todo:
        new = set(edges[todo.pop()]) - seen
        seen |= new
        todo += new
    return seen


def find_begins(node: Node, nullable: set[str]) -> Iterable[str]:
    """The rules that a node may begin with."""
    todo = [node]
    while todo:
        match todo.pop():
            case Ref(name=name):
                yield name
            case Choice(options=nodes):
                todo += nodes
            case Repeat(item=inner):
                todo.append(inner)
            case Sequence(items=nodes):
                at = next((at for at, inner in enumerate(nodes) if not is_nullable(inner, nullable)), len(nodes))
                todo += nodes[: at + 1]


class Recursion:
    """Rules that begin with each other: `circle`. Rewrites them in `rules`."""

    def __init__(self, rules: dict[str, Node], circle: set[str]) -> None:
        self.rules = rules
        self.circle = sorted(circle)
        self.nullable = find_names(rules, is_nullable)
        self.lines: dict[str, list[Line]] = {}

    def unfold(self) -> None:
        """Each in turn: begins only with later ones then."""
        for name in self.circle:
            lines = self.begin(name, [(self.rules[name],)])
            again = [line[1:] for line in lines if is_ref(line, name) and len(line) > 1]
            others = [line for line in lines if not is_ref(line, name)]
            if not again:
                self.lines[name] = others
                self.write(name, others)
                continue
            base = next(free for n in count(1) if (free := name + BASE * n) not in self.rules)
            more = self.repeat(name, base, again)
            self.write(base, others)
            self.write(name, [(Ref(base), more)])
            self.lines[name] = [(*line, more) for line in others]

    def write(self, name: str, lines: list[Line]) -> None:
        """One rule, of these options."""
        node = choice(map(sequence, lines))
        if any(True for _ in islice(walk(node), MOST_NODES, None)):
            raise NotExpressible(MUCH)
        self.rules[name] = node

    def repeat(self, name: str, base: str, again: list[Line]) -> Node:
        """What may come behind the beginning, any number of times. What ends with the rule itself need only end with
        its beginning: the rest comes by the repetition.
        """
        if any(all(is_nullable(node, self.nullable) for node in line) for line in again):
            raise NotExpressible("a rule begins with itself and what may be empty")
        ends = [(*line[:-1], Ref(base)) if is_ref(line[-1:], name) else line for line in again]
        return repeat(choice(map(sequence, ends)), 0, None)

    def begin(self, name: str, todo: list[Line]) -> list[Line]:
        """The same options, such that each begins with a character, a later rule of the circle, or what begins with
        none of them.
        """
        done: list[Line] = []
        while todo:
            line = todo.pop()
            begun = set(find_begins(sequence(line), self.nullable))
            if begun.isdisjoint(self.circle) or (isinstance(line[0], Ref) and line[0].name in self.later(name)):
                done.append(line)
            else:
                todo += self.open(line)
            if len(todo) + len(done) > MOST_OPTIONS:
                raise NotExpressible(MUCH)
        return done[::-1]

    def later(self, name: str) -> set[str]:
        """The rules of the circle that have not been rewritten."""
        return {name, *self.circle} - set(self.lines)

    def open(self, line: Line) -> list[Line]:
        """The same as a line, with the first node taken apart."""
        first, *rest = line
        match first:
            case Sequence(items=nodes):
                return [(*nodes, *rest)] if nodes or rest else []
            case Choice(options=nodes):
                return [(node, *rest) for node in nodes]
            case Repeat(item=inner, least=least, most=most):
                fewer = repeat(inner, max(least - 1, 0), None if most is None else most - 1)
                without = [tuple(rest)] if least == 0 else []
                return [*without, (inner, fewer, *rest)]
            case Ref(name=name) if name in self.lines:
                return [(*begin, *rest) for begin in self.lines[name]]
            case Ref(name=name):
                return [(self.rules[name], *rest)]
            case Chars():
                return []
        return []


def is_ref(line: Line, name: str) -> bool:
    """Whether a line begins with this rule."""
    return bool(line) and isinstance(line[0], Ref) and line[0].name == name
