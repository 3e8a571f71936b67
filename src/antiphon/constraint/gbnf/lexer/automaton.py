"""Runs terminals over text: an automaton that is made as far as somebody looks.

A state is the set of all ways to go on, so that their number tells how ambiguous a terminal is there. Knows no rules,
but takes them for terminals. Invariant: in no repetition is what may be empty, and nothing begins with itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from antiphon.constraint.gbnf.expression import Both, Chars, Node, Not, Ref, Sequence, walk
from antiphon.constraint.gbnf.lexer.alphabet import Alphabet
from antiphon.constraint.gbnf.lexer.threads import Ended, Product, Thread, Threads

MOST_STEPS = 50_000
"""For one grammar: about half a second."""
DEEPEST = 30
"""Levels of terminals that exclude others, or must match with others."""
Move = tuple[int, int]
"""Letters, and the state behind them."""
DEAD = 0
"""The state from which nothing matches any more."""


class OutOfSteps(Exception):
    """It takes too long to look at all states."""


@dataclass(eq=False, slots=True)
class State:
    """threads: those that wait for a character. ends: the terminals that may end here."""

    threads: frozenset[Thread]
    ends: frozenset[str]
    moves: list[Move] | None = None


class Automaton:
    """definitions: of terminals, by name. most_steps: how long it may take."""

    def __init__(self, definitions: Mapping[str, Node], most_steps: int = MOST_STEPS) -> None:
        nodes = [inner for node in definitions.values() for inner in walk(node)]
        self.alphabet = Alphabet(node.chars for node in nodes if isinstance(node, Chars))
        self.excludes = any(isinstance(node, Both | Not) for node in nodes)
        self.threads = Threads(definitions, self.begin, lambda state: bool(self.states[state].ends))
        self.states: list[State] = []
        self.numbers: dict[tuple[frozenset[Thread], frozenset[str]], int] = {}
        self.expanded: dict[Thread, tuple[frozenset[Thread], frozenset[str]]] = {}
        self.living: dict[int, bool] = {}
        self.most_steps = most_steps
        self.num_steps = self.depth = 0
        self.find_state([])

    def start(self, names: Iterable[str]) -> int:
        """The state in which each of these terminals may begin."""
        return self.find_state([self.threads.make(Ref(name), self.threads.end(name)) for name in names])

    def begin(self, node: Node) -> int:
        """The state in which a node begins by itself."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise OutOfSteps
        state = self.find_state([self.threads.make(node, self.threads.end(""))])
        self.depth -= 1
        return state

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

    def steps(self, thread: Thread) -> list[tuple[int, Thread]]:
        """Letters that a thread may read, and what it is then."""
        head, rest = thread.head, thread.rest
        if isinstance(head, Product):
            return [(letters, self.threads.make(after, rest)) for letters, after in self.product_steps(head)]
        assert isinstance(head, Chars) and rest
        return [(self.alphabet.mask(head.chars), rest)]

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
        return [(letters, self.threads.product(to, negated=product.negated)) for letters, to in parts]

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
            seen, todo = {thread}, [thread]
            while todo:
                one = todo.pop()
                after = [new for new in self.threads.unfold(one) if new not in seen]
                seen.update(after)
                todo += after
                self.spend(1 + (len(one.head.items) // 8 if isinstance(one.head, Sequence) else 0))
            waiting = frozenset(one for one in seen if isinstance(one.head, Chars | Product))
            self.expanded[thread] = waiting, frozenset(one.head.name for one in seen if isinstance(one.head, Ended))
        return self.expanded[thread]

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
