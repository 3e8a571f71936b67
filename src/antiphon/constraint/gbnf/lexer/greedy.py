"""Whether terminals end where the engine's lexer ends them, whichever way a text is read.

That lexer reads on while any terminal that is allowed there can, byte by byte, and never goes back. GBNF knows no
terminals: it tries every way. Both are the same when no character that may follow a terminal can also continue one that
might stand there; whether that is so, is judged here. Knows no notation.
"""

from antiphon.constraint.gbnf.expression import Node, Repeat
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.grammar import Grammar
from antiphon.constraint.gbnf.lexer.automaton import Automaton
from antiphon.constraint.gbnf.lexer.follow import Follow
from antiphon.constraint.gbnf.nonempty import SOME

MOST_CONTEXTS = 2_000


class Greed:
    """Judges one grammar."""

    def __init__(self, grammar: Grammar, follow: Follow, automaton: Automaton) -> None:
        self.grammar = grammar
        self.follow = follow
        self.automaton = automaton
        self.ignored = frozenset(grammar.ignored)
        self.together: set[frozenset[str]] = set()
        """Terminals that may end at the same place, having begun at the same."""
        self.begins: dict[tuple[int, frozenset[str]], int] = {}
        self.known: dict[int, dict[str, int]] = {}

    def check(self) -> None:
        """Raises `NotExpressible`, or `OutOfSteps`."""
        first = self.follow.firsts[self.grammar.start]
        todo, seen = [(first, False)], {(first, False)}
        while todo:
            places, may_ignore = todo.pop()
            after = {(next_, True) for next_ in self.check_context(places, self.ignored if may_ignore else frozenset())}
            todo += after - seen
            seen |= after
            if len(seen) > MOST_CONTEXTS:
                raise NotExpressible("it takes too long to tell where its terminals end")

    def check_context(self, places: int, ignored: frozenset[str]) -> set[int]:
        """Looks at every text that is a terminal where these places may come; returns the sets of places that may come
        behind one.
        """
        names = self.follow.names(places)
        if not names:
            return set()
        found: set[int] = set()
        start = self.automaton.start(sorted(names | ignored))
        read = {target for state in self.automaton.reach(start) for _, target in self.automaton.moves(state)}
        for state in read:
            if ends := self.automaton.states[state].ends:
                self.check_end(state, places, ends, ignored)
                found.add(self.behind(places, ends))
        return found

    def check_end(self, state: int, places: int, ends: frozenset[str], ignored: frozenset[str]) -> None:
        """Looks at one text that is these terminals."""
        if ends & ignored and ends - ignored:
            raise NotExpressible(f"what is ignored may also be {show(min(ends - ignored))}")
        self.together.add(ends)
        for name in ends - ignored:
            after = self.behind(places, frozenset([name]))
            self.check_next(state, name, after, self.ignored if after & ~self.follow.end else frozenset())
        for name in ends & ignored:
            again = frozenset([name]) if is_closed(self.grammar.terminals[name]) else frozenset()
            self.check_next(state, name, places, self.ignored - again)

    def check_next(self, state: int, name: str, after: int, ignored: frozenset[str]) -> None:
        """Compares what continues with what follows: terminals at these places, or ignored ones."""
        automaton, key = self.automaton, (after, ignored)
        if key not in self.begins:
            begin = automaton.start(sorted(self.follow.names(after) | ignored))
            self.begins[key] = automaton.alphabet.lead_bytes(automaton.letters(begin))
        if automaton.alphabet.lead_bytes(automaton.letters(state)) & self.begins[key]:
            raise NotExpressible(f"what follows {show(name)} could also continue it, or what might stand in its place")

    def behind(self, places: int, names: frozenset[str]) -> int:
        """The places that may come behind terminals of these names at these places. Ignored text changes nothing."""
        if names & self.ignored:
            return places
        if places not in self.known:
            known = self.known[places] = {}
            for lexeme in self.follow.at(places):
                known[lexeme.name] = known.get(lexeme.name, 0) | self.follow.follow(lexeme)
        after = 0
        for name in names:
            after |= self.known[places].get(name, 0)
        return after


def is_closed(node: Node) -> bool:
    """Whether two of these, one behind the other, are certainly one."""
    return isinstance(node, Repeat) and node.least <= 1 and node.most is None


def show(name: str) -> str:
    """A terminal's name, for a person."""
    plain = name.removesuffix(SOME)
    return f"the terminal {plain.rpartition('/')[0] or plain}"
