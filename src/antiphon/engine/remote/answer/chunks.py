"""Chunks as upstreams send them, read leniently: what an answer does not need may be missing or unknown.

What is there must be of its type, or the chunk is malformed.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=0, lt=2**53)]
Byte = Annotated[int, Meta(ge=0, le=255)]


class FunctionIn(Struct):
    """More of a function's call."""

    name: str | None = None
    arguments: str | None = None


class CustomIn(Struct):
    """More of a custom tool's call."""

    name: str | None = None
    input: str | None = None


class CallIn(Struct):
    """More of a call."""

    index: int | None = None
    id: str | None = None
    function: FunctionIn | None = None
    custom: CustomIn | None = None


class DeltaIn(Struct):
    """More of a message."""

    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[CallIn] | None = None


class TopIn(Struct):
    """A token that could have been."""

    token: str
    logprob: float | None = None
    bytes: list[Byte] | None = None


class TokenIn(TopIn):
    """A token that is."""

    top_logprobs: list[TopIn] | None = None


class LogprobsIn(Struct):
    """Of tokens that came with this delta."""

    content: list[TokenIn] | None = None
    refusal: list[TokenIn] | None = None


class ChoiceIn(Struct):
    """What is new of a choice."""

    index: int = 0
    delta: DeltaIn | None = None
    finish_reason: str | None = None
    logprobs: LogprobsIn | None = None


class PromptDetailsIn(Struct):
    """Of the prompt's tokens. multimodal_tokens: where vLLM says what is seen and heard, by `image` and `audio`."""

    cached_tokens: Count | None = None
    cache_write_tokens: Count | None = None
    created_cache_tokens: Count | None = None
    image_tokens: Count | None = None
    audio_tokens: Count | None = None
    multimodal_tokens: dict[str, Count] | None = None


class CompletionDetailsIn(Struct):
    """Of the completion's tokens."""

    reasoning_tokens: Count | None = None
    accepted_prediction_tokens: Count | None = None
    rejected_prediction_tokens: Count | None = None


class UsageIn(Struct):
    """What the answer cost. reasoning_tokens: where SGLang says it."""

    prompt_tokens: Count
    completion_tokens: Count
    prompt_tokens_details: PromptDetailsIn | None = None
    completion_tokens_details: CompletionDetailsIn | None = None
    reasoning_tokens: Count | None = None


class ChunkIn(Struct):
    """One event of an upstream. error: instead of all else."""

    choices: list[ChoiceIn] | None = None
    usage: UsageIn | None = None
    error: Any = None
    object: Any = None
    message: Any = None


decode_chunk = msgspec.json.Decoder(ChunkIn).decode
