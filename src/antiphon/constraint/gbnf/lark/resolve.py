"""Looks up the names of a Lark grammar, and makes nodes of what can be reached from `start`.

As in llguidance, nobody looks at what cannot be reached. Each string and regular expression in a rule is a terminal.
"""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from antiphon.constraint.gbnf.expression import (
    EMPTY,
    Both,
    Lexeme,
    Node,
    Not,
    Ref,
    choice,
    names_in,
    repeat,
    sequence,
)
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.grammar import Grammar
from antiphon.constraint.gbnf.lark.parser import parse_lark
from antiphon.constraint.gbnf.lark.terms import Body, Counted, Definitions, Excluded, Name, Part, Term
from antiphon.constraint.gbnf.lark.value import Value, build_value

START = "start"
IGNORED = "ignored"


def read_lark(source: str) -> Grammar:
    """The grammar that a text defines. Raises `NotExpressible`."""
    return Resolver(parse_lark(source)).resolve()


class Resolver:
    """definitions: all that were read."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.rules: dict[str, Node] = {}
        self.terminals: dict[str, Node] = {}
        self.todo: list[str] = []
        self.values: dict[tuple[str, Value | Term], str] = {}

    def resolve(self) -> Grammar:
        """The grammar."""
        if START not in self.definitions.rules:
            raise NotExpressible("there is no rule 'start'")
        self.todo.append(START)
        while self.todo:
            name = self.todo.pop()
            if name not in self.rules:
                self.rules[name] = self.rule(self.definitions.rules[name])
        ignored = tuple(self.ignore(body) for body in self.definitions.ignored)
        check_circles(self.terminals)
        rules = {name: self.rules[name] for name in self.definitions.rules if name in self.rules}
        return Grammar(START, rules, self.terminals, ignored)

    def ignore(self, body: Body) -> str:
        """The name of a terminal that is ignored."""
        if isinstance(name := only_term(body), Name):
            return self.terminal(name.name)
        return self.add(f"{IGNORED}/{len(self.terminals)}", body)

    # Rules

    def rule(self, body: Body) -> Node:
        """What a rule is."""
        if any(len(parts) > 1 for parts in body.options):
            raise NotExpressible("'&' outside of a terminal")
        return choice([sequence(map(self.rule_term, part)) for (part,) in body.options])

    def rule_term(self, term: Term) -> Node:
        """A term of a rule."""
        match term:
            case Body():
                return self.rule(term)
            case Counted(term=inner, least=least, most=most):
                return repeat(self.rule_term(inner), least, most)
            case Name(name=name) if name in self.definitions.rules:
                self.todo.append(name)
                return Ref(name)
            case Name(name=name):
                return Lexeme(self.terminal(name))
            case Value(text='""' | '""i', until=None):
                return EMPTY
        return Lexeme(self.anonymous(term))

    def anonymous(self, term: Term) -> str:
        """The name of a terminal that has none: the same for the same value."""
        text = "..".join(filter(None, (term.text, term.until))) if isinstance(term, Value) else "~"
        key = (text, term)
        if key not in self.values:
            self.values[key] = self.add(f"{text}/{len(self.values)}", Body((((term,),),)))
        return self.values[key]

    # Terminals

    def terminal(self, name: str) -> str:
        """A terminal by its name, looked up."""
        if name in self.terminals:
            return name
        if name not in self.definitions.terminals:
            raise NotExpressible(f"nothing defines '{name}'")
        return self.add(name, self.definitions.terminals[name])

    def add(self, name: str, body: Body) -> str:
        """A new terminal, and those that it refers to."""
        todo = [(name, body)]
        while todo:
            new, body = todo.pop()
            if new in self.definitions.rules:
                raise NotExpressible(f"a rule and a terminal have the name '{new}'")
            if new not in self.terminals:
                self.terminals[new] = self.pattern(body)
                todo += ((used, self.definitions.terminals[used]) for used in names_in(self.terminals[new]))
        return name

    def pattern(self, body: Body) -> Node:
        """What a terminal is."""
        return choice([self.all_of(parts) for parts in body.options])

    def all_of(self, parts: tuple[Part, ...]) -> Node:
        """What matches all of these."""
        nodes = [sequence(map(self.pattern_term, part)) for part in parts]
        return nodes[0] if len(nodes) == 1 else Both(tuple(nodes))

    def pattern_term(self, term: Term) -> Node:
        """A term of a terminal."""
        match term:
            case Body():
                return self.pattern(term)
            case Counted(term=inner, least=least, most=most):
                return repeat(self.pattern_term(inner), least, most)
            case Excluded(term=inner):
                return Not(self.pattern_term(inner))
            case Name(name=name):
                if name not in self.definitions.terminals:
                    raise NotExpressible(f"no terminal has the name '{name}'")
                return Ref(name)
            case Value():
                return build_value(term)


def only_term(body: Body) -> Term | None:
    """The one term that it has, if it is all of it."""
    match body.options:
        case (((term,),),):
            return term
    return None


def check_circles(terminals: Mapping[str, Node]) -> None:
    """Raises `NotExpressible` where terminals refer to themselves."""
    try:
        TopologicalSorter({name: names_in(node) for name, node in terminals.items()}).prepare()
    except CycleError as error:
        raise NotExpressible(f"the terminal '{error.args[1][0]}' refers to itself") from None
