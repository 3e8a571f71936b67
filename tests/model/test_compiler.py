"""engine/llama/compiler.py and constraint.py: grammars over the bundled vocabulary, kept for who asks for the same."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from antiphon.dialect.grammar.grammar import Grammar, Part
from antiphon.engine.llama.compiler import MOST_KEPT, MOST_KEPT_BYTES, Compiler, Refused
from antiphon.engine.llama.constraint import Constraint, MaskBuffer, TooComplex
from antiphon.engine.llama.sandbox import Verdict
from antiphon.engine.llama.tokenizer import Tokenizer
from antiphon.engine.llama.vocabulary import build_vocabulary
from tests.model.compiling import json_grammar, json_part, lark_grammar, load_tokenizer
from tests.model.plain import END_OF_GENERATION

PERSON = json_grammar(
    {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
)


class ToySandbox:
    """Gives verdicts out of a table, and counts who asks."""

    def __init__(self) -> None:
        self.verdicts: dict[bytes, Verdict] = {}
        self.asked: list[bytes] = []

    def check(self, grammar: Grammar) -> Verdict:
        self.asked.append(grammar.digest)
        return self.verdicts.get(grammar.digest, Verdict())


@pytest.fixture(scope="module")
def tokenizer() -> Iterator[Tokenizer]:
    """The worker's own."""
    with load_tokenizer() as tokenizer:
        yield tokenizer


@pytest.fixture(scope="module")
def words(tokenizer: Tokenizer) -> object:
    """The vocabulary as llguidance takes it."""
    return build_vocabulary(tokenizer)


@pytest.fixture
def compiler(words: object) -> Compiler:
    """With a sandbox that lets everything pass unless it is told otherwise."""
    return Compiler(words, ToySandbox())  # type: ignore[arg-type]


def takes(constraint: Constraint, tokenizer: Tokenizer, text: str) -> bool:
    """Whether a grammar lets a text pass, token by token, with all that it forces."""
    place = constraint.copy()
    forced = place.begin()
    for token in tokenizer.encode_text(text):
        if forced:
            if forced.pop(0) != token:
                return False
            continue
        if not mask_of(place, tokenizer)[token]:
            return False
        forced = place.accept(token)
    return not forced and (place.finished or bool(mask_of(place, tokenizer)[END_OF_GENERATION[0]]))


def mask_of(constraint: Constraint, tokenizer: Tokenizer) -> np.ndarray:
    """What may come."""
    return MaskBuffer(tokenizer.num_tokens, 1).fill([constraint])[0].copy()


def test_a_good_grammar_is_compiled_once(compiler: Compiler) -> None:
    """The second request that has it takes no time, and may be told so."""
    assert not compiler.knows(PERSON)
    for _ in range(3):
        compiler.compile(PERSON)
        assert compiler.knows(PERSON)
    assert len(compiler.sandbox.asked) == 1


def test_a_bad_grammar_is_looked_at_once(compiler: Compiler) -> None:
    """It fails the same for all."""
    verdict = compiler.sandbox.verdicts[PERSON.digest] = Verdict("because", "response_format")
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            compiler.compile(PERSON)
        assert refused.value.verdict is verdict
    assert compiler.knows(PERSON) and len(compiler.sandbox.asked) == 1


def test_what_ran_out_of_time_may_be_tried_again(compiler: Compiler) -> None:
    """On a machine with less to do it may come to its end."""
    compiler.sandbox.verdicts[PERSON.digest] = Verdict("too much", "response_format", was_cut=True)
    with pytest.raises(Refused):
        compiler.compile(PERSON)
    assert not compiler.knows(PERSON)
    compiler.sandbox.verdicts.clear()
    compiler.compile(PERSON)


def test_what_was_used_longest_ago_is_forgotten(compiler: Compiler) -> None:
    """No more are kept than a number of them; who is asked for stays."""
    grammars = [json_grammar({"const": number}) for number in range(MOST_KEPT + 2)]
    for grammar in grammars[:MOST_KEPT]:
        compiler.compile(grammar)
    compiler.compile(grammars[0])
    for grammar in grammars[MOST_KEPT:]:
        compiler.compile(grammar)
    known = [compiler.knows(grammar) for grammar in grammars]
    assert known == [True, False, False, *[True] * (MOST_KEPT - 1)]


def test_large_ones_are_fewer(compiler: Compiler) -> None:
    """No more are kept than their texts together may have."""
    size = MOST_KEPT_BYTES // 3
    grammars = [Grammar(f"%llguidance {{}}\nstart: /a/\n// {letter * size}\n") for letter in "abcd"]
    for grammar in grammars:
        compiler.sandbox.verdicts[grammar.digest] = Verdict("no")
        with pytest.raises(Refused):
            compiler.compile(grammar)
    assert [compiler.knows(grammar) for grammar in grammars] == [False, False, True, True]


def test_threads(compiler: Compiler, tokenizer: Tokenizer) -> None:
    """Several threads compile at the same time, the same grammars and others."""
    grammars = [json_grammar({"const": number % 5}) for number in range(60)]
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(compiler.compile, grammars))
    assert all(takes(one, tokenizer, str(number % 5)) for number, one in enumerate(made))


def test_loose_parts_are_eased(compiler: Compiler, tokenizer: Tokenizer) -> None:
    """A part that cannot be held to is what the sandbox could compile instead; all else stays as it is."""
    exact, loose = json_part({"const": 1}, "exact"), json_part({"const": 2}, "loose", loose=True)
    grammar = Grammar('%llguidance {}\nstart: @exact " " @loose\n', (exact, loose))
    compiler.sandbox.verdicts[grammar.digest] = Verdict(eased={"loose": '{"type": "object"}'})
    made = compiler.compile(grammar)
    assert takes(made, tokenizer, '1 {"a":[2]}') and takes(made, tokenizer, "1 {}")
    assert not takes(made, tokenizer, "1 2") and not takes(made, tokenizer, "2 {}")


def test_requests_do_not_share_their_place(compiler: Compiler, tokenizer: Tokenizer) -> None:
    """Each gets the grammar at its beginning, and so does each of its choices."""
    first, second = compiler.compile(PERSON), compiler.compile(PERSON)
    begun = first.begin()
    assert tokenizer_text(tokenizer, begun).startswith('{"')
    assert second.begin() == begun and first.copy().begin() == []


def tokenizer_text(tokenizer: Tokenizer, tokens: list[int]) -> str:
    """What tokens write."""
    return b"".join(map(tokenizer.piece, tokens)).decode()


def test_forced_tokens(compiler: Compiler, tokenizer: Tokenizer) -> None:
    """What the grammar leaves no choice about comes as tokens, until it is finished."""
    made = compiler.compile(json_grammar({"const": "Ruby"}))
    assert tokenizer_text(tokenizer, made.begin()) == '"Ruby"'
    assert made.finished
    assert [*np.flatnonzero(mask_of(made, tokenizer))] == sorted(END_OF_GENERATION)
    flag = compiler.compile(json_grammar({"enum": ["yes, truly", "no, never"]}))
    assert tokenizer_text(tokenizer, flag.begin()) == '"' and not flag.finished
    forced = flag.accept(tokenizer.encode_text("no")[0])
    assert tokenizer_text(tokenizer, forced) == ', never"' and flag.finished


def test_masks_together(compiler: Compiler, tokenizer: Tokenizer) -> None:
    """Masks of several sequences are those of each by itself, in their order; those of another step may differ."""
    buffer = MaskBuffer(tokenizer.num_tokens, 8)
    made = [compiler.compile(json_grammar({"type": kind})) for kind in ("integer", "boolean", "string", "array")]
    alone = [mask_of(one, tokenizer) for one in made]
    for _ in range(2):
        assert all(map(np.array_equal, buffer.fill(made), alone))
    assert all(map(np.array_equal, buffer.fill(made[::-1]), alone[::-1]))
    assert buffer.fill([]) == []
    [digit] = tokenizer.encode_text("7")
    assert [bool(mask[digit]) for mask in alone] == [True, False, False, False]


def test_a_grammar_that_gives_up(compiler: Compiler, tokenizer: Tokenizer) -> None:
    """One that becomes too complex on the way says so, and then allows nothing, not even the end."""
    wild = "start: A\nA: /(.*[a-m]){30}.*/ & /(.*[d-z]){40}.*/ & /(.|..|...){5,600}x/"
    place = compiler.compile(lark_grammar(wild))
    [token] = tokenizer.encode_text("d")
    with pytest.raises(TooComplex):
        for _ in range(4000):
            if not mask_of(place, tokenizer)[token]:
                raise TooComplex("no mask")
            place.accept(token)
    assert place.gave_up and not place.finished
    assert not mask_of(place, tokenizer).any()


def test_a_control_token_is_no_text(compiler: Compiler, tokenizer: Tokenizer) -> None:
    """Text that a grammar allows never becomes a control token, however it is spelled; its number means it."""
    token = tokenizer.control.ids["<|im_start|>"]
    anything = compiler.compile(Grammar("%llguidance {}\nstart: /(?s:.*)/\n"))
    assert not mask_of(anything, tokenizer)[token]
    meant = compiler.compile(Grammar(f"%llguidance {{}}\nstart: <[{token}]>\n"))
    assert meant.begin() == [token] or mask_of(meant, tokenizer)[token]


def test_a_part_of_lark(compiler: Compiler, tokenizer: Tokenizer) -> None:
    """A client's grammar within ours matches what it says, and what stands around it is ours."""
    part = Part("input0", "lark", 'start: NUMBER ("+" NUMBER)*\nNUMBER: /[0-9]+/', "tools[0]")
    made = compiler.compile(Grammar('%llguidance {}\nstart: "<" @input0 ">"\n', (part,), (part,)))
    assert takes(made, tokenizer, "<12+3>") and not takes(made, tokenizer, "<12+>") and not takes(made, tokenizer, "12")


def test_a_grammar_is_known_by_all_it_says() -> None:
    """Grammars that differ in anything that can matter are not taken for each other."""
    parts = [json_part({"const": 1}), json_part({"const": 2}), json_part({"const": 1}, place="x"),
             json_part({"const": 1}, loose=True)]  # fmt: skip
    grammars = [Grammar("a", (part,)) for part in parts] + [Grammar("b", (parts[0],)), Grammar("a", (), (parts[0],))]
    assert len({grammar.digest for grammar in grammars}) == len(grammars)
    assert json.loads(parts[0].definition)["const"] == 1
