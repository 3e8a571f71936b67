"""Log-probabilities of the tokens of an answer."""

from antiphon.schema.outgoing import Outgoing


class TopLogprob(Outgoing, frozen=True, kw_only=True):
    """One of the likeliest tokens at a position."""

    token: str
    """Its text."""
    logprob: float
    """Its natural log-probability."""
    bytes: list[int] | None
    """Its bytes in UTF-8, which may be half a character's."""


class TokenLogprob(Outgoing, frozen=True, kw_only=True):
    """A token of the answer with its log-probability."""

    token: str
    """Its text."""
    logprob: float
    """Its natural log-probability; -9999.0 when it is not among the 20 likeliest."""
    bytes: list[int] | None
    """Its bytes in UTF-8, which may be half a character's."""
    top_logprobs: list[TopLogprob]
    """The likeliest tokens at its position, as many as were asked for."""


class Logprobs(Outgoing, frozen=True, kw_only=True):
    """Log-probabilities of the tokens of an answer."""

    content: list[TokenLogprob] | None
    """Those of the content."""
    refusal: list[TokenLogprob] | None
    """Those of a refusal."""
