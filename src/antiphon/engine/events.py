"""What an engine says while it answers: small frozen values, one sequence of them per choice.

Everything after the engine is a pure function of these. They are also the words of a script
(`engine/scripted.py`): `{"event": "text", "text": "Hello"}`.
"""

from typing import Literal

from msgspec import Struct

FinishReason = Literal["stop", "length", "content_filter"]


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


class Reasoning(Struct, frozen=True, tag="reasoning", tag_field="event"):
    """More of what a choice thinks before it speaks. No stop string is looked for in it."""

    text: str
    choice: int = 0
    logprobs: tuple[TokenLogprob, ...] = ()


class Refusal(Struct, frozen=True, tag="refusal", tag_field="event"):
    """More text of a refusal, which takes the place of content."""

    text: str
    choice: int = 0
    logprobs: tuple[TokenLogprob, ...] = ()


class ToolCall(Struct, frozen=True, tag="tool_call", tag_field="event"):
    """A call begins. id: empty where the model does not give one."""

    name: str
    kind: Literal["function", "custom"] = "function"
    id: str = ""
    choice: int = 0


class Arguments(Struct, frozen=True, tag="arguments", tag_field="event"):
    """More of the arguments, or of a custom tool's input, of the call that began last in this choice: as the
    model wrote them, never repaired.
    """

    text: str
    choice: int = 0
    logprobs: tuple[TokenLogprob, ...] = ()


class Finish(Struct, frozen=True, tag="finish", tag_field="event"):
    """The end of a choice. `length`: a limit cut it. That it called tools is not said here again."""

    reason: FinishReason = "stop"
    choice: int = 0


class Usage(Struct, frozen=True, tag="usage", tag_field="event"):
    """Tokens of the whole request, said once, after every choice has finished. `cached_tokens` of the
    prompt had been computed before, `cache_write_tokens` of it are kept for later requests; `reasoning_tokens` of the
    completion were thought. Of the tokens of a prediction that were tried, some were accepted and are in the
    completion, the others are not, and count in `completion_tokens` all the same.
    """

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_tokens: int = 0
    accepted_prediction_tokens: int = 0
    rejected_prediction_tokens: int = 0


Said = Text | Reasoning | Refusal | ToolCall | Arguments | Finish
"""What belongs to a choice."""
Event = Said | Usage
