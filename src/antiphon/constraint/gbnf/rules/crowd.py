"""Whether llama.cpp would lose itself in a grammar: it keeps a stack for each way to read what was written so far, and
of some grammars there are more and more.

Walks some steps where most ways are. A grammar that is read in one way needs no more of them than it has characters.
Knows no notation.
"""

from collections.abc import Mapping

from antiphon.constraint.gbnf.expression import Chars, Node, walk
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.lexer.automaton import Automaton, OutOfSteps

FAR = 24
"""Characters."""
NUM_WALKERS = 2
SPARE = 200
MOST_STEPS = 100_000


def check_crowd(rules: Mapping[str, Node], start: str) -> None:
    """Raises `NotExpressible` where there are too many ways. No rule may begin with itself."""
    room = SPARE + 2 * sum(isinstance(node, Chars) for rule in rules.values() for node in walk(rule))
    crowds, is_complete = find_crowds(Automaton(rules, MOST_STEPS), start)
    if max(crowds, default=room + 1) > (room if is_complete else SPARE + 2 * sum(crowds[:1])):
        raise NotExpressible("it can be read in too many ways at once")


def find_crowds(automaton: Automaton, start: str) -> tuple[list[int], bool]:
    """How many ways there are, step by step, and whether there was time to take all steps."""
    crowds: list[int] = []
    try:
        states = [automaton.start([start])]
        while states and len(crowds) < FAR:
            crowds.append(max(len(automaton.states[state].threads) for state in states))
            ahead = {target for state in states for _, target in automaton.moves(state)} - set(states)
            states = sorted(ahead, key=lambda state: -len(automaton.states[state].threads))[:NUM_WALKERS]
    except OutOfSteps:
        return crowds, False
    return crowds, True
