"""The protocol every engine speaks."""

from collections.abc import AsyncGenerator
from typing import Protocol

from msgspec import Struct

from antiphon.capability import Capability
from antiphon.dialect.conversation import Conversation
from antiphon.engine.events import Event


class Decoding(Struct, frozen=True, kw_only=True):
    """How to choose tokens, with nothing left to defaults of the API.

    max_tokens: most tokens of one choice; None means to the end of the context.
    top_k: 0 means all tokens. logprobs: how many of the likeliest tokens to report beside
    the sampled one, None for no report. seed: int64; choices draw independently under it.
    """

    max_tokens: int | None = None
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    logit_bias: dict[int, float] = {}
    stop: tuple[str, ...] = ()
    seed: int = 0
    n: int = 1
    logprobs: int | None = None


class Engine(Protocol):
    """Something that answers conversations."""

    @property
    def context_length(self) -> int | None:
        """Longest sequence in tokens; None while it is not known."""

    @property
    def layout(self) -> str | None:
        """That of the weights: `file`, or a quantisation they were converted to; None while it is not known."""

    @property
    def fingerprint(self) -> str:
        """Changes when anything that can change the output does (`system_fingerprint`)."""

    @property
    def unready_reason(self) -> str | None:
        """Why it cannot answer now; None when it can."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do beyond text, with the model it has; known once it is ready."""

    async def start(self) -> None:
        """Begin to load; returns at once, `unready_reason` tells when it is done."""

    async def loaded(self) -> None:
        """Wait until it can answer. Raises `ConfigurationError` when it never will."""

    async def ready(self) -> None:
        """Wait, within bounds, until it can answer a request. Raises `EngineLoading`."""

    async def stop(self) -> None:
        """End, with everything that still runs."""

    def generate(self, conversation: Conversation, decoding: Decoding, *, tenant: str) -> AsyncGenerator[Event, None]:
        """Events of all choices, interleaved as they come. Only requests of one tenant share cached prefixes.
        Raises an `ApiError`, before the first event when the request cannot be served. Closing the generator
        stops the computation.
        """
