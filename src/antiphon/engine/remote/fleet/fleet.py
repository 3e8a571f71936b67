"""The upstreams of one model together: whether any is well, and which is asked next."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from antiphon.engine.remote.address import Address
from antiphon.engine.remote.asked import Asked
from antiphon.engine.remote.fleet.balance import Standing, key_of, order
from antiphon.engine.remote.fleet.board import Board
from antiphon.engine.remote.fleet.upstream import Upstream
from antiphon.engine.remote.found import Found
from antiphon.upstreams import UpstreamSettings
from antiphon.workplace import Workplace


class Full(Exception):
    """An upstream is giving as many answers as it may."""


class Fleet:
    """workplace: where other processes ask the same upstreams."""

    def __init__(
        self, model: str, addresses: Sequence[Address], settings: UpstreamSettings, workplace: Workplace | None
    ) -> None:
        self.model = model
        self.settings = settings
        self.workplace = workplace
        self.upstreams = [
            Upstream(model, number, address, settings, on_change=self._changed)
            for number, address in enumerate(addresses)
        ]
        self.board = Board(len(addresses))
        self.is_started = False
        self._change = asyncio.Event()

    @property
    def found(self) -> list[Found]:
        """What is known of those of which anything is."""
        return [upstream.found for upstream in self.upstreams if upstream.found]

    @property
    def unready_reason(self) -> str | None:
        """Why none can be asked; None where one can."""
        if not self.is_started:
            return "it is not asked yet"
        if any(upstream.is_well for upstream in self.upstreams):
            return None
        return self.upstreams[0].reason or "it does not answer"

    def start(self) -> None:
        """Begin to look after all."""
        if not self.is_started:
            name = hashlib.sha256(self.model.encode()).hexdigest()[:16]
            self.board = Board(len(self.upstreams), name=name, workplace=self.workplace)
            self.is_started = True
            for upstream in self.upstreams:
                upstream.start()

    async def looked(self) -> None:
        """Wait until each has been asked what it is. Raises `ConfigurationError`."""
        await asyncio.gather(*(upstream.looked.wait() for upstream in self.upstreams))
        for upstream in self.upstreams:
            if upstream.failure:
                raise upstream.failure

    async def changed(self) -> None:
        """Wait until something is known that was not."""
        self._change.clear()
        await self._change.wait()

    async def stop(self) -> None:
        """Hang up on all."""
        self.is_started = False
        await asyncio.gather(*(upstream.stop() for upstream in self.upstreams))
        self.board.close()

    def choose(self, asked: Asked, tried: Sequence[int], *, repeats: bool) -> Upstream | None:
        """Who is asked next: one that has not been tried, or where that may help, again the only one. Where all have
        failed of late, but say that they are well, they are asked all the same.
        """
        well = [upstream for upstream in self.upstreams if upstream.is_well]
        well = [upstream for upstream in well if upstream.lets_through] or well
        fresh = [upstream for upstream in well if upstream.number not in tried]
        if not fresh and repeats and len(tried) == 1:
            fresh = well
        if len(fresh) <= 1:
            return fresh[0] if fresh else None
        key = key_of(asked.conversation, asked.service)
        return self.upstreams[order([self._standing(upstream) for upstream in fresh], key)[0]]

    @contextmanager
    def enter(self, upstream: Upstream) -> Iterator[None]:
        """While it is giving an answer. Raises `Full` where it is to be given no more."""
        if not self.board.enter(upstream.number, self.settings.max_concurrent):
            raise Full
        tries = upstream.breaker.begin()
        try:
            yield
        finally:
            upstream.breaker.leave(tried=tries)
            self.board.leave(upstream.number)

    def _standing(self, upstream: Upstream) -> Standing:
        name = upstream.address.base + upstream.address.model
        return Standing(upstream.number, name, upstream.weight, self.board.total(upstream.number))

    def _changed(self) -> None:
        self._change.set()
