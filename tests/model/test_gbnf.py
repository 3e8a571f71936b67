"""Grammars in GBNF, as llama.cpp itself takes them: the same texts as in the engine, token by token."""

import ctypes
from collections.abc import Iterable, Iterator
from contextlib import suppress
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher

from antiphon.constraint.gbnf import NotExpressible, write_gbnf
from antiphon.constraint.gbnf.translate import Syntax
from antiphon.engine.llama.binding import lib, recent_errors
from tests.model.plain import Vocabulary
from tests.unit.constraint.gbnf.engine import read_tool, takes, walk
from tests.unit.constraint.gbnf.grammars import GRAMMARS
from tests.unit.constraint.gbnf.regexes import REGEXES
from tests.unit.constraint.gbnf.strategies import grammars, patterns, texts
from tests.unit.constraint.gbnf.test_hostile import CASES

Case = tuple[str, list[str], list[str]]
MOST_CANDIDATES = 1


class Llama:
    """llama.cpp's sampler of one grammar, and the bundled model's tokens."""

    def __init__(self, vocabulary: Vocabulary, grammar: str) -> None:
        self.vocabulary = vocabulary
        self.vocab = lib.llama_model_get_vocab(vocabulary.llama.model)
        self.end = lib.llama_vocab_eos(self.vocab)
        recent_errors.clear()
        self.sampler = lib.llama_sampler_init_grammar(self.vocab, grammar.encode(), b"root")
        assert self.sampler, (list(recent_errors), grammar)

    def __enter__(self) -> "Llama":
        return self

    def __exit__(self, *error: object) -> None:
        lib.llama_sampler_free(self.sampler)

    def takes(self, tokens: Iterable[int]) -> bool:
        """Whether these tokens may be said, and then the end."""
        sampler = lib.llama_sampler_clone(self.sampler)
        try:
            for token in tokens:
                if not self.allows(sampler, token):
                    return False
                lib.llama_sampler_accept(sampler, token)
            return self.allows(sampler, self.end)
        finally:
            lib.llama_sampler_free(sampler)

    def allows(self, sampler: object, token: int) -> bool:
        """Whether this token may come next."""
        candidates = (lib.llama_token_data * MOST_CANDIDATES)(lib.llama_token_data(token, 0.0, 0.0))
        array = lib.llama_token_data_array(candidates, MOST_CANDIDATES, -1, False)
        lib.llama_sampler_apply(sampler, ctypes.byref(array))
        return float(candidates[0].logit) == 0.0


def spell(vocabulary: Vocabulary, text: str) -> list[list[int]]:
    """A text in tokens: as the tokenizer cuts it, and byte by byte. Neither where the model has no tokens for it, or
    where it has a NUL, which llama.cpp never writes.
    """
    tokens = vocabulary.tokens(text)
    if "\0" in text or vocabulary.llama.detokenize(tokens) != text.encode():
        return []
    return [tokens, [vocabulary.spelled(bytes([byte])) for byte in text.encode()]]


def compare(vocabulary: Vocabulary, grammar: str, matcher: LLMatcher, samples: Iterable[str]) -> None:
    """llama.cpp takes of these texts what the engine takes."""
    with Llama(vocabulary, grammar) as llama:
        for text in samples:
            for tokens in spell(vocabulary, text):
                assert llama.takes(tokens) == takes(matcher, text), (text, grammar)


@pytest.mark.parametrize("case", REGEXES, ids=lambda case: case[0][:30])
def test_regular_expressions(vocabulary: Vocabulary, case: Case) -> None:
    """The same texts match as in the table."""
    definition, good, bad = case
    compare(vocabulary, write_gbnf("regex", definition), read_tool("regex", definition), good + bad)


@pytest.mark.parametrize("case", GRAMMARS, ids=lambda case: case[0][:30])
def test_grammars(vocabulary: Vocabulary, case: Case) -> None:
    """The same for Lark."""
    definition, good, bad = case
    compare(vocabulary, write_gbnf("lark", definition), read_tool("lark", definition), good + bad)


@settings(max_examples=250)
@given(patterns, st.lists(texts, min_size=8, max_size=8))
def test_any_pattern(vocabulary: Vocabulary, pattern: str, samples: list[str]) -> None:
    """Whatever a regular expression is made of."""
    compare_any(vocabulary, "regex", pattern, samples)


@settings(max_examples=250)
@given(grammars, st.lists(texts, min_size=6, max_size=6), st.randoms(use_true_random=False))
def test_any_grammar(vocabulary: Vocabulary, grammar: str, samples: list[str], random: Random) -> None:
    """Whatever a grammar is made of: rules that begin with themselves, terminals that overlap, ignored text."""
    matcher = read_tool("lark", grammar)
    assume(not matcher.is_error())
    begun = [walk(matcher, random) for _ in range(8)]
    longer = [text + random.choice(" ab,") for text in begun[:4]]
    compare_any(vocabulary, "lark", grammar, samples + begun + longer)


def compare_any(vocabulary: Vocabulary, syntax: Syntax, definition: str, samples: list[str]) -> None:
    """The same for what can be translated."""
    try:
        grammar = write_gbnf(syntax, definition)
    except NotExpressible:
        assume(False)
    matcher = read_tool(syntax, definition)
    assume(not matcher.is_error())
    compare(vocabulary, grammar, matcher, samples)


def translations() -> Iterator[tuple[str, str]]:
    """Of definitions that mean harm: those that have one."""
    for syntax, name, definition in CASES:
        with suppress(NotExpressible):
            yield name, write_gbnf(syntax, definition)


def test_harm(vocabulary: Vocabulary) -> None:
    """llama.cpp takes what comes of definitions that mean harm, and comes to an answer."""
    names = []
    for name, grammar in translations():
        with Llama(vocabulary, grammar) as llama:
            llama.takes(vocabulary.tokens("aaaa k"))
        names.append(name)
    assert len(names) > 10


LIMITS = [
    ("a repetition of 2000 times", "root ::= [a]{2000}", True),
    ("of more", "root ::= [a]{2001}", False),
    ("what is repeated counts what is within", 'root ::= ("a" [b]{0,100}){0,50}', False),
    ("but not what a rule has within", 'root ::= x{0,50}\nx ::= "a" [b]{0,100}', True),
    ("a rule that begins with itself", 'root ::= root "a" | "b"', False),
    ("a repetition of what may be empty", "root ::= x*\nx ::= [a] | ", False),
]


@pytest.mark.parametrize(("grammar", "is_taken"), [case[1:] for case in LIMITS], ids=[case[0] for case in LIMITS])
def test_limits(vocabulary: Vocabulary, grammar: str, is_taken: bool) -> None:
    """What llama.cpp refuses, and why translations are as they are."""
    sampler = lib.llama_sampler_init_grammar(
        lib.llama_model_get_vocab(vocabulary.llama.model), grammar.encode(), b"root"
    )
    assert bool(sampler) == is_taken
    if sampler:
        lib.llama_sampler_free(sampler)


def test_more_than_it_counts(vocabulary: Vocabulary) -> None:
    """What llama.cpp says nothing about: a repetition of up to 2001 times is one without end to it."""
    with Llama(vocabulary, "root ::= [a]{0,2001}") as llama:
        assert llama.takes(vocabulary.tokens("a" * 2500))


def test_halves_of_characters(vocabulary: Vocabulary) -> None:
    """A set that is told by what is not in it has no character that begins like one of those, where it comes in two
    tokens: so it is never written like that.
    """
    tokens = [vocabulary.spelled(bytes([byte])) for byte in "è".encode()]
    with Llama(vocabulary, "root ::= [^é]") as llama:
        assert not llama.takes(tokens)
    with Llama(vocabulary, write_gbnf("regex", "[^é]")) as llama:
        assert llama.takes(tokens)
