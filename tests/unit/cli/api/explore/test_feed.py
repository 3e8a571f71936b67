"""Values that take their time, are many, or fail."""

import threading
import time
from collections.abc import Iterator
from typing import Any

from antiphon.cli.api.explore.app import AHEAD, Explorer
from antiphon.cli.api.explore.feed import Feed
from tests.unit.cli.api.explore.screen import PATIENCE_S, exploring, many


async def test_values_are_fetched_as_they_are_looked_at() -> None:
    """Of ten thousand values those are asked for that come into sight; `G` asks for all."""
    taken = 0

    def values() -> Iterator[Any]:
        nonlocal taken
        for value in many(10_000):
            taken += 1
            yield value

    async with exploring(values(), num=AHEAD) as screen:
        assert taken <= AHEAD + 50
        assert f"1 of {taken:,}+" in screen.status
        await screen.press("G")
        await screen.until(lambda: screen.app.status.is_done)
        await screen.until(lambda: screen.app.view.model.cursor == 9_999)
        await screen.pilot.pause()
        assert screen.text.splitlines()[-1].startswith("▶ 9999: ")
        assert "10,000 of 10,000" in screen.status


async def test_ten_thousand_values_are_quick() -> None:
    """Among ten thousand values each key is answered at once, also when all are unfolded."""
    async with exploring([list(many(10_000))]) as screen:
        await screen.press("e")
        assert len(screen.app.view.model.rows) == 50_001
        began = time.process_time()
        await screen.press("G", "k", "h", "h", "g", "pagedown", "h")
        assert time.process_time() - began < 20


async def test_slow_values_do_not_hold_up_the_screen() -> None:
    """While a value is waited for, keys work, the screen says that it loads, and leaving it takes no time."""
    gate = threading.Event()

    def values() -> Iterator[Any]:
        yield {"a": 1}
        yield {"b": 2}
        gate.wait(PATIENCE_S)

    began = time.monotonic()
    async with exploring(values(), num=2) as screen:
        assert "loading…" in screen.status
        await screen.press("j", "l", "j")
        assert screen.line == "b: 2"
        await screen.press("q")
        assert not screen.app.is_running
    assert time.monotonic() - began < PATIENCE_S / 2
    gate.set()


async def test_failure_is_told() -> None:
    """What ends the values before their end is told in the line at the bottom; what came before stays."""

    def values() -> Iterator[Any]:
        yield {"a": 1}
        raise ValueError("The server \x1b[31mwent away.")

    async with exploring(values()) as screen:
        await screen.until(lambda: screen.app.error is not None)
        await screen.pilot.pause()
        assert "Stopped: The server \\u001b[31mwent away." in screen.status
        assert screen.line == "▼ 1 key"


async def test_failure_before_all_else_leaves() -> None:
    """Where there is nothing to see but a failure, the screen closes by itself."""

    def values() -> Iterator[Any]:
        raise ValueError("No server.")
        yield

    feed = Feed(values())
    app = Explorer(feed)
    async with app.run_test() as pilot:
        for _ in range(200):
            if not app.is_running:
                break
            await pilot.pause(0.01)
    assert str(app.error) == "No server."
