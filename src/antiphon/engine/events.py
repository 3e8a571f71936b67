"""What an engine says while it answers: small frozen values, one sequence of them per choice.

Everything after the engine is a pure function of these. They are also the words of a script
(`engine/scripted.py`): `{"event": "text", "text": "Hello"}`.
"""

from typing import Literal

from msgspec import Struct

FinishReason = Literal["stop", "length"]


class TopLogprob(Struct, frozen=True, array_like=True):
    """One of the likeliest tokens at a position: its text, bytes and natural log-probability."""

    token: str
    bytes: bytes
    logprob: float


class TokenLogprob(Struct, frozen=True, array_like=True):
    """A sampled token and its log-probability, with the likeliest tokens at its position."""

    token: str
    bytes: bytes
    logprob: float
    top: tuple[TopLogprob, ...] = ()


class Text(Struct, frozen=True, tag="text", tag_field="event"):
    """More text of a choice, whole characters only, and the tokens that are complete with it."""

    text: str
    choice: int = 0
    logprobs: tuple[TokenLogprob, ...] = ()


class Finish(Struct, frozen=True, tag="finish", tag_field="event"):
    """The end of a choice. `length`: a limit cut it."""

    reason: FinishReason = "stop"
    choice: int = 0


class Usage(Struct, frozen=True, tag="usage", tag_field="event"):
    """Tokens of the whole request, said once, after every choice has finished. `cached_tokens` of the
    prompt had been computed before.
    """

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0


Event = Text | Finish | Usage
