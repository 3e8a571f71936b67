"""What changes the choice of tokens: bias, penalties, and the ways to truncate."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.model.ask import Ask
from tests.model.plain import NEVER_END, Vocabulary

SEA = "Tell me about the sea."
LOOP = "Count: " + "one " * 40


def test_bias_forces(ask: Ask, vocabulary: Vocabulary) -> None:
    """A bias of 100 forces a token."""
    answer = ask.both(SEA, max_tokens=5, logit_bias={vocabulary.only(" yes"): 100})
    assert answer.only.text == " yes" * 5


def test_bias_bans(ask: Ask, vocabulary: Vocabulary) -> None:
    """A bias of -100 bans a token, and nothing but it."""
    free = ask.whole("hi", temperature=0, max_tokens=1, logprobs=True, top_logprobs=2).only
    first, second = (top["token"] for top in (free.logprobs or [])[0]["top_logprobs"])
    banned = ask.both("hi", temperature=0, max_tokens=1, logit_bias={vocabulary.only(first): -100})
    assert (free.text, banned.only.text) == (first, second)


def test_bias_ends(ask: Ask, vocabulary: Vocabulary) -> None:
    """A bias on the token that ends a turn ends the answer before it begins."""
    [end] = vocabulary.tokens("<|im_end|>", special=True)
    answer = ask.both(SEA, max_tokens=5, logit_bias={str(end): 100})
    assert (answer.only.text, answer.only.finish, answer.usage["completion_tokens"]) == ("", "stop", 0)


def test_bias_leans(ask: Ask, vocabulary: Vocabulary) -> None:
    """A bias is added to the logit: the logarithm of the odds of a token moves by just as much."""
    fields: dict[str, Any] = {"temperature": 0, "max_tokens": 1, "logprobs": True, "top_logprobs": 2}
    [before] = ask.whole("hi", **fields).only.logprobs or []
    first, second = before["top_logprobs"]
    [after] = ask.whole("hi", **fields, logit_bias={vocabulary.only(second["token"]): 0.5}).only.logprobs or []
    values = {top["token"]: top["logprob"] for top in after["top_logprobs"]}
    gap_before = first["logprob"] - second["logprob"]
    gap_after = values[first["token"]] - values[second["token"]]
    assert gap_before - gap_after == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("penalty", ["presence_penalty", "frequency_penalty"])
def test_penalties(ask: Ask, penalty: str) -> None:
    """Penalties end a loop: the commonest token comes far less often and there are far more different ones."""
    fields: dict[str, Any] = {"temperature": 0, "max_tokens": 60, "logit_bias": NEVER_END, "logprobs": True}
    loop, varied = ask.whole(LOOP, **fields).only.tokens, ask.both(LOOP, **fields, **{penalty: 2}).only.tokens
    assert most_common(varied) * 4 < most_common(loop)
    assert len(set(varied)) > 4 * len(set(loop))


def test_penalties_grow(ask: Ask) -> None:
    """A frequency penalty counts how often a token was there, a presence penalty only whether it was."""
    fields: dict[str, Any] = {
        "temperature": 0,
        "max_tokens": 60,
        "logit_bias": {"33": 18, **NEVER_END},
        "logprobs": True,
    }
    free, presence, frequency = (
        most_common(ask.whole(SEA, **fields, **penalty).only.tokens)
        for penalty in ({}, {"presence_penalty": 1.5}, {"frequency_penalty": 1.5})
    )
    assert free == presence == 60
    assert frequency < 30


def test_negative_penalty(ask: Ask) -> None:
    """A negative frequency penalty rewards repetition."""
    fields: dict[str, Any] = {"temperature": 0, "max_tokens": 60, "logit_bias": NEVER_END, "logprobs": True}
    free, rewarded = (most_common(ask.whole("hi", **fields, frequency_penalty=value).only.tokens) for value in (0, -2))
    assert rewarded > 2 * free


@pytest.mark.parametrize("only", [{"top_k": 1}, {"top_p": 0}, {"min_p": 1}, {"top_p": 1e-9}], ids=str)
def test_truncation_to_one(ask: Ask, only: dict[str, float]) -> None:
    """Truncated to one token, a draw at temperature 1 is the likeliest token."""
    greedy = ask.whole(SEA, temperature=0, max_tokens=32).only.text
    assert ask.both(SEA, temperature=1, max_tokens=32, extra_body=only).only.text == greedy


@pytest.mark.parametrize("only", [{"top_k": 0}, {"top_k": -1}, {"top_k": 10**9}, {"top_p": 1}, {"min_p": 0}], ids=str)
def test_no_truncation(ask: Ask, only: dict[str, float]) -> None:
    """Neutral values truncate nothing: the draw is the same as without them."""
    free = ask.whole(SEA, seed=2, max_tokens=24).only.text
    assert ask.whole(SEA, seed=2, max_tokens=24, extra_body=only).only.text == free


TRUNCATIONS: dict[str, tuple[dict[str, float], Callable[[list[float], int], bool]]] = {
    "top_k": ({"top_k": 3}, lambda tops, rank: rank < 3),
    "top_p": ({"top_p": 0.6}, lambda tops, rank: sum(map(math.exp, tops[:rank])) < 0.6),
    "min_p": ({"min_p": 0.1}, lambda tops, rank: tops[rank] > tops[0] + math.log(0.1) - 0.01),
    "all": ({"top_k": 4, "top_p": 0.9, "min_p": 0.05}, lambda tops, rank: rank < 4),
}


@pytest.mark.parametrize(("only", "allows"), TRUNCATIONS.values(), ids=TRUNCATIONS)
def test_truncation(ask: Ask, only: dict[str, float], allows: Callable[[list[float], int], bool]) -> None:
    """Truncation leaves the `top_k` likeliest, the nucleus of `top_p`, what `min_p` allows: not more, but several."""
    answer = ask.whole(SEA, n=4, seed=8, max_tokens=20, logprobs=True, top_logprobs=20, extra_body=only)
    ranks = []
    for entry in (entry for choice in answer.choices.values() for entry in choice.logprobs or []):
        names = [top["token"] for top in entry["top_logprobs"]]
        ranks.append(names.index(entry["token"]))
        assert allows([top["logprob"] for top in entry["top_logprobs"]], ranks[-1])
    assert max(ranks) > 0


def test_temperature(ask: Ask) -> None:
    """A higher temperature draws less likely tokens."""
    fields: dict[str, Any] = {"n": 8, "seed": 1, "max_tokens": 16, "logprobs": True, "logit_bias": NEVER_END}
    cool, warm = (ask.whole(SEA, temperature=temperature, **fields) for temperature in (0.2, 1.2))
    assert mean_logprob(cool.choices.values()) > 2 * mean_logprob(warm.choices.values())


def most_common(tokens: list[str]) -> int:
    """How often the commonest token comes."""
    return max(map(tokens.count, tokens))


def mean_logprob(choices: Any) -> float:
    """Of all tokens that are not among the unlikely, which have no value of their own."""
    values = [entry["logprob"] for choice in choices for entry in choice.logprobs if entry["logprob"] > -1000]
    return sum(values) / len(values)
