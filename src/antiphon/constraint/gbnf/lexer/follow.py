"""Which terminals may begin what, and which may follow which, place by place.

A place is one `Lexeme` in a rule, the same terminal at another place is another. Sets of places are numbers with a bit
for each. Knows no terminals' languages; what a rule is followed by is put together from all places where it stands.
"""

from collections import defaultdict
from dataclasses import dataclass

from antiphon.constraint.gbnf.expression import Choice, Lexeme, Node, Ref, Repeat, Sequence, walk
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.grammar import Grammar
from antiphon.constraint.gbnf.nonempty import find_names, is_nullable

MOST_PLACES = 3_000


@dataclass(frozen=True)
class Behind:
    """What may follow a node: these places, and all that may follow the rule it is in, if it can be last there."""

    places: int
    rule: str | None


class Follow:
    """Of one grammar."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.nullable = find_names({**grammar.rules, **grammar.terminals}, is_nullable)
        lexemes = [node for rule in grammar.rules.values() for node in walk(rule) if isinstance(node, Lexeme)]
        if len(lexemes) > MOST_PLACES:
            raise NotExpressible(f"it has terminals at more than {MOST_PLACES} places")
        self.lexemes = list(dict.fromkeys(lexemes))
        self.bits = {lexeme: 1 << number for number, lexeme in enumerate(self.lexemes)}
        self.firsts: dict[str, int] = dict.fromkeys(grammar.rules, 0)
        self.find_firsts()
        self.end = 1 << len(self.lexemes)
        self.behind: dict[Node, Behind] = {}
        self.after_rule: dict[str, int] = dict.fromkeys(grammar.rules, 0)
        self.find_behind()

    def first(self, node: Node) -> int:
        """The places that a node may begin with."""
        match node:
            case Lexeme():
                return self.bits[node]
            case Ref(name=name):
                return self.firsts[name]
            case Choice(options=nodes):
                return self.any_of(nodes)
            case Repeat(item=inner):
                return self.first(inner)
            case Sequence(items=nodes):
                at = next((at for at, inner in enumerate(nodes) if not self.is_nullable(inner)), len(nodes))
                return self.any_of(nodes[: at + 1])
        return 0

    def any_of(self, nodes: tuple[Node, ...]) -> int:
        """The places that any of them may begin with."""
        places = 0
        for node in nodes:
            places |= self.first(node)
        return places

    def is_nullable(self, node: Node) -> bool:
        """Whether a node may be nothing."""
        return is_nullable(node, self.nullable)

    def follow(self, node: Node) -> int:
        """The places that may follow a node, and the end."""
        behind = self.behind[node]
        return behind.places | (self.after_rule[behind.rule] if behind.rule else 0)

    def at(self, places: int) -> list[Lexeme]:
        """What stands at some places."""
        found = []
        places &= self.end - 1
        while places:
            found.append(self.lexemes[(places & -places).bit_length() - 1])
            places &= places - 1
        return found

    def names(self, places: int) -> set[str]:
        """The terminals at some places."""
        return {lexeme.name for lexeme in self.at(places)}

    def find_firsts(self) -> None:
        """Until nothing changes."""
        users = defaultdict(set)
        for name, node in self.grammar.rules.items():
            for used in walk(node):
                if isinstance(used, Ref):
                    users[used.name].add(name)
        todo = list(self.grammar.rules)
        while todo:
            name = todo.pop()
            first = self.first(self.grammar.rules[name])
            if first != self.firsts[name]:
                self.firsts[name] = first
                todo += users[name]

    def find_behind(self) -> None:
        """Of every node; then of the rules, until nothing changes."""
        inherits = defaultdict(set)
        for name, rule in self.grammar.rules.items():
            todo = [(rule, Behind(0, name))]
            while todo:
                node, behind = todo.pop()
                self.behind[node] = behind
                todo += self.within(node, behind)
                if isinstance(node, Ref):
                    self.after_rule[node.name] |= behind.places
                    inherits[behind.rule].add(node.name)
        self.after_rule[self.grammar.start] |= self.end
        changed = list(self.grammar.rules)
        while changed:
            name = changed.pop()
            for used in inherits[name]:
                before = self.after_rule[used]
                self.after_rule[used] |= self.after_rule[name]
                changed += [used] if self.after_rule[used] != before else []

    def within(self, node: Node, behind: Behind) -> list[tuple[Node, Behind]]:
        """The nodes within one, and what may follow each."""
        match node:
            case Choice(options=nodes):
                return [(inner, behind) for inner in nodes]
            case Repeat(item=inner, most=most):
                again = self.first(inner) if most != 1 else 0
                return [(inner, Behind(behind.places | again, behind.rule))]
            case Sequence(items=nodes):
                found = []
                for inner in reversed(nodes):
                    found.append((inner, behind))
                    passes = self.is_nullable(inner)
                    places = self.first(inner) | (behind.places if passes else 0)
                    behind = Behind(places, behind.rule if passes else None)
                return found
        return []
