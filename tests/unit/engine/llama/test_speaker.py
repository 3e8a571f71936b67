"""engine/llama/speaker.py: tokens that are chosen, tokens that are forced, and how an answer ends."""

from typing import Any

import numpy as np
import pytest

from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.reader import Reader, Reading
from antiphon.engine.base import Decoding
from antiphon.engine.llama.constraint import Mask, TooComplex
from antiphon.engine.llama.messages import Counts, Delta, Said
from antiphon.engine.llama.sequence import Sequence
from antiphon.engine.llama.speaker import Masks, Speaker

NUM_TOKENS = 128
END = 0


class ToyTokenizer:
    """A token for each character of ASCII, of which 0 ends the turn."""

    num_tokens = NUM_TOKENS
    end_of_generation = frozenset({END})

    def piece(self, token: int) -> bytes:
        return bytes([token]) if token else b""

    def spelling_bytes(self, token: int) -> bytes:
        return self.piece(token)

    def spelling(self, token: int) -> str:
        return self.piece(token).decode()


class ToyConstraint:
    """Forces what a table says behind each token, and is finished after a token of `last`."""

    def __init__(self, forces: dict[str, str], *, first: str = "", last: str = "") -> None:
        self.forces = forces
        self.first = first
        self.last = last
        self.accepted: list[int] = []
        self.finished = False

    def begin(self) -> list[int]:
        return self._take(self.first)

    def accept(self, token: int) -> list[int]:
        self.accepted.append(token)
        if chr(token) == "!":
            raise TooComplex("of too much")
        return self._take(self.forces.get(chr(token), ""), token)

    def _take(self, forced: str, token: int = END) -> list[int]:
        self.finished = (forced or chr(token))[-1] in (self.last or " ")
        return [ord(letter) for letter in forced]


def build_sequence(
    constraint: ToyConstraint | None = None, *, limit: int = 99, reading: Reading | None = None, **decoding: Any
) -> Sequence:
    """A greedy choice."""
    return Sequence(
        (7, "r"), 2, prompt=[1], limit=limit, decoding=Decoding(temperature=0.0, **decoding),
        constraint=constraint, reader=Reader(reading, ControlTokens({})) if reading else None,
    )  # fmt: skip


def row_for(letter: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Logits by which a letter is the likeliest, and its follower the next."""
    logits = np.full(NUM_TOKENS, -20, np.float32)
    logits[ord(letter)], logits[ord(letter) + 1] = 5, 4
    return logits


def advance(sequence: Sequence, letter: str, mask: Mask | None = None) -> Delta | None:
    """A step in which the model would like to say this letter."""
    return Speaker(ToyTokenizer()).advance(sequence, [row_for(letter)], (), lambda _: mask)  # type: ignore[arg-type]


def text_of(delta: Delta | None) -> str:
    """All the text of a step."""
    return "".join(said.text for said in delta.said) if delta else ""


def letters(tokens: list[int]) -> str:
    return "".join(map(chr, tokens))


def test_a_token() -> None:
    """A step without a grammar: a token, its text, and the counts."""
    sequence = build_sequence()
    assert advance(sequence, "a") == Delta("r", 2, (Said("text", "a"),))
    assert letters(sequence.sampled) == "a" and sequence.num_uncomputed == 2


def test_nothing_to_say() -> None:
    """While a stop string may still come there is no message."""
    sequence = build_sequence(stop=("ab",))
    assert advance(sequence, "a") is None
    assert advance(sequence, "b") == Delta("r", 2, (), "stop", Counts(2, 0, 0, 1, 0, 0))


def test_the_end_token_is_no_part_of_the_answer() -> None:
    """It ends the choice, is not counted, and what was held back is said."""
    sequence = build_sequence(stop=("ab",))
    advance(sequence, "a")
    assert advance(sequence, "\0") == Delta("r", 2, (Said("text", "a"),), "stop", Counts(1, 0, 0, 1, 0, 0))
    assert letters(sequence.sampled) == "a"


def test_forced_tokens_are_appended_at_once() -> None:
    """What the grammar forces behind a token is said with it, and waits to be computed together with it."""
    sequence = build_sequence(ToyConstraint({"a": "bcd"}))
    assert advance(sequence, "a") == Delta("r", 2, (Said("text", "a"), *map(text, "bcd")))
    assert letters(sequence.sampled) == "abcd"
    assert sequence.uncomputed(99) == [1, *map(ord, "abcd")]
    assert not sequence.forced


def text(letter: str) -> Said:
    """A piece of text."""
    return Said("text", letter)


def test_forced_tokens_have_their_own_log_probabilities() -> None:
    """With `logprobs` each forced token is computed by itself: its value is the model's, at its own place."""
    constraint = ToyConstraint({"a": "bz"})
    sequence = build_sequence(constraint, logprobs=1)
    told = []
    for wish in ("a", "a", "y", "x"):
        delta = advance(sequence, wish)
        assert delta and len(sequence.sampled) == len(told) + 1
        [said] = delta.said
        told.append((said.text, said.logprobs[0].token, said.logprobs[0].top[0].token))
    assert told == [("a", "a", "a"), ("b", "b", "a"), ("z", "z", "y"), ("x", "x", "x")]
    assert letters(constraint.accepted) == "ax", "the grammar knows of what it forces already"


def test_the_value_of_a_forced_token() -> None:
    """It is what the model gives it, after `logit_bias`, and -9999 for a token that the model would hardly say."""
    for bias, value in (({}, np.log(np.e**4 / (np.e**4 + np.e**5))), ({ord("b"): 100.0}, 0.0)):
        sequence = build_sequence(ToyConstraint({}, first="b"), logprobs=0, logit_bias=bias)
        delta = advance(sequence, "a")
        assert delta and delta.said[0].logprobs[0].logprob == pytest.approx(value, abs=1e-3)
    sequence = build_sequence(ToyConstraint({}, first="z"), logprobs=0)
    logits = np.linspace(0, 1, NUM_TOKENS, dtype=np.float32)[::-1].copy()
    delta = Speaker(ToyTokenizer()).advance(sequence, [logits], (), lambda _: None)  # type: ignore[arg-type]
    assert delta and delta.said[0].logprobs[0].logprob == -9999.0


@pytest.mark.parametrize(("limit", "shown"), [(1, "a"), (2, "ab"), (3, "abc")])
@pytest.mark.parametrize("logprobs", [None, 0])
def test_a_limit_cuts_within_a_forced_run(limit: int, shown: str, logprobs: int | None) -> None:
    """No more tokens than asked for, whoever chose them; the reason is `length`."""
    sequence = build_sequence(ToyConstraint({"a": "bcd"}), limit=limit, logprobs=logprobs)
    deltas = []
    while not sequence.finish:
        deltas.append(advance(sequence, "a"))
    assert "".join(map(text_of, deltas)) == shown
    assert (sequence.finish, len(sequence.sampled)) == ("length", limit)


@pytest.mark.parametrize("logprobs", [None, 0])
def test_a_finished_grammar_ends_the_answer(logprobs: int | None) -> None:
    """When nothing more may come the choice ends with `stop`; no end token is sampled for that."""
    sequence = build_sequence(ToyConstraint({"a": "bc"}, last="c"), logprobs=logprobs)
    deltas = []
    while not sequence.finish:
        deltas.append(advance(sequence, "a"))
    assert "".join(map(text_of, deltas)) == "abc"
    assert (sequence.finish, len(deltas)) == ("stop", 1 if logprobs is None else 3)


def test_a_finished_grammar_at_the_limit() -> None:
    """A limit that meets the end of the grammar counts more."""
    sequence = build_sequence(ToyConstraint({"a": "bc"}, last="c"), limit=3)
    advance(sequence, "a")
    assert sequence.finish == "length"


def test_an_end_that_the_grammar_allows() -> None:
    """Where the answer may end, the model's own end token ends it; the grammar need not hear of it."""
    constraint = ToyConstraint({})
    sequence = build_sequence(constraint)
    advance(sequence, "a")
    delta = advance(sequence, "\0")
    assert delta == Delta("r", 2, (), "stop", Counts(1, 0, 0, 1, 0, 0))
    assert letters(constraint.accepted) == "a"


def test_only_what_the_mask_allows() -> None:
    """The model's wish does not count where the mask forbids it."""
    mask = np.zeros(NUM_TOKENS, np.bool_)
    mask[ord("b")] = True
    assert text_of(advance(build_sequence(ToyConstraint({})), "a", mask)) == "b"


def test_too_complex() -> None:
    """A grammar that gives up breaks the sequence, which says so."""
    sequence = build_sequence(ToyConstraint({}))
    assert not sequence.broken
    advance(sequence, "!")
    assert sequence.broken


def test_a_stop_string_within_a_forced_run() -> None:
    """It ends the choice there: what would follow by force is neither said nor counted."""
    sequence = build_sequence(ToyConstraint({"a": "bcde"}), stop=("bc",))
    assert advance(sequence, "a") == Delta("r", 2, (Said("text", "a"),), "stop", Counts(3, 0, 0, 1, 0, 0))
    assert letters(sequence.sampled) == "abc"


def begin(sequence: Sequence, limit: int) -> None:
    """As the loop does before the prompt is computed."""
    sequence.unsaid = Speaker(ToyTokenizer()).append_forced(sequence, limit)  # type: ignore[arg-type]


def test_what_comes_first_by_force() -> None:
    """It is computed with the prompt and said with the first choice."""
    sequence = build_sequence(ToyConstraint({}, first="abc"))
    begin(sequence, 98)
    assert sequence.uncomputed(99) == [1, *map(ord, "abc")]
    delta = advance(sequence, "x")
    assert (text_of(delta), len(sequence.sampled)) == ("abcx", 4)
    assert (text_of(advance(sequence, "y")), sequence.unsaid) == ("y", [])


@pytest.mark.parametrize(("limit", "shown"), [(1, "a"), (2, "ab"), (3, "abc"), (4, "abcx")])
def test_a_limit_within_what_comes_first(limit: int, shown: str) -> None:
    """Also a limit of one token is kept, with the token that is forced."""
    sequence = build_sequence(ToyConstraint({}, first="abc"), limit=limit)
    begin(sequence, limit - 1)
    delta = advance(sequence, "x")
    assert delta and (text_of(delta), delta.finish) == (shown, "length")
    assert delta.counts and delta.counts.num_tokens == limit


def test_a_stop_string_in_what_comes_first() -> None:
    """The choice ends before its first choice: nothing of the stop string, and nothing behind it."""
    sequence = build_sequence(ToyConstraint({}, first="abcd"), stop=("bc",))
    begin(sequence, 98)
    assert advance(sequence, "x") == Delta("r", 2, (Said("text", "a"),), "stop", Counts(3, 0, 0, 1, 0, 0))


def test_a_stop_string_that_only_the_limit_completes() -> None:
    """Text that a reader held back is looked through when a limit ends the choice."""
    sequence = build_sequence(reading=Reading(form="hermes", functions={"f": ()}), limit=2, stop=("\n",))
    assert text_of(advance(sequence, "a")) == "a"
    delta = advance(sequence, "\n")
    assert delta == Delta("r", 2, (), "stop", Counts(2, 0, 0, 1, 0, 0))


def test_thoughts_are_counted() -> None:
    """The end tells how many of the tokens were thought."""
    reading = Reading(form="hermes", functions={"f": ()})
    sequence = build_sequence(reading=reading)
    sequence.output.num_thought = 4
    delta = advance(sequence, "\0")
    assert delta and delta.counts and delta.counts.num_thought == 4


def advance_along(sequence: Sequence, wishes: str, draft: str, mask: Masks = lambda _: None) -> Delta | None:
    """A step behind whose last token a draft was computed; the model would like to say these letters in turn."""
    rows = [row_for(letter) for letter in wishes]
    return Speaker(ToyTokenizer()).advance(sequence, rows, [ord(letter) for letter in draft], mask)  # type: ignore[arg-type]


@pytest.mark.parametrize(("wishes", "draft", "said"), [
    ("abcd", "abc", "abcd"),  # all was right, and one more
    ("abxd", "abc", "abx"),  # what is behind a wrong one counts for nothing
    ("xbcd", "abc", "x"),
    ("a", "", "a"),
])  # fmt: skip
def test_a_draft(wishes: str, draft: str, said: str) -> None:
    """Each token is chosen as it would be alone; the next row counts as long as that is what was guessed."""
    sequence = build_sequence()
    assert text_of(advance_along(sequence, wishes, draft)) == said == letters(sequence.sampled)


def test_a_draft_and_what_is_forced() -> None:
    """Tokens that come by force take no row; where they are not what was guessed, nothing behind them counts."""
    sequence = build_sequence(ToyConstraint({"a": "bc", "d": "e"}))
    assert text_of(advance_along(sequence, "axxdxf", "abcde")) == "abcdef"
    sequence = build_sequence(ToyConstraint({"a": "bc"}))
    assert text_of(advance_along(sequence, "axxd", "abx")) == "abc"


@pytest.mark.parametrize(("options", "wishes", "finish", "num_tokens"), [
    ({"limit": 2}, "abcd", "length", 2),
    ({"stop": ("bc",)}, "abcd", "stop", 3),
    ({}, "a\0cd", "stop", 1),
])  # fmt: skip
def test_a_draft_beyond_the_end(options: dict[str, Any], wishes: str, finish: str, num_tokens: int) -> None:
    """A choice ends where it would end without a draft."""
    delta = advance_along(build_sequence(**options), wishes, "abc")
    assert delta and delta.counts and (delta.finish, delta.counts.num_tokens) == (finish, num_tokens)


def test_a_draft_meets_its_masks() -> None:
    """Behind each token of a draft the grammar is asked again."""
    sequence, asked = build_sequence(ToyConstraint({})), []
    advance_along(sequence, "abxd", "abc", lambda asking: asked.append(letters(asking.sampled)))
    assert asked == ["", "a", "ab"]


def test_a_grammar_that_gives_up_behind_a_draft() -> None:
    """What was said until then is said; nothing more comes."""
    sequence = build_sequence(ToyConstraint({}))

    def give_up(asking: Sequence) -> None:
        asking.broken = len(asking.sampled) == 2

    assert text_of(advance_along(sequence, "abcd", "abc", give_up)) == "ab"


def test_the_draws_do_not_depend_on_drafts() -> None:
    """The same seed gives the same tokens with any draft, right or wrong."""
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(12, NUM_TOKENS)).astype(np.float32)
    plain = build_drawing()
    for row in rows:
        Speaker(ToyTokenizer()).advance(plain, [row.copy()], (), lambda _: None)  # type: ignore[arg-type]
    drafted = build_drawing()
    position = 0
    while position < len(rows):
        draft = [*plain.sampled[position : position + 2], 5]
        count = min(len(draft) + 1, len(rows) - position)
        given = [row.copy() for row in rows[position : position + count]]
        Speaker(ToyTokenizer()).advance(drafted, given, draft[: count - 1], lambda _: None)  # type: ignore[arg-type]
        position = len(drafted.sampled)
    assert drafted.sampled == plain.sampled


def build_drawing() -> Sequence:
    """A choice that draws."""
    return Sequence((7, "r"), 2, prompt=[1], limit=99, decoding=Decoding(temperature=1.0, seed=3))
