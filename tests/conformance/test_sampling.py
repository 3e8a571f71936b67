"""What changes the choice of tokens: bias, penalties, and the ways to truncate."""

from typing import Any

import pytest

from tests.conformance.asker import Asker
from tests.model.plain import NEVER_END, Vocabulary

SEA = "Tell me about the sea."
LOOP = "Count: " + "one " * 40


def test_bias_forces(ask: Asker, vocabulary: Vocabulary) -> None:
    """A bias of 100 forces a token."""
    answer = ask.both(SEA, max_tokens=5, seed=1, logit_bias={vocabulary.only(" yes"): 100})
    assert answer.only.text == " yes" * 5


def test_bias_bans(ask: Asker, vocabulary: Vocabulary) -> None:
    """A bias of -100 bans a token, and the second likeliest comes."""
    free = ask.whole("hi", temperature=0, max_tokens=1, logprobs=True, top_logprobs=2).only
    first, second = (top["token"] for top in (free.logprobs or [])[0]["top_logprobs"])
    banned = ask.both("hi", temperature=0, max_tokens=1, logit_bias={vocabulary.only(first): -100})
    assert (free.text, banned.only.text) == (first, second)


def test_bias_leans(ask: Asker, vocabulary: Vocabulary) -> None:
    """A bias is added to the logit: one that is larger than what lies between two tokens turns their order."""
    fields: dict[str, Any] = {"temperature": 0, "max_tokens": 1}
    [entry] = ask.whole("hi", **fields, logprobs=True, top_logprobs=2).only.logprobs or []
    first, second = entry["top_logprobs"]
    gap = first["logprob"] - second["logprob"]
    texts = [
        ask.whole("hi", **fields, logit_bias={vocabulary.only(second["token"]): gap + more}).only.text
        for more in (-0.3, 0.3)
    ]
    assert texts == [first["token"], second["token"]]


def test_bias_of_no_token(ask: Asker) -> None:
    """A token id that the model does not have is refused."""
    error = ask.refused("hi", logit_bias={"9999999999": 1}, max_tokens=1)
    assert error.status_code == 400 and (error.param or "").startswith("logit_bias")


@pytest.mark.parametrize("penalty", ["presence_penalty", "frequency_penalty"])
def test_penalties(ask: Asker, penalty: str) -> None:
    """Penalties end a loop: the commonest token comes far less often."""
    fields: dict[str, Any] = {"temperature": 0, "max_tokens": 24, "logit_bias": NEVER_END, "logprobs": True}
    loop, varied = ask.whole(LOOP, **fields).only.tokens, ask.both(LOOP, **fields, **{penalty: 2}).only.tokens
    assert most_common(varied) * 2 < most_common(loop)
    assert len(set(varied)) > 2 * len(set(loop))


def test_penalties_grow(ask: Asker) -> None:
    """A frequency penalty counts how often a token was there, a presence penalty only whether it was."""
    forced = {"33": 18, **NEVER_END}
    fields: dict[str, Any] = {"temperature": 0, "max_tokens": 24, "logit_bias": forced, "logprobs": True}
    free, presence, frequency = (
        most_common(ask.whole(SEA, **fields, **penalty).only.tokens)
        for penalty in ({}, {"presence_penalty": 1.5}, {"frequency_penalty": 1.5})
    )
    assert free == presence == 24
    assert frequency < 18


@pytest.mark.parametrize("only", [{"top_k": 1}, {"top_p": 0}, {"min_p": 1}, {"top_p": 1e-9}], ids=str)
def test_truncation_to_one(ask: Asker, only: dict[str, float]) -> None:
    """Truncated to one token, a draw at temperature 1 is the likeliest token."""
    greedy = ask.whole(SEA, temperature=0, max_tokens=12).only.text
    assert ask.both(SEA, temperature=1, max_tokens=12, extra_body=only).only.text == greedy


@pytest.mark.parametrize("only", [{"top_k": 0}, {"top_k": -1}, {"top_p": 1}, {"min_p": 0}], ids=str)
def test_no_truncation(ask: Asker, only: dict[str, float]) -> None:
    """Neutral values truncate nothing: the draw is the same as without them."""
    free = ask.whole(SEA, seed=2, max_tokens=12).only.text
    assert ask.whole(SEA, seed=2, max_tokens=12, extra_body=only).only.text == free


def test_top_k(ask: Asker) -> None:
    """Of the twenty likeliest only the first three are drawn, and more than one of them."""
    answer = ask.whole(SEA, n=3, seed=8, max_tokens=12, logprobs=True, top_logprobs=20, extra_body={"top_k": 3})
    ranks = [
        [top["token"] for top in entry["top_logprobs"]].index(entry["token"])
        for choice in answer.choices.values()
        for entry in choice.logprobs or []
    ]
    assert 0 < max(ranks) < 3


def test_temperature(ask: Asker) -> None:
    """A higher temperature draws less likely tokens."""
    fields: dict[str, Any] = {"n": 4, "seed": 1, "max_tokens": 12, "logprobs": True, "logit_bias": NEVER_END}
    cool, warm = (ask.whole(SEA, temperature=temperature, **fields) for temperature in (0.2, 1.2))
    assert mean_logprob(cool.choices.values()) > 2 * mean_logprob(warm.choices.values())


def most_common(tokens: list[str]) -> int:
    """How often the commonest token comes."""
    return max(map(tokens.count, tokens))


def mean_logprob(choices: Any) -> float:
    """Of all tokens that are not among the unlikely, which have no value of their own."""
    entries = [entry for choice in choices for entry in choice.logprobs]
    values: list[float] = [entry["logprob"] for entry in entries if entry["logprob"] > -1000]
    return sum(values) / len(values)
