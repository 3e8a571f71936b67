"""Log-probabilities: an entry for each token, whatever computed it."""

import math
from typing import Any

import pytest

from tests.conformance.asker import Asker
from tests.model.plain import NEVER_END

COLORS = "Name three primary colors."


def entries(ask: Asker, num_top: int | None, **fields: Any) -> list[dict[str, Any]]:
    """Of a greedy answer, which is the same in both modes."""
    asked = {} if num_top is None else {"top_logprobs": num_top}
    choice = ask.both(
        COLORS, max_tokens=12, logprobs=True, logit_bias=NEVER_END, **{"temperature": 0, **fields}, **asked
    )
    assert choice.only.bytes == choice.only.text.encode() == "".join(choice.only.tokens).encode()
    return choice.only.logprobs or []


@pytest.mark.parametrize("num_top", [None, 0, 1, 5, 20])
def test_lengths(ask: Asker, num_top: int | None) -> None:
    """There is an entry for each token, with as many of the likeliest as asked for; none is an empty list."""
    got = entries(ask, num_top)
    assert len(got) == 12
    assert {len(entry["top_logprobs"]) for entry in got} == {num_top or 0}
    assert all(set(entry) == {"token", "bytes", "logprob", "top_logprobs"} for entry in got)


def test_none(ask: Asker) -> None:
    """Without `logprobs`, or with `false`, there are none."""
    assert ask.both("hi", max_tokens=2, seed=1).only.logprobs is None
    assert ask.both("hi", max_tokens=2, seed=1, logprobs=False).only.logprobs is None


def test_order(ask: Asker) -> None:
    """The likeliest come first, no two are the same token, and together they are no more than certain."""
    for entry in entries(ask, 20):
        values = [top["logprob"] for top in entry["top_logprobs"]]
        assert values == sorted(values, reverse=True)
        assert len({bytes(top["bytes"]) for top in entry["top_logprobs"]}) == 20
        assert 0.3 < sum(map(math.exp, values)) <= 1 + 1e-6


def test_greedy_is_first(ask: Asker) -> None:
    """At temperature 0 the token of the answer is the first of the likeliest, with the same value."""
    for entry in entries(ask, 5):
        first = entry["top_logprobs"][0]
        assert {key: entry[key] for key in first} == first


def test_value_of_drawn(ask: Asker) -> None:
    """A drawn token has the value it has among the likeliest, or -9999 when it is not among the twenty."""
    got = entries(ask, 20, temperature=1.5, seed=3)
    tops = [{top["token"]: top["logprob"] for top in entry["top_logprobs"]} for entry in got]
    values = [entry["logprob"] for entry in got]
    assert values == [top.get(entry["token"], -9999.0) for top, entry in zip(tops, got, strict=True)]
    assert len(set(values)) > 3


def test_bytes(ask: Asker) -> None:
    """The bytes of all entries together are the answer's UTF-8, also where a character takes several tokens."""
    choice = ask.both("Say 🦜🦜🦜", temperature=0, max_tokens=24, logprobs=True, top_logprobs=1).only
    assert choice.bytes == choice.text.encode()


def test_choices(ask: Asker) -> None:
    """Each of several choices has its own."""
    answer = ask.both(COLORS, n=3, seed=4, max_tokens=8, logprobs=True, top_logprobs=2, logit_bias=NEVER_END)
    for choice in answer.choices.values():
        assert len(choice.tokens) == 8
        assert choice.bytes == choice.text.encode()


def test_stop(ask: Asker) -> None:
    """Tokens of a stop string have no entries: those that are there make the text."""
    text = ask.whole(COLORS, temperature=0, max_tokens=20, logprobs=True).only.text
    stop = text.split()[5]
    choice = ask.both(COLORS, temperature=0, max_tokens=20, logprobs=True, stop=f" {stop}").only
    assert "".join(choice.tokens) == choice.text == text[: text.index(f" {stop}")]


def test_streamed_with_their_text(ask: Asker) -> None:
    """In a stream the entries come with the text they belong to."""
    shown = told = ""
    for chunk in ask.chunks(COLORS, temperature=0, max_tokens=12, logprobs=True, top_logprobs=2):
        for choice in chunk.choices:
            shown += choice.delta.content or ""
            told += "".join(entry.token for entry in (choice.logprobs and choice.logprobs.content) or [])
            assert shown == told
