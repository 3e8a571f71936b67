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


class Spoken(Struct, frozen=True, tag="spoken", tag_field="event"):
    """More of a choice that is spoken: of what it says, or of the recording, in base64 of which all pieces are one.
    id: of the recording, with the first. expires: until when that id is known, in Unix seconds, with the last; and
    `unspoken`, what the voice could not say.
    """

    transcript: str = ""
    audio: str = ""
    choice: int = 0
    logprobs: tuple[TokenLogprob, ...] = ()
    id: str = ""
    expires: int | None = None
    unspoken: str = ""


class Finish(Struct, frozen=True, tag="finish", tag_field="event"):
    """The end of a choice. `length`: a limit cut it. That it called tools is not said here again."""

    reason: FinishReason = "stop"
    choice: int = 0


class Usage(Struct, frozen=True, tag="usage", tag_field="event"):
    """Tokens of the whole request, said once, after every choice has finished. `cached_tokens` of the
    prompt had been computed before, `cache_write_tokens` of it are kept for later requests; `reasoning_tokens` of the
    completion were thought. Of the tokens of a prediction that were tried, some were accepted and are in the
    completion, the others are not, and count in `completion_tokens` all the same. `image_tokens` and `audio_tokens` of
    the prompt are seen and heard, `spoken_tokens` of the completion.
    """

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_tokens: int = 0
    accepted_prediction_tokens: int = 0
    rejected_prediction_tokens: int = 0
    image_tokens: int = 0
    audio_tokens: int = 0
    spoken_tokens: int = 0


Said = Text | Reasoning | Refusal | ToolCall | Arguments | Spoken | Finish
"""What belongs to a choice."""
Event = Said | Usage
