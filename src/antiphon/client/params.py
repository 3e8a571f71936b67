"""What a request for a completion may say. The client passes it on; judging it is the server's work.

A test compares the names with those of `schema/request`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Required, TypedDict

from antiphon.client.messages import Message
from antiphon.client.records import Record

Object = Mapping[str, Any]


class CreateParams(TypedDict, total=False):
    """The body of a request, but for `stream`: see `stream()`."""

    messages: Required[Iterable[Message | Object | Record]]
    model: Required[str]
    max_completion_tokens: int | None
    max_tokens: int | None
    temperature: float | None
    top_p: float | None
    n: int | None
    seed: int | None
    stop: str | Sequence[str] | None
    presence_penalty: float | None
    frequency_penalty: float | None
    logit_bias: Mapping[str, float] | None
    logprobs: bool | None
    top_logprobs: int | None
    top_k: int | None
    min_p: float | None
    stream_options: Object | None
    metadata: Mapping[str, str] | None
    store: bool | None
    user: str | None
    safety_identifier: str | None
    verbosity: str | None
    reasoning_effort: str | None
    service_tier: str | None
    tools: Iterable[Object] | None
    tool_choice: str | Object | None
    parallel_tool_calls: bool | None
    functions: Iterable[Object] | None
    function_call: str | Object | None
    response_format: Object | None
    prediction: Object | None
    prompt_cache_key: str | None
    prompt_cache_options: Object | None
    prompt_cache_retention: str | None
    modalities: Sequence[str] | None
    audio: Object | None
    moderation: Object | None
    web_search_options: Object | None


class ListParams(TypedDict, total=False):
    """Which stored completions. limit: of a page."""

    after: str
    limit: int
    metadata: Mapping[str, str]
    model: str
    order: str


class MessageListParams(TypedDict, total=False):
    """Which input messages. limit: of a page."""

    after: str
    limit: int
    order: str
