"""Runs terminals over text: an automaton that is made as far as somebody looks.

A state is a set of threads, as llama.cpp has stacks: each is what may come next and what after that. So the number of
threads tells how ambiguous a terminal is there. Knows no rules. Invariant: in no repetition is what may be empty.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from antiphon.constraint.gbnf.expression import (
    EMPTY,
    Both,
    Chars,
    Choice,
    Lexeme,
    Node,
    Not,
    Ref,
    Repeat,
    Sequence,
    walk,
)
from antiphon.constraint.gbnf.lexer.alphabet import Alphabet

MOST_STEPS = 50_000
"""For one grammar: about half a second."""
DEEPEST = 30
"""Levels of terminals that exclude others, or must match with others."""


class OutOfSteps(Exception):
    """It takes too long to look at all states."""


@dataclass(frozen=True, eq=False, slots=True)
class Ended:
    """Behind the last node of a terminal. name: of which."""

    name: str


@dataclass(frozen=True, eq=False, slots=True)
class Product:
    """Where terminals are of which all must match; or one that must not. states: theirs."""

    states: tuple[int, ...]
    negated: bool


@dataclass(frozen=True, eq=False, slots=True)
class Thread:
    """What comes next, and then."""

    head: Node | Product | Ended
    rest: "Thread | None"


Move = tuple[int, int]
"""Letters, and the state behind them."""
DEAD = 0
"""The state from which nothing matches any more."""


@dataclass(eq=False, slots=True)
class State:
    """threads: those that wait for a character. ends: the terminals that may end here."""

    threads: frozenset[Thread]
    ends: frozenset[str]
    moves: list[Move] | None = None


class Automaton:
    """definitions: of terminals, by name. most_steps: how long it may take."""

    def __init__(self, definitions: Mapping[str, Node], most_steps: int = MOST_STEPS) -> None:
        self.definitions = definitions
        self.most_steps = most_steps
        nodes = [inner for node in definitions.values() for inner in walk(node)]
        self.alphabet = Alphabet(node.chars for node in nodes if isinstance(node, Chars))
        self.excludes = any(isinstance(node, Both | Not) for node in nodes)
        self.states: list[State] = []
        self.numbers: dict[tuple[frozenset[Thread], frozenset[str]], int] = {}
        self.threads: dict[tuple[int, int], Thread] = {}
        self.lesser: dict[tuple[int, int, int | None], Repeat] = {}
        self.products: dict[tuple[tuple[int, ...], bool], Product] = {}
        self.expanded: dict[Thread, tuple[frozenset[Thread], frozenset[str]]] = {}
        self.ends: dict[str, Ended] = {}
        self.living: dict[int, bool] = {}
        self.num_steps = self.depth = 0
        self.find_state([])

    def start(self, names: Iterable[str]) -> int:
        """The state in which each of these terminals may begin."""
        return self.find_state([self.thread(Ref(name), self.ending(name)) for name in names])

    def ending(self, name: str) -> Thread:
        """The end of a terminal."""
        return self.thread(self.ends.setdefault(name, Ended(name)), None)

    def moves(self, state: int) -> list[Move]:
        """Where each letter leads that leads anywhere. No letter is in two."""
        found = self.states[state]
        if found.moves is None:
            after: defaultdict[int, list[Thread]] = defaultdict(list)
            for thread in found.threads:
                for letters, next_ in self.steps(thread):
                    after[letters].append(next_)
            self.spend(len(found.threads))
            parts: list[tuple[int, list[Thread]]] = []
            for letters, threads in after.items():
                parts = divide(parts, letters, threads)
                self.spend(len(parts))
            found.moves = [(letters, self.find_state(threads)) for letters, threads in parts]
        return found.moves

    def letters(self, state: int) -> int:
        """The letters that may come, if a terminal is to match."""
        mask = 0
        for letters, target in self.moves(state):
            mask |= letters if self.lives(target) else 0
        return mask

    def lives(self, state: int) -> bool:
        """Whether a terminal can still match."""
        if not self.excludes:
            return state != DEAD
        if state not in self.living:
            self.living[state] = any(self.states[seen].ends for seen in self.reach(state))
        return self.living[state]

    def reach(self, state: int) -> Iterable[int]:
        """A state and all that can follow it."""
        seen, todo = {state}, [state]
        while todo:
            state = todo.pop()
            yield state
            targets = {target for _, target in self.moves(state)} - seen
            seen |= targets
            todo += targets

    # How states are made

    def steps(self, thread: Thread) -> list[tuple[int, Thread]]:
        """Letters that a thread may read, and what it is then."""
        if isinstance(thread.head, Product):
            return [(letters, self.thread(after, thread.rest)) for letters, after in self.product_steps(thread.head)]
        assert isinstance(thread.head, Chars) and thread.rest
        return [(self.alphabet.mask(thread.head.chars), thread.rest)]

    def product_steps(self, product: Product) -> list[tuple[int, Product]]:
        """The same for a product."""
        parts: list[tuple[int, tuple[int, ...]]] = [(self.alphabet.every, ())]
        for state in product.states:
            moves = self.moves(state)
            if product.negated:
                moves = [*moves, (self.alphabet.every & ~sum(letters for letters, _ in moves), DEAD)]
            parts = [
                (mask & letters, (*to, target)) for mask, to in parts for letters, target in moves if mask & letters
            ]
            self.spend(len(parts))
        return [(letters, self.product(to, negated=product.negated)) for letters, to in parts]

    def find_state(self, threads: Iterable[Thread]) -> int:
        """The number of the state in which these threads are."""
        expanded = [self.expand(thread) for thread in threads]
        waiting = frozenset().union(*(waiting for waiting, _ in expanded))
        ends = frozenset().union(*(ends for _, ends in expanded))
        self.spend(len(waiting) + 1)
        number = self.numbers.setdefault((waiting, ends), len(self.states))
        if number == len(self.states):
            self.states.append(State(waiting, ends))
        return number

    def expand(self, thread: Thread) -> tuple[frozenset[Thread], frozenset[str]]:
        """The threads that this one is, each with a character next, and the terminals that may end."""
        if thread not in self.expanded:
            waiting, ends, seen, todo = set(), set(), {thread}, [thread]
            while todo:
                thread_ = todo.pop()
                match thread_.head:
                    case Ended(name=name):
                        ends.add(name)
                    case Chars() | Product():
                        waiting.add(thread_)
                after = [one for one in self.unfold(thread_) if one not in seen]
                seen.update(after)
                todo += after
                self.spend(1)
            self.expanded[thread] = frozenset(waiting), frozenset(ends)
        return self.expanded[thread]

    def unfold(self, thread: Thread) -> list[Thread]:
        """The threads that this one may be without reading anything."""
        head, rest = thread.head, thread.rest
        match head:
            case Sequence(items=nodes):
                self.spend(len(nodes) // 8)
                for node in reversed(nodes):
                    rest = self.thread(node, rest)
                return [rest] if rest else []
            case Choice(options=nodes):
                return [self.thread(node, rest) for node in nodes]
            case Repeat():
                once = self.thread(head.item, self.thread(self.less(head), rest))
                return [once] if head.least or head.most == 0 else [once, *([rest] if rest else [])]
            case Ref(name=name) | Lexeme(name=name):
                return [self.thread(self.definitions[name], rest)]
            case Both(operands=nodes):
                return [self.thread(self.product(tuple(map(self.alone, nodes)), negated=False), rest)]
            case Not(operand=node):
                return [self.thread(self.product((self.alone(node),), negated=True), rest)]
            case Product() if rest and all(map(self.may_end, head.states)) != head.negated:
                return [rest]
        return []

    def alone(self, node: Node) -> int:
        """The state in which a node begins by itself."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise OutOfSteps
        state = self.find_state([self.thread(node, self.ending(""))])
        self.depth -= 1
        return state

    def may_end(self, state: int) -> bool:
        """Whether something matches up to here."""
        return bool(self.states[state].ends)

    def less(self, node: Repeat) -> Node:
        """What is left of a repetition behind the first time."""
        least, most = max(node.least - 1, 0), None if node.most is None else node.most - 1
        if (least, most) == (node.least, node.most):
            return node
        if most == 0:
            return EMPTY
        key = (id(node.item), least, most)
        return self.lesser.setdefault(key, Repeat(node.item, least, most))

    def thread(self, head: Node | Product | Ended, rest: "Thread | None") -> Thread:
        """The same for the same."""
        key = (id(head), id(rest))
        if key not in self.threads:
            self.threads[key] = Thread(head, rest)
        return self.threads[key]

    def product(self, states: tuple[int, ...], *, negated: bool) -> Product:
        """The same for the same."""
        return self.products.setdefault((states, negated), Product(states, negated))

    def spend(self, steps: int) -> None:
        """Raises `OutOfSteps` when there were too many."""
        self.num_steps += steps
        if self.num_steps > self.most_steps:
            raise OutOfSteps


def divide(parts: list[tuple[int, list[Thread]]], letters: int, more: list[Thread]) -> list[tuple[int, list[Thread]]]:
    """Parts of the alphabet and the threads behind each, with more threads behind some letters."""
    divided: list[tuple[int, list[Thread]]] = []
    for mask, threads in parts:
        if mask & letters:
            divided.append((mask & letters, threads + more))
        if mask & ~letters:
            divided.append((mask & ~letters, threads))
        letters &= ~mask
    return [*divided, (letters, more)] if letters else divided
