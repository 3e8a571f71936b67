"""Log-probabilities of an upstream's tokens in our words. Pure."""

import math
from collections.abc import Iterator, Sequence

from antiphon.engine.events import TokenLogprob, TopLogprob
from antiphon.engine.remote.answer.chunks import LogprobsIn, TokenIn, TopIn

LEAST = -9999.0
"""As the specification has it for what is not among so many likeliest."""
MOST_TOP = 20


def build_logprobs(given: LogprobsIn | None, num_top: int | None) -> tuple[TokenLogprob, ...]:
    """Of one chunk. num_top: how many likeliest tokens are wanted; None where nothing was asked, and nothing comes."""
    if given is None or num_top is None:
        return ()
    return tuple(build_token(token, num_top) for token in given.content or given.refusal or ())


def build_token(token: TokenIn, num_top: int) -> TokenLogprob:
    """A token, with the likeliest in their order: some put the sampled one among them, whatever it is."""
    likeliest = sorted(tops(token.top_logprobs or ()), key=lambda top: -top.logprob)[:num_top]
    spelt = token.token, bytes_of(token)
    is_rare = len(likeliest) == MOST_TOP and all((top.token, top.bytes) != spelt for top in likeliest)
    return TokenLogprob(*spelt, LEAST if is_rare else clamp(token.logprob), tuple(likeliest))


def tops(given: Sequence[TopIn]) -> Iterator[TopLogprob]:
    """Each once."""
    seen: set[tuple[str, bytes]] = set()
    for top in given:
        key = top.token, bytes_of(top)
        if key not in seen:
            seen.add(key)
            yield TopLogprob(*key, clamp(top.logprob))


def bytes_of(token: TopIn) -> bytes:
    """Its own, or those of its text."""
    return token.token.encode("utf-8", "replace") if token.bytes is None else bytes(token.bytes)


def clamp(logprob: float | None) -> float:
    """A number in any case."""
    return LEAST if logprob is None or math.isnan(logprob) else min(0.0, max(LEAST, logprob))
