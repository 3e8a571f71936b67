"""The protocol every engine speaks."""

from collections.abc import AsyncGenerator
from typing import Literal, Protocol

from msgspec import Struct

from antiphon.capability import Capability
from antiphon.dialect.conversation import Conversation
from antiphon.engine.events import Event


class Decoding(Struct, frozen=True, kw_only=True):
    """How to choose tokens, with nothing left to defaults of the API.

    max_tokens: most tokens of one choice; None means to the end of the context.
    top_k: 0 means all tokens. logprobs: how many of the likeliest tokens to report beside
    the sampled one, None for no report. seed: int64; choices draw independently under it. drawn: whether nobody asked
    for this one, and nobody is told.
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
    drawn: bool = False
    n: int = 1
    logprobs: int | None = None


LONGEST_WAIT_S = 120.0
"""That a request waits until its engine can answer."""

Tier = Literal["priority", "default", "flex"]
"""Who goes first."""


class Caching(Struct, frozen=True, kw_only=True):
    """What later requests may find of what is computed for this one. namespace: whose it is; only requests of one
    namespace share. grouped: the client has named its group, whose prefixes stay warm longest. explicit: only what lies
    before a breakpoint. ttl_s: how long at least. on_disk: also after a restart.
    """

    namespace: str = ""
    grouped: bool = False
    explicit: bool = False
    ttl_s: int | None = None
    on_disk: bool = False


class Service(Struct, frozen=True, kw_only=True):
    """How a request is served: it changes when an answer comes, and what it says by no more than rounding.
    prediction: what much of the answer will be.
    """

    tier: Tier = "default"
    caching: Caching = Caching()
    prediction: str | None = None


class Engine(Protocol):
    """Something that answers conversations."""

    @property
    def context_length(self) -> int | None:
        """Longest sequence in tokens; None while it is not known."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person wants to know of it beside its context, once it is ready."""

    @property
    def fingerprint(self) -> str:
        """Changes when anything that can change the output does (`system_fingerprint`)."""

    @property
    def unready_reason(self) -> str | None:
        """Why it cannot answer now; None when it can."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do beyond text, with the model it has; known once it is ready."""

    @property
    def memory_bytes(self) -> int | None:
        """What it takes of the machine's memory now; None where nobody can tell."""

    async def estimate_bytes(self) -> int:
        """About what it will take when it is loaded. May take long. Raises `ConfigurationError`."""

    async def start(self) -> None:
        """Begin to load, also after a stop; returns at once, `unready_reason` tells when it is done."""

    async def loaded(self) -> None:
        """Wait until it can answer. Raises `ConfigurationError` when it never will."""

    async def ready(self) -> None:
        """Wait, within bounds, until it can answer a request. Raises `EngineLoading`."""

    async def stop(self) -> None:
        """End, with everything that still runs."""

    def generate(self, conversation: Conversation, decoding: Decoding, service: Service) -> AsyncGenerator[Event, None]:
        """Events of all choices, interleaved as they come.
        Raises an `ApiError`, before the first event when the request cannot be served. Closing the generator
        stops the computation.
        """
