"""The remote engine: an answer out of one of several upstreams, in the words of all engines.

The invariant: before the first event another upstream may be tried; after it an answer goes on as it began, or ends
with an error.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from antiphon.capability import Capability
from antiphon.dialect.conversation import Conversation
from antiphon.engine.base import Decoding, Service
from antiphon.engine.events import Event
from antiphon.engine.remote.address import Address
from antiphon.engine.remote.asked import Asked
from antiphon.engine.remote.exchange import Begun, begin, go_on
from antiphon.engine.remote.fault import PASSING, Fault
from antiphon.engine.remote.fleet.fleet import Fleet, Full
from antiphon.engine.remote.fleet.upstream import Upstream
from antiphon.engine.remote.kinds import BASE, KINDS
from antiphon.engine.remote.request.planning import build_plan
from antiphon.errors import ApiError, UpstreamBusy, UpstreamUnavailable
from antiphon.upstreams import UpstreamSettings
from antiphon.workplace import Workplace

MOST_ATTEMPTS = 3
PATIENCE_S = 5.0
"""That a request waits for an upstream to come back."""
OF_SOME: frozenset[Capability] = frozenset({"service_tiers", "images", "audio_input"})
"""What upstreams of one kind may have or not."""
MAY_HAVE: frozenset[Capability] = BASE.union(*(kind.capabilities for kind in KINDS.values()), OF_SOME)
"""What some upstream can do."""


class RemoteEngine:
    """name: the model's, as clients know it."""

    memory_bytes: int | None = 0

    def __init__(
        self,
        name: str,
        addresses: Sequence[Address],
        settings: UpstreamSettings,
        *,
        workplace: Workplace | None = None,
    ) -> None:
        self.name = name
        self.fleet = Fleet(name, addresses, settings, workplace)

    @property
    def context_length(self) -> int | None:
        """The shortest of all."""
        return min((found.context_length for found in self.fleet.found if found.context_length), default=None)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is behind it."""
        return tuple(f"{each.found.kind.name} at {each.address.place}" for each in self.fleet.upstreams if each.found)

    @property
    def fingerprint(self) -> str:
        """Of what all upstreams say of themselves."""
        told = sorted(f"{found.kind.name} {found.version} {found.model}" for found in self.fleet.found)
        return f"fp_{hashlib.sha256(repr(told).encode()).hexdigest()[:12]}"

    @property
    def unready_reason(self) -> str | None:
        """Why none can be asked."""
        return self.fleet.unready_reason

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What every upstream can do, as any may be asked."""
        able = [found.capabilities for found in self.fleet.found]
        return frozenset.intersection(*able) if able else BASE

    async def estimate_bytes(self) -> int:
        """Nothing of this machine's."""
        return 0

    async def start(self) -> None:
        """Begin to look after the upstreams."""
        self.fleet.start()

    async def loaded(self) -> None:
        """Wait until each has been asked what it is. One that does not answer is no reason not to begin. Raises
        `ConfigurationError`.
        """
        await self.fleet.looked()

    async def ready(self) -> None:
        """Wait a little for one that is well. Raises `UpstreamUnavailable`."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while reason := self.unready_reason:
                    await self.fleet.changed()
        except TimeoutError:
            raise UpstreamUnavailable(self.name, reason or "") from None

    async def stop(self) -> None:
        """Hang up on all."""
        await self.fleet.stop()

    async def generate(
        self, conversation: Conversation, decoding: Decoding, service: Service
    ) -> AsyncGenerator[Event, None]:
        """See `Engine.generate`."""
        asked: Asked | None = Asked(conversation, decoding, service)
        del conversation, decoding, service
        tried: list[int] = []
        last: ApiError | None = None
        repeats = False
        while asked and len(tried) < MOST_ATTEMPTS and (upstream := self.fleet.choose(asked, tried, repeats=repeats)):
            tried.append(upstream.number)
            try:
                async with aclosing(self._answer(upstream, asked)) as events:
                    async for event in events:
                        asked = None  # an answer may take long, and there may be many
                        yield event
                return
            except Fault as fault:
                if asked is None or not fault.again:
                    raise fault.error from None
                last, repeats = fault.error, fault.here or fault.kind in PASSING
            except Full:
                last = last or UpstreamBusy(self.name)
        raise last or UpstreamUnavailable(self.name, self.unready_reason or "it failed of late")

    async def _answer(self, upstream: Upstream, asked: Asked) -> AsyncGenerator[Event, None]:
        """One attempt. Raises `Fault`, and `Full`."""
        begun: Begun | None = None
        with self.fleet.enter(upstream):
            try:
                begun = await self._begin(upstream, asked)
                del asked
                assert upstream.line
                async with aclosing(go_on(upstream.line, begun)) as events:
                    async for event in events:
                        yield event
                upstream.succeeded()
            except Fault as fault:
                upstream.failed(fault)
                if begun and begun.suspect and fault.kind == "failed" and upstream.does_without_lark():
                    raise Fault("failed", fault.error, again=True, here=True) from None
                raise

    async def _begin(self, upstream: Upstream, asked: Asked) -> Begun:
        assert upstream.found and upstream.line
        conversation = asked.conversation
        if conversation.media or any(tool.grammar for tool in conversation.callable):  # which may have to be encoded
            plan = await asyncio.to_thread(build_plan, upstream.found, *asked)
        else:
            plan = build_plan(upstream.found, *asked)
        return await begin(upstream.line, plan, asked)
