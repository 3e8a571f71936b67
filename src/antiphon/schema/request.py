"""The body of `POST /v1/chat/completions`: all properties of the specification, in its order of topics.

A field is either typed, and then honoured, or marked `NotYet`, and then refused unless neutral.
The description of each typed field says what it does here; the README's table is made of them.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from antiphon.schema.base import Incoming, NotYet
from antiphon.schema.messages import Message

MAX_STOP_CHARS = 1024
MAX_LOGIT_BIASES = 1024
INT64 = 2**63

StopString = Annotated[str, StringConstraints(min_length=1, max_length=MAX_STOP_CHARS)]
TokenId = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,9})$")]
Bias = Annotated[float, Field(ge=-100, le=100)]


class StreamOptions(Incoming):
    """What a stream carries beside its deltas."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


def _refuse_empty(stop: Any) -> Any:
    if stop == []:
        raise PydanticCustomError("too_short", "", {"min_length": 1, "actual_length": 0, "field_type": "List"})
    return stop


class CreateChatCompletion(Incoming):
    """A request for a completion."""

    messages: list[Message] = Field(
        min_length=1, max_length=16384, description="The conversation so far: all six roles, text content, names."
    )
    model: str = Field(min_length=1, max_length=256, description="A model this server has, or an alias of one.")

    max_completion_tokens: int | None = Field(
        None, ge=1, lt=2**31, description="Most tokens of one choice; the end of the context without it."
    )
    max_tokens: int | None = Field(
        None, ge=1, lt=2**31, description="Deprecated twin of `max_completion_tokens`; both must agree."
    )
    temperature: float | None = Field(None, ge=0, le=2, description="Default 1; 0 takes the likeliest token.")
    top_p: float | None = Field(None, ge=0, le=1, description="Default 1; nucleus sampling, after temperature.")
    n: int | None = Field(None, ge=1, le=128, description="Default 1; choices computed side by side.")
    seed: int | None = Field(
        None, ge=-INT64, lt=INT64, description="Same seed, same request, same text; without it every choice varies."
    )
    stop: StopString | Annotated[list[StopString], AfterValidator(_refuse_empty), Field(max_length=4)] | None = Field(
        None, description="Up to 4 strings that end a choice and are not part of it."
    )
    presence_penalty: float | None = Field(
        None, ge=-2, le=2, description="Taken off the logit of every token the choice has already."
    )
    frequency_penalty: float | None = Field(
        None, ge=-2, le=2, description="Taken off the logit of a token once for each time the choice has it."
    )
    logit_bias: dict[TokenId, Bias] | None = Field(
        None, max_length=MAX_LOGIT_BIASES, description="Added to the logits of these token ids of the model."
    )
    logprobs: bool | None = Field(
        None, description="Log-probability of each token, of the model's distribution after `logit_bias`."
    )
    top_logprobs: int | None = Field(
        None, ge=0, le=20, description="The likeliest tokens at each position; needs `logprobs`."
    )
    stream: bool | None = Field(None, description="Server-sent events, one chunk per token and choice.")
    stream_options: StreamOptions | None = Field(
        None,
        description="`include_usage`: a last chunk with usage. `include_obfuscation` (default true): chunks padded to"
        " like sizes.",
    )
    top_k: int | None = Field(
        None, ge=-1, lt=2**31, description="Extension: only the k likeliest tokens; 0 and -1 mean all."
    )
    min_p: float | None = Field(
        None, ge=0, le=1, description="Extension: only tokens with this share of the likeliest one's probability."
    )
    service_tier: Annotated[Literal["auto", "default"] | None, NotYet(neutral=("auto", "default"))] = None

    audio: Annotated[Any, NotYet()] = None
    function_call: Annotated[Any, NotYet(neutral=("none",))] = None
    functions: Annotated[Any, NotYet()] = None
    metadata: Annotated[Any, NotYet(neutral=({},))] = None
    modalities: Annotated[Any, NotYet(neutral=(["text"],))] = None
    moderation: Annotated[Any, NotYet()] = None
    parallel_tool_calls: Annotated[Any, NotYet(neutral=(True,))] = None
    prediction: Annotated[Any, NotYet()] = None
    prompt_cache_key: Annotated[Any, NotYet()] = None
    prompt_cache_options: Annotated[Any, NotYet()] = None
    prompt_cache_retention: Annotated[Any, NotYet(neutral=("in_memory",))] = None
    reasoning_effort: Annotated[Any, NotYet(neutral=("none",))] = None
    response_format: Annotated[Any, NotYet(neutral=({"type": "text"},))] = None
    safety_identifier: Annotated[Any, NotYet()] = None
    store: Annotated[Any, NotYet(neutral=(False,))] = None
    tool_choice: Annotated[Any, NotYet(neutral=("none",))] = None
    tools: Annotated[Any, NotYet(neutral=([],))] = None
    user: Annotated[Any, NotYet()] = None
    verbosity: Annotated[Any, NotYet(neutral=("medium",))] = None
    web_search_options: Annotated[Any, NotYet()] = None

    @model_validator(mode="after")
    def _fields_agree(self) -> Self:
        if self.top_logprobs is not None and not self.logprobs:
            raise conflict("top_logprobs", "'top_logprobs' is only allowed when 'logprobs' is true.")
        if self.stream_options is not None and not self.stream:
            raise conflict("stream_options", "'stream_options' is only allowed when 'stream' is true.")
        limits = {self.max_tokens, self.max_completion_tokens} - {None}
        if len(limits) > 1:
            raise conflict("max_tokens", "'max_tokens' and 'max_completion_tokens' are twins and must not differ.")
        return self


CONFLICT = "antiphon_conflict"


def conflict(param: str, sentence: str) -> PydanticCustomError:
    """The error of fields that contradict each other, told at `param`."""
    return PydanticCustomError(CONFLICT, "{sentence}", {"param": param, "sentence": sentence})
