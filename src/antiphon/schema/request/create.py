"""The body of `POST /v1/chat/completions`: all 37 properties of the specification, and two of ours.

Shapes and bounds of single fields only. Which fields must agree is told in `agreement.py`; what becomes of each
here, in `support.py`.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from antiphon.schema.base import WHOLE, Identifier, Incoming
from antiphon.schema.request.messages import Message
from antiphon.schema.request.options import (
    AudioOutput,
    Moderation,
    Prediction,
    PromptCacheOptions,
    ResponseFormat,
    StreamOptions,
    WebSearchOptions,
)
from antiphon.schema.request.tools import Function, FunctionChoice, Tool, ToolChoice

MAX_STOP_CHARS = 1024
MAX_LOGIT_BIASES = 1024
INT64 = 2**63


StopString = Annotated[str, StringConstraints(min_length=1, max_length=MAX_STOP_CHARS)]
Stop = StopString | Annotated[list[StopString], Field(min_length=1, max_length=4)]
TokenId = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,9})$")]
Bias = Annotated[float, Field(ge=-100, le=100)]
TokenLimit = Annotated[int, Field(ge=1, lt=2**31), WHOLE]
Penalty = Annotated[float, Field(ge=-2, le=2)]
MetadataKey = Annotated[str, StringConstraints(max_length=64)]
MetadataValue = Annotated[str, StringConstraints(max_length=512)]
Metadata = Annotated[dict[MetadataKey, MetadataValue], Field(max_length=16)]
Modalities = Annotated[list[Literal["text", "audio"]], Field(min_length=1, max_length=2)]
ReasoningEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
ServiceTier = Literal["auto", "default", "flex", "scale", "priority", "fast"]


class CreateChatCompletion(Incoming):
    """A request for a completion."""

    messages: list[Message] = Field(min_length=1, max_length=16384)
    model: str = Field(min_length=1, max_length=256)

    max_completion_tokens: TokenLimit | None = None
    max_tokens: TokenLimit | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    n: Annotated[int, Field(ge=1, le=128), WHOLE] | None = None
    seed: Annotated[int, Field(ge=-INT64, lt=INT64), WHOLE] | None = None
    stop: Stop | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    logit_bias: Annotated[dict[TokenId, Bias], Field(max_length=MAX_LOGIT_BIASES)] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20), WHOLE] | None = None
    top_k: Annotated[int, Field(ge=-1, lt=2**31), WHOLE] | None = None
    min_p: Annotated[float, Field(ge=0, le=1)] | None = None

    stream: bool | None = None
    stream_options: StreamOptions | None = None
    metadata: Metadata | None = None
    store: bool | None = None
    user: Identifier | None = None
    safety_identifier: Identifier | None = None
    verbosity: Literal["low", "medium", "high"] | None = None
    reasoning_effort: ReasoningEffort | None = None
    service_tier: ServiceTier | None = None

    tools: Annotated[list[Tool], Field(max_length=128)] | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    functions: Annotated[list[Function], Field(min_length=1, max_length=128)] | None = None
    function_call: FunctionChoice | None = None
    response_format: ResponseFormat | None = None

    prediction: Prediction | None = None
    prompt_cache_key: Identifier | None = None
    prompt_cache_options: PromptCacheOptions | None = None
    prompt_cache_retention: Literal["in_memory", "24h"] | None = None

    modalities: Modalities | None = None
    audio: AudioOutput | None = None
    moderation: Moderation | None = None
    web_search_options: WebSearchOptions | None = None
