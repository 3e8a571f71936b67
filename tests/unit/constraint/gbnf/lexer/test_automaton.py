"""Regular expressions as automata, beside the engine's."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from antiphon.constraint.gbnf import NotExpressible
from antiphon.constraint.gbnf.expression import Both, Not, literal
from antiphon.constraint.gbnf.lexer.automaton import DEAD, Automaton
from antiphon.constraint.gbnf.nonempty import Nonempty
from antiphon.constraint.gbnf.regex.parser import parse_regex
from tests.unit.constraint.gbnf.engine import read_tool, takes
from tests.unit.constraint.gbnf.strategies import patterns, texts

TEXT = "text"


def build(pattern: str) -> Automaton:
    """Of a custom tool's regular expression."""
    return Automaton(Nonempty({TEXT: parse_regex(pattern, ascii_digits=True)}).rewrite())


def matches(automaton: Automaton, text: str) -> bool:
    """Whether it leads to an end."""
    state = automaton.start([TEXT])
    for letter in text:
        bit = next(bit for bit, chars in enumerate(automaton.alphabet.letters) if ord(letter) in chars)
        state = next((target for letters, target in automaton.moves(state) if letters >> bit & 1), DEAD)
    return bool(automaton.states[state].ends)


@settings(max_examples=400)
@given(patterns, st.lists(texts, min_size=6, max_size=6))
def test_any_pattern(pattern: str, samples: list[str]) -> None:
    """Whatever a pattern is made of, the same texts match as in the engine."""
    try:
        automaton = build(pattern)
    except NotExpressible:
        assume(False)
    matcher = read_tool("regex", pattern)
    assume(not matcher.is_error())
    for text in samples:
        assert matches(automaton, text) == takes(matcher, text)


def test_ambiguity() -> None:
    """A state has a thread for each way to go on, and only one for the same way."""
    automaton = build("(ab|ac|a*)+d")
    state = automaton.start([TEXT])
    assert len(automaton.states[state].threads) == 4
    [target] = [target for _, target in automaton.moves(state) if len(automaton.states[target].threads) > 1]
    assert len(automaton.states[target].threads) == 6


def test_what_excludes() -> None:
    """A state from which nothing can match is known not to live, though it is not the dead one."""
    automaton = Automaton({"none": Both((literal("a"), literal("b"))), "some": Not(literal("a"))})
    none, some = automaton.start(["none"]), automaton.start(["some"])
    assert none != DEAD and not automaton.lives(none)
    assert automaton.lives(some) and automaton.states[some].ends == {"some"}
    assert not automaton.lives(DEAD)
