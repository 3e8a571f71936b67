"""What becomes of models, on the console: one line while any is loading, and one for each that is there or gone."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from rich.console import Console
from rich.markup import escape

INTERVAL_S = 0.2


class Shown(Protocol):
    """Of an `Engine`, what is told."""

    @property
    def context_length(self) -> int | None:
        """In tokens."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person wants to know beside."""

    @property
    def unready_reason(self) -> str | None:
        """Where loading stands."""


class Progress:
    """A pool's watcher. started: whether all is loaded that is to be there from the start; a failure before that ends
    the server, which says so itself.
    """

    def __init__(self, console: Console, engines: Mapping[str, Shown]) -> None:
        self.console = console
        self.engines = engines
        self.started = False
        self.under_way: list[str] = []
        self._begun = asyncio.Event()

    def loading(self, model: str) -> None:
        """See `Watcher`."""
        self.under_way.append(model)
        self._begun.set()

    def loaded(self, model: str) -> None:
        """See `Watcher`."""
        self.under_way.remove(model)
        engine = self.engines[model]
        if reason := engine.unready_reason:
            return self.tell(model, f"cannot answer yet: {escape(reason)}.")
        context = (f"{engine.context_length} tokens of context",) if engine.context_length else ()
        self.tell(model, f"is ready: {escape('; '.join((*context, *engine.remarks)))}.")

    def failed(self, model: str, reason: str) -> None:
        """See `Watcher`."""
        self.under_way.remove(model)
        if self.started:
            self.tell(model, f"cannot be loaded: {escape(reason)}")

    def unloading(self, model: str, room_for: str | None) -> None:
        """See `Watcher`."""
        if model in self.under_way:
            self.under_way.remove(model)
        why = "keep the memory limit" if room_for is None else f"make room for {escape(room_for)}"
        self.tell(model, f"is unloaded to {why}.")

    async def show(self) -> None:
        """The line, as often as there is something to show."""
        while True:
            await self._begun.wait()
            self._begun.clear()
            with self.console.status("") as status:
                while self.under_way:
                    status.update(self.line())
                    await asyncio.sleep(INTERVAL_S)

    def line(self) -> str:
        """Where the loads stand that are under way."""
        reasons = {name: self.engines[name].unready_reason or "it is loading" for name in self.under_way}
        return " · ".join(escape(f"{name}: {reason.removeprefix('it is ')}") for name, reason in reasons.items())

    def tell(self, model: str, what: str) -> None:
        """One line. what: marked up."""
        self.console.print(f"[bold]{escape(model)}[/bold] {what}")
