"""What becomes of models, on the console."""

import asyncio
import io

from rich.console import Console

from antiphon.engine.scripted import ScriptedEngine
from antiphon.server.progress import Progress
from tests.contract.live import wait_for

SHOW_CURSOR = "\x1b[?25h"
"""What rich ends a status line with."""


class Slow(ScriptedEngine):
    """It is being loaded."""

    unready_reason: str | None = "it is loading (43%)"


def build(*, terminal: bool = False) -> tuple[Progress, io.StringIO]:
    """Two models, one with a name that means something to rich, and what is printed."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=200, highlight=False)
    return Progress(console, {"a": Slow(), "[/b]": Slow()}), out


def test_the_line_names_all_that_load() -> None:
    """One line, however many there are."""
    progress, _ = build()
    progress.loading("a")
    progress.loading("[/b]")
    assert progress.line() == r"a: loading (43%) · \[/b]: loading (43%)"


def test_what_has_happened_is_told() -> None:
    """A line for each model that is there or gone, and why it went."""
    progress, out = build()
    progress.loading("a")
    progress.engines["a"].unready_reason = None
    progress.loaded("a")
    progress.unloading("a", "[/b]")
    progress.unloading("[/b]", None)
    assert out.getvalue().splitlines() == [
        "a is ready: 8192 tokens of context.",
        "a is unloaded to make room for [/b].",
        "[/b] is unloaded to keep the memory limit.",
    ]


def test_what_is_there_and_cannot_answer_is_told() -> None:
    """An engine somewhere else may be away when the server starts."""
    progress, out = build()
    progress.loading("a")
    progress.loaded("a")
    assert out.getvalue() == "a cannot answer yet: it is loading (43%).\n"


def test_a_failure_is_told_once_the_server_has_started() -> None:
    """Before that it ends the server, which says so itself."""
    progress, out = build()
    for started in (False, True):
        progress.started = started
        progress.loading("a")
        progress.failed("a", "The file [is] broken.")
    assert out.getvalue() == "a cannot be loaded: The file [is] broken.\n"


async def test_the_line_is_there_while_something_loads() -> None:
    """It comes with the first model and goes with the last, also when that is unloaded before it is there."""
    progress, out = build(terminal=True)
    showing = asyncio.create_task(progress.show())
    for _ in range(2):
        progress.loading("a")
        await asyncio.to_thread(wait_for, lambda: "loading (43%)" in out.getvalue())
        progress.unloading("a", "[/b]")
        await asyncio.to_thread(wait_for, lambda: SHOW_CURSOR in out.getvalue())
        out.truncate(0)
    showing.cancel()
    await asyncio.gather(showing, return_exceptions=True)
