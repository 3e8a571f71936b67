"""Log-probabilities of upstreams, in our words and our order."""

import math

import pytest

from antiphon.engine.events import TokenLogprob, TopLogprob
from antiphon.engine.remote.answer.chunks import LogprobsIn, TokenIn, TopIn
from antiphon.engine.remote.answer.logprobs import LEAST, build_logprobs


def only(token: TokenIn, num_top: int = 5) -> TokenLogprob:
    """What is made of one."""
    (built,) = build_logprobs(LogprobsIn([token]), num_top)
    return built


def top(token: str, logprob: float | None) -> TopLogprob:
    """One of the likeliest, as it comes out."""
    return TopLogprob(token, token.encode(), LEAST if logprob is None else logprob)


def test_the_likeliest_come_first() -> None:
    """Some put the sampled one first, whatever it is; where enough others are likelier, it is not among them."""
    given = [TopIn("d", -4.0), TopIn("a", -1.0), TopIn("c", -3.0), TopIn("b", -2.0)]
    built = only(TokenIn("d", -4.0, top_logprobs=given), 3)
    assert built == TokenLogprob("d", b"d", -4.0, (top("a", -1.0), top("b", -2.0), top("c", -3.0)))
    assert only(TokenIn("d", -4.0, top_logprobs=given), 4).top[-1] == top("d", -4.0)


def test_equally_likely_stay_in_their_order() -> None:
    """As the upstream has them."""
    given = [TopIn("b", -1.0), TopIn("a", -1.0), TopIn("c", -0.5)]
    assert [one.token for one in only(TokenIn("b", -1.0, top_logprobs=given)).top] == ["c", "b", "a"]


def test_each_once() -> None:
    """A token that stands twice is one; those of one text and other bytes are two."""
    given = [TopIn("a", -1.0), TopIn("a", -1.0), TopIn("\ufffd", -2.0, [0xF0]), TopIn("\ufffd", -3.0, [0x9F])]
    built = only(TokenIn("a", -1.0, top_logprobs=given))
    assert built.top == (top("a", -1.0), TopLogprob("\ufffd", b"\xf0", -2.0), TopLogprob("\ufffd", b"\x9f", -3.0))


@pytest.mark.parametrize(("given", "meant"), [
    (None, LEAST), (-math.inf, LEAST), (math.nan, LEAST), (-99999.0, LEAST), (-9999.0, LEAST), (-1.5, -1.5),
    (0.0, 0.0), (-0.0, 0.0), (1e-7, 0.0), (math.inf, 0.0),
])  # fmt: skip
def test_a_number_in_any_case(given: float | None, meant: float) -> None:
    """JSON has no infinity, and no probability is more than one."""
    built = only(TokenIn("a", given, top_logprobs=[TopIn("a", given)]))
    assert (built.logprob, built.top) == (meant, (top("a", meant),))


@pytest.mark.parametrize(("token", "given", "meant"), [
    ("é", None, "é".encode()), ("é", [0xC3], b"\xc3"), ("é", [], b""), ("\ud800", None, b"?"), ("", None, b""),
])  # fmt: skip
def test_bytes(token: str, given: list[int] | None, meant: bytes) -> None:
    """Its own, or where it has none those of its text."""
    assert only(TokenIn(token, -1.0, given)).bytes == meant


@pytest.mark.parametrize("given", [None, LogprobsIn(), LogprobsIn([], None), LogprobsIn(None, [])])
def test_none(given: LogprobsIn | None) -> None:
    """Where there are none."""
    assert build_logprobs(given, 5) == ()


def test_what_nobody_asked_for() -> None:
    """Does not come, and the likeliest only where they are wanted."""
    token = TokenIn("a", -1.0, top_logprobs=[TopIn("a", -1.0)])
    assert build_logprobs(LogprobsIn([token]), None) == ()
    assert build_logprobs(LogprobsIn([token]), 0) == (TokenLogprob("a", b"a", -1.0),)
    assert build_logprobs(LogprobsIn([TokenIn("a", -1.0)]), 5) == (TokenLogprob("a", b"a", -1.0),)


def test_of_a_refusal() -> None:
    """They stand in a field of their own."""
    assert build_logprobs(LogprobsIn(None, [TokenIn("a", -1.0)]), 0) == (TokenLogprob("a", b"a", -1.0),)
