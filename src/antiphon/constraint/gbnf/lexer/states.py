"""Rules out of an automaton: one for each state, so that a text can be read in one way only.

For terminals that GBNF cannot say as they are written, because they exclude others, and for those that can be read in
so many ways that llama.cpp would lose itself. Knows no notation.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice

from antiphon.constraint.gbnf.expression import (
    EMPTY,
    NEVER,
    Both,
    Node,
    Not,
    Ref,
    chars,
    choice,
    names_in,
    sequence,
    walk,
)
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.lexer.automaton import Automaton, OutOfSteps

MOST_THREADS = 64
MOST_LOOKED_AT = 2_000
MOST_STATES = 1_000
Kind = tuple[tuple[int, int], ...]
"""The letters that lead on, and the class of states that they lead to."""


def spell_out(definitions: Mapping[str, Node], names: Iterable[str]) -> dict[str, Node]:
    """The definitions of these terminals and of all that they refer to, such that they can be written. Raises
    `NotExpressible`.
    """
    automaton = Automaton(definitions)
    spelled: dict[str, Node] = {}
    tops = set(names)
    todo = sorted(tops)
    while todo:
        name = todo.pop()
        if name in spelled:
            continue
        if has_operators(definitions[name]) or (name in tops and is_wide(automaton, name)):
            spelled |= spell_states(automaton, name)
        else:
            spelled[name] = definitions[name]
            todo += names_in(definitions[name])
    return spelled


def has_operators(node: Node) -> bool:
    """Whether it has what GBNF has not."""
    return any(isinstance(inner, Both | Not) for inner in walk(node))


def spell_states(automaton: Automaton, name: str) -> dict[str, Node]:
    """A terminal by its states."""
    try:
        return write_states(automaton, name)
    except OutOfSteps:
        raise NotExpressible("a terminal can be read in too many ways at once") from None


def is_wide(automaton: Automaton, name: str) -> bool:
    """Whether there are texts that can be read in very many ways."""
    try:
        states = islice(automaton.reach(automaton.start([name])), MOST_LOOKED_AT)
        return any(len(automaton.states[state].threads) > MOST_THREADS for state in states)
    except OutOfSteps:
        return True


def write_states(automaton: Automaton, name: str) -> dict[str, Node]:
    """A rule for each kind of state, the first by this name."""
    start = automaton.start([name])
    states = [state for state in automaton.reach(start) if automaton.lives(state)]
    if len(states) > MOST_STATES:
        raise NotExpressible(f"a terminal that would need more than {MOST_STATES} rules")
    kinds = classify(automaton, states)
    names = {kind: name if kind == kinds.get(start) else f"{name}/state/{kind}" for kind in kinds.values()}
    written = {names[kinds[state]]: write_state(automaton, state, kinds, names) for state in states}
    return written or {name: NEVER}


def classify(automaton: Automaton, states: list[int]) -> dict[int, int]:
    """The class of each state: two that match the same have the same."""
    kinds = {state: int(bool(automaton.states[state].ends)) for state in states}
    num_kinds = len(set(kinds.values()))
    while True:
        seen: dict[tuple[int, Kind], int] = {}
        kinds = {
            state: seen.setdefault((kinds[state], lead_on(automaton, state, kinds)), len(seen)) for state in states
        }
        if len(seen) == num_kinds:
            return kinds
        num_kinds = len(seen)


def lead_on(automaton: Automaton, state: int, kinds: Mapping[int, int]) -> Kind:
    """Where a state leads."""
    letters: defaultdict[int, int] = defaultdict(int)
    for mask, target in automaton.moves(state):
        if target in kinds:
            letters[kinds[target]] |= mask
    return tuple(sorted((mask, kind) for kind, mask in letters.items()))


def write_state(automaton: Automaton, state: int, kinds: Mapping[int, int], names: Mapping[int, str]) -> Node:
    """What may come from here on."""
    options = [
        sequence([chars(automaton.alphabet.chars(mask)), Ref(names[kind])])
        for mask, kind in lead_on(automaton, state, kinds)
    ]
    return choice([*options, EMPTY] if automaton.states[state].ends else options)
