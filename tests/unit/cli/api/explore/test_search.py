"""`/`, `n` and `N`."""

import threading
from collections.abc import Iterator
from typing import Any

from tests.unit.cli.api.explore.screen import ANSWER, PATIENCE_S, exploring, many


async def test_search() -> None:
    """`/` goes to the next value or key that has the text, unfolding what is around it; `n` and `N` go on and back,
    around the end.
    """
    async with exploring([ANSWER]) as screen:
        await screen.press("slash", *"TOTAL".lower(), "enter")
        assert screen.line == "total_tokens: 12"
        await screen.press("slash", *"hello", "enter")
        assert screen.line == 'content: "Hello\\nthere"'
        await screen.press("slash", *"in", "enter")
        assert screen.line == "index: 0"
        await screen.press("N")
        assert screen.line == "index: 0"
        await screen.press("slash", *"12", "enter", "n")
        assert screen.line == "total_tokens: 12"


async def test_search_for_capitals() -> None:
    """A text with capitals is not found in small letters, and the screen says so."""
    async with exploring([ANSWER]) as screen:
        await screen.press("slash", *"HELLO", "enter")
        assert "'HELLO' is nowhere." in screen.status
        assert screen.line == "▼ 4 keys"


async def test_search_is_literal_and_marks() -> None:
    """What is searched is no pattern, and is marked wherever it is in sight."""
    async with exploring([{"a": "(.*)", "b": "x(.*)y"}]) as screen:
        await screen.press("slash", *"(.*)", "enter")
        assert screen.line == 'a: "(.*)"'
        marks = screen.app.view.get_component_rich_style("match", partial=True).bgcolor
        marked = [
            segment.text
            for y in range(3)
            for segment in screen.app.view.render_line(y)
            if segment.style and segment.style.bgcolor == marks
        ]
        assert marked == ["(.*)", "(.*)"]
        await screen.press("escape")
        assert screen.app.is_running
        assert screen.app.view.match is None


async def test_search_fetches() -> None:
    """A search goes on in what has not arrived yet."""
    async with exploring(many(3000)) as screen:
        assert len(screen.app.view.model.items) < 1000
        await screen.press("slash", *"answer 2345", "enter")
        await screen.until(lambda: screen.line == 'text: "answer 2345"')


async def test_search_waits_for_nobody_who_moves() -> None:
    """Whoever moves while a search goes on stays there."""
    gate = threading.Event()

    def values() -> Iterator[Any]:
        yield {"a": 1}
        yield {"b": 2}
        gate.wait(PATIENCE_S)
        yield {"c": 3}

    async with exploring(values(), num=2) as screen:
        await screen.press("slash", "c", "enter")
        assert "Searching 'c'" in screen.status
        await screen.press("j")
        gate.set()
        await screen.until(lambda: screen.app.status.is_done)
        await screen.pilot.pause(0.1)
        assert screen.line == "▶ 1: {b: 2}"


async def test_search_is_left_first() -> None:
    """Escape while a text to search is typed goes back to the tree."""
    async with exploring([1]) as screen:
        await screen.press("slash", "q", "escape")
        assert screen.app.is_running
        await screen.press("q")
        assert not screen.app.is_running
