"""One upstream: what is known of it, whether it is well, and how many answers it is giving."""

import asyncio
import logging
import time
from collections.abc import Callable

from msgspec.structs import replace

from antiphon.engine.remote.address import Address
from antiphon.engine.remote.fault import BLAMELESS, Fault, FaultKind
from antiphon.engine.remote.fleet.asking import OK
from antiphon.engine.remote.fleet.breaker import Breaker
from antiphon.engine.remote.fleet.detection import LIMIT_S, detect, renew
from antiphon.engine.remote.found import Found
from antiphon.engine.remote.line import Line
from antiphon.errors import ConfigurationError
from antiphon.metrics import UPSTREAM_FAULTS, UPSTREAM_UP
from antiphon.upstreams import UpstreamSettings

log = logging.getLogger(__name__)

INTERVAL_S = 5.0
SILENT = f"it said nothing for {LIMIT_S:g} seconds"
SHORT_INTERVAL_S = 1.0
"""Between looks at one that is not well."""


class Upstream:
    """number: its place among those of its model. on_change: called when it has become well or unwell."""

    def __init__(
        self,
        model: str,
        number: int,
        address: Address,
        settings: UpstreamSettings,
        *,
        on_change: Callable[[], None],
    ) -> None:
        self.model = model
        self.number = number
        self.address = address
        self.settings = settings
        self.weight = settings.weights[number] if settings.weights else 1.0
        self.on_change = on_change
        self.breaker = Breaker()
        self.found: Found | None = None
        self.reason: str | None = "it is being asked what it is"
        self.failure: ConfigurationError | None = None
        self.looked = asyncio.Event()
        self.misses = 0
        self.line: Line | None = None
        self.watching: asyncio.Task[None] | None = None

    @property
    def is_well(self) -> bool:
        """Whether it can be asked, as far as its own word goes."""
        return self.reason is None and self.found is not None

    @property
    def lets_through(self) -> bool:
        """Whether it has not failed too often of late."""
        return self.breaker.lets_through(time.monotonic())

    def start(self) -> None:
        """Begin to look after it."""
        self.line = Line(self.model, self.address, self.settings)
        self.watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Hang up."""
        if self.watching:
            self.watching.cancel()
            await asyncio.gather(self.watching, return_exceptions=True)
        if self.line:
            await self.line.close()
        self.reason = "it is not asked any more"

    def succeeded(self) -> None:
        """It answered a request."""
        self.breaker.succeed()

    def failed(self, fault: Fault) -> None:
        """It did not; counted, and told in the log, where its address may stand."""
        self.count(fault.kind)
        blameless = fault.kind in BLAMELESS
        level = logging.INFO if blameless else logging.WARNING
        log.log(level, "%s: upstream %s: %s", self.model, self.address.place, fault.reason)
        if blameless:
            self.breaker.succeed()
        else:
            self.breaker.fail(time.monotonic())

    def does_without_lark(self) -> bool:
        """Ask it for no grammar of ours any more, as it fails with one. Whether it was asked for such until now. vLLM
        has one library for grammars: that which somebody needs first.
        """
        if not (self.found and self.found.takes_lark):
            return False
        self.found = replace(self.found, takes_lark=False)
        log.warning("%s: upstream %s fails with llguidance's grammars: others are used", self.model, self.address.place)
        return True

    def count(self, kind: FaultKind) -> None:
        """One more fault of this kind."""
        UPSTREAM_FAULTS.labels(self.model, self.address.place, kind).inc()

    async def _watch(self) -> None:
        while self.failure is None:
            self._settle(await self._look())
            await asyncio.sleep(INTERVAL_S if self.reason is None else SHORT_INTERVAL_S)

    async def _look(self) -> str | None:
        """Why it cannot be asked; None where it can."""
        assert self.line
        try:
            if self.found is None or self.reason is not None:
                self.found = await detect(self.line, self.settings.kind)
            health = self.found.kind.health
            url = self.address.root + health if health else f"{self.address.base}/models"
            status, body = await self.line.get(url, limit_s=LIMIT_S)
        except ConfigurationError as error:
            self.failure = None if self.looked.is_set() else error  # later it is one of the things that may pass
            return str(error).rstrip(".")
        except Fault as fault:
            return fault.reason
        except Exception:  # whatever it was, it is looked at again
            log.exception("%s: fault in looking after upstream %s", self.model, self.address.place)
            return "it cannot be asked"
        if status == OK and not health:
            self.found = renew(self.found, body)
        return None if status == OK else f"it says that it is not ready ({status})"

    def _settle(self, reason: str | None) -> None:
        self.misses = 0 if reason is None else self.misses + 1
        if reason == SILENT and self.misses == 1 and self.reason is None:
            return  # it may be busy for a moment
        before, self.reason = self.reason, reason
        UPSTREAM_UP.labels(self.model, self.address.place).set(reason is None)
        if reason is None and before is not None:
            assert self.found
            log.info("%s: upstream %s answers: %s", self.model, self.address.place, self.found.kind.name)
            self.breaker = Breaker()
        elif reason is not None and (before is None or not self.looked.is_set()):
            self.count("refused")
            log.warning("%s: upstream %s: %s", self.model, self.address.place, reason)
        self.looked.set()
        self.on_change()
