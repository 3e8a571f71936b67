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
from antiphon.engine.remote.exchange import Begun, begin, go_on
from antiphon.engine.remote.fault import PASSING, Fault
from antiphon.engine.remote.fleet.balance import Standing, key_of, order
from antiphon.engine.remote.fleet.board import Board
from antiphon.engine.remote.fleet.upstream import Upstream
from antiphon.engine.remote.kinds import BASE, KINDS
from antiphon.engine.remote.request.planning import build_plan
from antiphon.errors import ApiError, UpstreamBusy, UpstreamUnavailable
from antiphon.upstreams import UpstreamSettings
from antiphon.workplace import Workplace

MOST_ATTEMPTS = 3
PATIENCE_S = 5.0
"""That a request waits for an upstream to come back."""
MAY_HAVE: frozenset[Capability] = BASE.union(*(kind.capabilities for kind in KINDS.values()), {"service_tiers"})
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
        self.settings = settings
        self.workplace = workplace
        self.upstreams = [
            Upstream(name, number, address, settings, on_change=self._changed)
            for number, address in enumerate(addresses)
        ]
        self.board = Board(len(addresses))
        self.is_started = False
        self._change = asyncio.Event()

    @property
    def known(self) -> list[Upstream]:
        """Those of which is known what they are."""
        return [upstream for upstream in self.upstreams if upstream.found]

    @property
    def context_length(self) -> int | None:
        """The shortest of all."""
        lengths = [upstream.found.context_length for upstream in self.known if upstream.found]
        return min((length for length in lengths if length), default=None)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is behind it."""
        return tuple(f"{each.found.kind.name} at {each.address.place}" for each in self.known if each.found)

    @property
    def fingerprint(self) -> str:
        """Of what all upstreams say of themselves."""
        told = sorted(
            f"{each.found.kind.name} {each.found.version} {each.found.model}" for each in self.known if each.found
        )
        return f"fp_{hashlib.sha256(repr(told).encode()).hexdigest()[:12]}"

    @property
    def unready_reason(self) -> str | None:
        """Why none can be asked."""
        if not self.is_started:
            return "it is not asked yet"
        if any(upstream.is_well for upstream in self.upstreams):
            return None
        return self.upstreams[0].reason or "it does not answer"

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What every upstream can do, as any may be asked."""
        able = [upstream.found.capabilities for upstream in self.known if upstream.found]
        return frozenset.intersection(*able) if able else BASE

    async def estimate_bytes(self) -> int:
        """Nothing of this machine's."""
        return 0

    async def start(self) -> None:
        """Begin to look after the upstreams."""
        if not self.is_started:
            name = hashlib.sha256(self.name.encode()).hexdigest()[:16]
            self.board = Board(len(self.upstreams), name=name, workplace=self.workplace)
            self.is_started = True
            for upstream in self.upstreams:
                upstream.start()

    async def loaded(self) -> None:
        """Wait until each has been asked what it is. One that does not answer is no reason not to begin. Raises
        `ConfigurationError`.
        """
        await asyncio.gather(*(upstream.looked.wait() for upstream in self.upstreams))
        for upstream in self.upstreams:
            if upstream.failure:
                raise upstream.failure

    async def ready(self) -> None:
        """Wait a little for one that is well. Raises `UpstreamUnavailable`."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while reason := self.unready_reason:
                    self._change.clear()
                    await self._change.wait()
        except TimeoutError:
            raise UpstreamUnavailable(self.name, reason or "") from None

    async def stop(self) -> None:
        """Hang up on all."""
        self.is_started = False
        await asyncio.gather(*(upstream.stop() for upstream in self.upstreams))
        self.board.close()

    async def generate(
        self, conversation: Conversation, decoding: Decoding, service: Service
    ) -> AsyncGenerator[Event, None]:
        """See `Engine.generate`."""
        tried: list[int] = []
        last: ApiError | None = None
        repeats = False
        while len(tried) < MOST_ATTEMPTS and (upstream := self._choose(conversation, service, tried, repeats=repeats)):
            tried.append(upstream.number)
            begun = False
            try:
                async with aclosing(self._ask(upstream, conversation, decoding, service)) as events:
                    async for event in events:
                        begun = True
                        yield event
                return
            except Fault as fault:
                if begun or not fault.again:
                    raise fault.error from None
                last, repeats = fault.error, fault.kind in PASSING
            except Full:
                last = last or UpstreamBusy(self.name)
        raise last or UpstreamUnavailable(self.name, self.unready_reason or "it failed of late")

    async def _ask(
        self, upstream: Upstream, conversation: Conversation, decoding: Decoding, service: Service
    ) -> AsyncGenerator[Event, None]:
        """One attempt. Raises `Fault`, and `Full` where this upstream is to be given no more."""
        if not self.board.enter(upstream.number, self.settings.max_concurrent):
            raise Full
        tries = upstream.breaker.begin()
        try:
            begun = await self._begin(upstream, conversation, decoding, service)
            del conversation, decoding, service
            assert upstream.line
            async with aclosing(go_on(upstream.line, begun)) as events:
                async for event in events:
                    yield event
            upstream.succeeded()
        except Fault as fault:
            upstream.failed(fault)
            raise
        finally:
            upstream.breaker.leave(tried=tries)
            self.board.leave(upstream.number)

    async def _begin(
        self, upstream: Upstream, conversation: Conversation, decoding: Decoding, service: Service
    ) -> Begun:
        assert upstream.found and upstream.line
        plan = build_plan(upstream.found, conversation, decoding, service)
        return await begin(upstream.line, plan, conversation, num_choices=decoding.n)

    def _choose(
        self, conversation: Conversation, service: Service, tried: list[int], *, repeats: bool
    ) -> Upstream | None:
        """Who is asked next: one that has not been tried, or where that may help, again the only one. Where all have
        failed of late, but say that they are well, they are asked all the same.
        """
        well = [upstream for upstream in self.upstreams if upstream.is_well]
        well = [upstream for upstream in well if upstream.lets_through] or well
        fresh = [upstream for upstream in well if upstream.number not in tried]
        if not fresh and repeats and len(tried) == 1:
            fresh = well
        standings = [
            Standing(each.number, each.address.base + each.address.model, each.weight, self.board.total(each.number))
            for each in fresh
        ]
        numbers = (
            order(standings, key_of(conversation, service)) if len(standings) > 1 else [s.number for s in standings]
        )
        return self.upstreams[numbers[0]] if numbers else None

    def _changed(self) -> None:
        self._change.set()


class Full(Exception):
    """An upstream is giving as many answers as it may."""
