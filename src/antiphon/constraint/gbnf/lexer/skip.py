"""Writes into a grammar where ignored text may stand: behind a terminal, where another may follow, as in the engine.

At the end of a text that is so only where the text could go on. Then a text must be read one way only, so that it is
plain whether it could; or every text must be able to go on. Knows no notation.
"""

from collections import defaultdict
from collections.abc import Iterable

from antiphon.constraint.gbnf.expression import (
    EMPTY,
    Choice,
    Lexeme,
    Node,
    Ref,
    Repeat,
    Sequence,
    choice,
    repeat,
    sequence,
)
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.grammar import Grammar
from antiphon.constraint.gbnf.lexer.follow import Follow
from antiphon.constraint.gbnf.nonempty import SOME, find_names

SKIP, LAST = "ignored/", "/last"
"""What may be skipped; and behind a rule's name: the rule, where it is last."""


class Skip:
    """together: terminals that may be the same text."""

    def __init__(self, grammar: Grammar, follow: Follow, together: Iterable[frozenset[str]]) -> None:
        self.grammar = grammar
        self.follow = follow
        self.alike: defaultdict[str, set[str]] = defaultdict(set)
        for names in together:
            for name in names:
                self.alike[name] |= names
        self.growing = {node for name, node in grammar.rules.items() if self.grows(name)}

    def write(self) -> dict[str, Node]:
        """Rules, with what may be skipped among them, and the rules that are last."""
        first = self.follow.names(self.follow.firsts[self.grammar.start])
        if any(name.endswith(SOME) for name in first):
            raise NotExpressible("behind an empty terminal at the beginning, text is ignored")
        rules = {name: self.inner(node) for name, node in self.grammar.rules.items()}
        rules[SKIP] = repeat(choice(self.part(name) for name in self.grammar.ignored), 0, None)
        if self.is_plain():
            last = {name + LAST: self.last(node) for name, node in self.grammar.rules.items()}
            return {**last, **rules}
        if self.grammar.start in find_names(self.grammar.rules, self.may_stop):
            raise NotExpressible("it cannot be told whether what is ignored may stand at the end")
        return {**rules, self.grammar.start + LAST: Ref(self.grammar.start)}

    def part(self, name: str) -> Node:
        """What any number of is any number of this."""
        node = self.grammar.terminals[name]
        return node.item if isinstance(node, Repeat) and node.least <= 1 and node.most is None else Ref(name)

    def inner(self, node: Node) -> Node:
        """A node behind which something follows."""
        match node:
            case Lexeme():
                return sequence([node, Ref(SKIP)])
            case Sequence(items=nodes):
                return sequence(map(self.inner, nodes))
            case Choice(options=nodes):
                return choice(map(self.inner, nodes))
            case Repeat(item=inner, least=least, most=most):
                return repeat(self.inner(inner), least, most)
        return node

    def last(self, node: Node) -> Node:
        """A node behind which nothing follows: ignored text only where it could have gone on."""
        match node:
            case Ref(name=name):
                return Ref(name + LAST)
            case Choice(options=nodes):
                return choice(map(self.last, nodes))
            case Sequence(items=nodes):
                return self.last_of(nodes)
            case Repeat(most=None):
                return self.inner(node)
            case Repeat(item=inner, least=least, most=int(most)):
                whole = sequence([repeat(self.inner(inner), most - 1, most - 1), self.last(inner)])
                return choice([repeat(self.inner(inner), least, most - 1), whole]) if least < most else whole
        return node

    def last_of(self, nodes: tuple[Node, ...]) -> Node:
        """The same for one after the other. Behind what may be followed by something, ignored text may stand."""
        if not nodes:
            return EMPTY
        *before, final = nodes
        if not self.follow.first(final) and self.follow.is_nullable(final):
            return self.last(sequence(before))
        return sequence([*map(self.inner, before), self.last(final)])

    # Whether a text is read in one way only

    def is_plain(self) -> bool:
        """Whether the next terminal always tells which way to go."""
        return all(self.is_decided(node) for node in self.follow.behind)

    def is_decided(self, node: Node) -> bool:
        """Whether it does at this node."""
        follow = self.follow
        match node:
            case Choice(options=nodes):
                empty = [follow.follow(node) for inner in nodes if follow.is_nullable(inner)]
                return len(empty) < 2 and self.differ([*map(follow.first, nodes), *empty])
            case Repeat(item=inner, least=least, most=most) if least != most:
                return self.differ([follow.first(inner), follow.follow(node)])
        return True

    def differ(self, ways: list[int]) -> bool:
        """Whether no text is a terminal at places of two of these."""
        taken: set[str] = set()
        for places in ways:
            names = self.follow.names(places)
            if names & taken:
                return False
            taken.update(names, *(self.alike[name] for name in names))
        return True

    # Whether every text can go on

    def may_stop(self, node: Node, known: set[str]) -> bool:
        """Whether a node may match what is not the beginning of more that it matches; of these names it is known."""
        match node:
            case Ref(name=name):
                return name in known
            case Choice(options=nodes):
                return node not in self.growing and any(self.may_stop(inner, known) for inner in nodes)
            case Sequence(items=nodes):
                final = next((inner for inner in reversed(nodes) if self.follow.first(inner)), None)
                return final is None or self.may_stop(final, known)
            case Repeat(item=inner, most=most):
                return most is not None and self.may_stop(inner, known)
        return True

    def grows(self, name: str) -> bool:
        """Whether a rule is itself and something behind it."""
        node = self.grammar.rules[name]
        options = node.options if isinstance(node, Choice) else ()
        return any(
            isinstance(option, Sequence)
            and isinstance(begin := option.items[0], Ref)
            and begin.name == name
            and bool(self.follow.any_of(option.items[1:]))
            for option in options
        )
