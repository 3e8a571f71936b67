"""`--format explore`, by real keys: on Textual's own screen without a terminal, and once on a terminal."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from antiphon.cli.api.explore.app import AHEAD, Explorer
from antiphon.cli.api.explore.feed import Feed
from antiphon.cli.api.explore.lines import Lines, Reader
from antiphon.cli.api.explore.node import Node
from antiphon.cli.api.explore.path import path_of
from antiphon.cli.api.explore.tree import Tree
from antiphon.cli.api.explore.view import TreeView
from antiphon.cli.api.explore.wrap import wrap
from antiphon.cli.api.transform import build_transform

ANSWER = {
    "id": "chatcmpl-1",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello\nthere"}, "logprobs": None}],
    "usage": {"total_tokens": 12, "exact": True},
    "metadata": {},
}
HOSTILE = "[bold red]no[/] \x1b[2J\x1b]52;c;eA==\x07 \u202egnp.exe\u2066 \x9b31m \u200b\x00 \ud800"
PATIENCE_S = 10


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
        await pilot.pause(0.1)
        yield screen
    feed.stop()


def many(num: int) -> Iterator[dict[str, Any]]:
    return ({"id": f"chatcmpl-{place}", "choices": [{"text": f"answer {place}"}]} for place in range(num))


async def test_one_value_is_open() -> None:
    """A single value is shown with what is in it, what is in that is folded and hinted at."""
    async with exploring([ANSWER]) as screen:
        assert screen.text.splitlines() == [
            "▼ 4 keys",
            '    id: "chatcmpl-1"',
            "  ▶ choices: [{…}]",
            "  ▶ usage: {total_tokens: 12, exact: true}",
            "    metadata: {}",
        ]


async def test_several_values_are_numbered() -> None:
    """Several values are a list of numbered items, each folded."""
    async with exploring([{"a": 1}, "text", None], num=3) as screen:
        assert screen.text.splitlines() == ["▶ 0: {a: 1}", '  1: "text"', "  2: null"]


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("down down", "▶ choices: [{…}]"),
        ("j j k", 'id: "chatcmpl-1"'),
        ("j j right", "▼ choices: 1 item"),
        ("j j l l", '▶ 0: {index: 0, message: {…}, logprobs: null}'),
        ("j j enter j space j j", '▶ message: {role: "assistant", content: "Hello\\nthere"}'),
        ("j j l l h", "▼ choices: 1 item"),
        ("j j l l h left", "▶ choices: [{…}]"),
        ("j j l J", "▶ usage: {total_tokens: 12, exact: true}"),
        ("j j l J K", "▼ choices: 1 item"),
        ("end", "metadata: {}"),
        ("G g", "▼ 4 keys"),
        ("e G", "metadata: {}"),
        ("e E", "▶ {id: \"chatcmpl-1\", choices: […], usage: {…}, metadata: {}}"),
        ("k k k", "▼ 4 keys"),
        ("pagedown", "metadata: {}"),
    ],
)  # fmt: skip
async def test_keys(keys: str, line: str) -> None:
    """Arrows and letters move, unfold, fold and go out."""
    async with exploring([ANSWER]) as screen:
        await screen.press(*keys.split())
        assert screen.line == line


async def test_everything_unfolds() -> None:
    """`e` unfolds all values down to the last."""
    async with exploring([ANSWER]) as screen:
        await screen.press("e")
        assert '          content: "Hello\\nthere"' in screen.text.splitlines()


async def test_fold_keeps_what_is_in_it() -> None:
    """What was unfolded within a value is so again when it is unfolded again."""
    async with exploring([ANSWER]) as screen:
        await screen.press("e")
        before = screen.text
        await screen.press("h")
        assert len(screen.text.splitlines()) == 1
        await screen.press("l")
        assert screen.text == before


async def test_mouse() -> None:
    """A click moves the cursor, another one there unfolds."""
    async with exploring([ANSWER]) as screen:
        await screen.pilot.click(TreeView, offset=(3, 2))
        assert screen.line == "▶ choices: [{…}]"
        await screen.pilot.click(TreeView, offset=(3, 2))
        assert screen.line == "▼ choices: 1 item"


async def test_status() -> None:
    """The line at the bottom has the path of the value, its kind and size, and its item's number."""
    async with exploring([ANSWER, {}], num=2) as screen:
        await screen.press("e", *"jjjjjjj")
        assert screen.status.split(maxsplit=1)[0] == "choices.0.message.content"
        assert "text, 11 characters · 1 of 2 " in screen.status


async def test_status_has_room_for_one_thing() -> None:
    """On a narrow screen, the end of a long path is what is seen of it."""
    value: Any = 1
    for _ in range(30):
        value = {"inner": value}
    async with exploring([value], width=40) as screen:
        await screen.press("e", "G")
        assert screen.status.startswith(" …")
        assert "r.inner " in screen.status
        assert len(screen.status) == 40


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.text(st.sampled_from("ab0.1*?|#@!\\{}[]()\"'~^$%=<>:, -_é世\n\x1b"), max_size=4), inner, max_size=4
            )
        ),
        max_leaves=8,
    )
)
def test_paths_find_their_values(item: Any) -> None:
    """The path of every value finds it by `--transform`, whatever its keys are."""
    pending = [Node(item, 0, 0)]
    while pending:
        node = pending.pop()
        transform = build_transform(path_of(node))
        assert transform is not None
        assert transform(item) is node.value or transform(item) == node.value, path_of(node)
        pending += node.children


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
        began = time.monotonic()
        await screen.press("G", "k", "h", "h", "g", "pagedown", "h")
        assert time.monotonic() - began < 3


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


async def test_nothing() -> None:
    """An empty list is no failure: the screen says that there is nothing, and keys do nothing."""
    async with exploring([]) as screen:
        await screen.press(
            "j", "l", "h", "space", "enter", "e", "E", "G", "g", "J", "p", "y", "n", "slash", "a", "enter"
        )
        assert "Nothing" in screen.status
        assert screen.text == ""


@pytest.mark.parametrize("value", [HOSTILE, {HOSTILE: 1}, [HOSTILE], [{HOSTILE: {HOSTILE: HOSTILE}}]])
async def test_hostile_texts(value: Any) -> None:
    """Texts are neither markup nor orders to the terminal, in no place of the screen."""
    async with exploring([value, 1], num=2) as screen:
        await screen.press("e", "j")
        shown = screen.text + screen.status
        await screen.press("k", "p")
        shown += screen.text
        await screen.press("q", "slash", *"gnp", "enter")
        shown += screen.status
        await screen.press("p")
        shown += screen.text
        assert "[bold red]no[/]" in shown
        assert "\\u001b[2J" in shown
        assert not {*HOSTILE} & {*shown} - {*map(chr, range(32, 127))}


async def test_whole_value() -> None:
    """`p`, or enter where nothing can be unfolded, shows a text with all its lines, long ones wrapped between words."""
    async with exploring([{"a": "one\n\ttwo\n" + "word " * 40}]) as screen:
        await screen.press("j", "p")
        lines = screen.text.splitlines()
        assert lines[:2] == ["one", "    two"]
        assert lines[2:4] == [" ".join(["word"] * 20), " ".join(["word"] * 20)]
        await screen.press("escape", "enter")
        assert isinstance(screen.app.screen, Reader)
        await screen.press("G", "g", "y", "q")
        assert screen.app.clipboard.startswith("one\n\ttwo\nword word")
        assert screen.line.startswith('a: "one\\n\\ttwo')


async def test_whole_object() -> None:
    """`p` shows an object as JSON."""
    async with exploring([{"a": [1, "é"]}]) as screen:
        await screen.press("p")
        assert screen.text == '{\n  "a": [\n    1,\n    "é"\n  ]\n}'


async def test_copy() -> None:
    """`y` copies the value, a text without quotes; `Y` its path."""
    async with exploring([{"a": "text", "b": [1]}]) as screen:
        await screen.press("j", "y")
        assert screen.app.clipboard == "text"
        assert "Copied 4 characters." in screen.status
        await screen.press("Y")
        assert screen.app.clipboard == "a"
        await screen.press("j", "y")
        assert screen.app.clipboard == "[\n  1\n]"


async def test_help() -> None:
    """`?` tells the keys."""
    async with exploring([1]) as screen:
        await screen.press("question_mark")
        assert "close everything" in screen.text
        await screen.press("escape")
        assert screen.app.is_running


@pytest.mark.parametrize("key", ["q", "escape", "ctrl+c"])
async def test_leave(key: str) -> None:
    """q, escape and Ctrl-C leave."""
    async with exploring([1]) as screen:
        await screen.press(key)
        assert not screen.app.is_running


async def test_search_is_left_first() -> None:
    """Escape while a text to search is typed goes back to the tree."""
    async with exploring([1]) as screen:
        await screen.press("slash", "q", "escape")
        assert screen.app.is_running
        await screen.press("q")
        assert not screen.app.is_running


@given(st.text(st.sampled_from("ab 世é\u0301👩\u200d"), max_size=60), st.integers(2, 12))
def test_wrap_loses_nothing(line: str, width: int) -> None:
    """Wrapped lines are no wider than the screen, but for the space at their ends, and have all that was there."""
    from rich.cells import cell_len

    pieces = wrap(line, width)
    assert "".join(pieces) == line
    assert all(cell_len(piece.rstrip()) <= width for piece in pieces)


def test_opening_everything_has_an_end() -> None:
    """More than can be read is not unfolded, and that is said."""
    tree = Tree()
    tree.add([[[0] * 1000] * 100] * 10)
    assert not tree.open_all()
    assert 100_000 < len(tree.rows) <= 200_001


ON_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(1, termios.TIOCSCTTY, 0)
from antiphon.cli.api.explore import can_explore, explore
def values():
    yield {"a": "first", "b": len(sys.stdin.read())}, "raw"
    if len(sys.argv) > 1:
        raise ValueError("went away")
assert can_explore() and "textual" not in sys.modules
explore(values())
print("left", sys.stdin.isatty(), file=sys.stderr)
"""


@pytest.mark.parametrize("failing", [False, True])
def test_on_a_terminal(failing: bool) -> None:
    """On a real terminal, with a request piped in and errors kept elsewhere: keys come from the terminal, the screen
    is drawn there and put back, and a failure is raised once it is left.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 80, 0, 0))
    before = termios.tcgetattr(theirs)
    process = subprocess.Popen(
        [sys.executable, "-c", ON_TERMINAL, *["fail"] * failing],
        stdin=subprocess.PIPE,
        stdout=theirs,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    try:
        assert process.stdin and process.stderr
        process.stdin.write(b"12345")
        process.stdin.close()
        drawn = read_until(ours, b"went away" if failing else b"first")
        os.write(ours, b"q")
        drawn += read_until(ours, b"\x1b[?1049l")
        told = process.stderr.read().decode()
        assert process.wait(PATIENCE_S) == (1 if failing else 0)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    assert b"\x1b[?1049h" in drawn
    assert ("ValueError: went away" if failing else "left False") in told
    assert termios.tcgetattr(theirs)[3] == before[3]
    os.close(ours)
    os.close(theirs)


def read_until(terminal: int, mark: bytes) -> bytes:
    """What was drawn."""
    drawn, end = b"", time.monotonic() + PATIENCE_S
    while mark not in drawn:
        assert time.monotonic() < end, drawn
        if select.select([terminal], [], [], 0.1)[0]:
            drawn += os.read(terminal, 65536)
    return drawn


def test_without_a_terminal() -> None:
    """Where the output is no terminal there is nothing to explore on, and finding that out loads no Textual."""
    code = (
        "import sys; from antiphon.cli.api.explore import can_explore; print(can_explore(), 'textual' in sys.modules)"
    )
    told = subprocess.check_output([sys.executable, "-c", code], text=True, stdin=subprocess.DEVNULL)
    assert told.split() == ["False", "False"]
