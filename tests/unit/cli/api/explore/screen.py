"""A running explorer for tests: by real keys, on Textual's own screen without a terminal."""

import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from antiphon.cli.api.explore.app import Explorer
from antiphon.cli.api.explore.feed import Feed
from antiphon.cli.api.explore.lines import Lines, Reader
from antiphon.cli.api.explore.view import TreeView

ANSWER = {
    "id": "chatcmpl-1",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello\nthere"}, "logprobs": None}],
    "usage": {"total_tokens": 12, "exact": True},
    "metadata": {},
}
PATIENCE_S = 60


class Screen:
    """A running explorer, and what its screen says."""

    def __init__(self, pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, Explorer)
        self.pilot, self.app = pilot, pilot.app

    async def until(self, holds: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < end, self.text
            await self.pilot.pause(0.01)

    async def settle(self) -> None:
        """All that comes at once has come."""
        for _ in range(10):
            if self.app.status.is_done:
                break
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def text(self) -> str:
        view: TreeView | Lines = self.app.view
        if isinstance(self.app.screen, Reader):
            view = self.app.screen.query_one(Lines)
        return "\n".join(view.render_line(y).text.rstrip() for y in range(view.size.height)).rstrip()

    @property
    def line(self) -> str:
        """Under the cursor."""
        return self.app.view.render_line(self.app.view.model.cursor - self.app.view.scroll_offset.y).text.strip()

    @property
    def status(self) -> str:
        return self.app.status.render().plain


@asynccontextmanager
async def exploring(values: Iterable[Any], *, num: int = 1, width: int = 100) -> AsyncIterator[Screen]:
    """num: so many values are waited for."""
    feed = Feed(values)
    app = Explorer(feed)
    async with app.run_test(size=(width, 20)) as pilot:
        screen = Screen(pilot)
        await screen.until(lambda: len(app.view.model.items) >= num or app.status.is_done)
        await screen.settle()
        yield screen
    feed.stop()


def many(num: int) -> Iterator[dict[str, Any]]:
    return ({"id": f"chatcmpl-{place}", "choices": [{"text": f"answer {place}"}]} for place in range(num))
