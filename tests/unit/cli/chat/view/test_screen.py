"""What a terminal shows."""

import io
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from antiphon.cli.chat.view.clean import clean
from antiphon.cli.chat.view.markdown import render_lines
from antiphon.cli.chat.view.screen import Screen
from tests.contract.live import wait_for
from tests.unit.cli.chat.view.terminal import Terminal
from tests.unit.cli.chat.view.test_blocks import TEXT


def build(
    columns: int = 40, rows: int = 8, *, is_plain: bool = False, clock: Callable[[], float] | None = None
) -> tuple[Terminal, Screen]:
    """A screen on a small terminal, which paints all that it is told at once."""
    terminal = Terminal(columns, rows)
    console = Console(file=terminal, width=columns, height=rows, force_terminal=True, color_system="truecolor",
                      _environ={"TERM": "xterm"})  # fmt: skip
    return terminal, Screen(console, is_plain=is_plain, clock=clock or iter(range(0, 10**9, 1000)).__next__)


def say(screen: Screen, *texts: str) -> None:
    """An answer."""
    screen.wait()
    for text in texts:
        screen.show("text", text)
    screen.end()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, len(TEXT)), max_size=12))
def test_any_pieces_look_the_same(cuts: list[int]) -> None:
    """An answer that came in pieces, on a screen smaller than it, looks as if it had come at once."""
    whole, screen = build(rows=100)
    say(screen, TEXT)
    pieces, screen = build(rows=12)
    places = [0, *sorted(cuts), len(TEXT)]
    say(screen, *(TEXT[begin:end] for begin, end in pairwise(places)))
    assert pieces.shown == whole.shown
    assert [line.strip() for line in whole.shown[:5]] == ["", "A", "", "One two", ""]


def test_long_code_scrolls() -> None:
    """A block that is longer than the screen is there whole, each line once."""
    lines = [f"line_{number} = {number}" for number in range(100)]
    terminal, screen = build()
    say(screen, "```python\n", *(f"{line}\n" for line in lines), "```\n")
    assert terminal.shown == ["", *lines]


@pytest.mark.parametrize(("text", "lines"), [
    ("a <b>c</b> d", ["a <b>c</b> d"]), ("<div>\nx\n</div>", ["<div> x </div>"]), ("[a](https://b)", ["a (https://b)"]),
    ("[a]: https://b", ["[a]: https://b"]), ("```\nx  \n\ny\n```", ["x", "", "y"]),
    ("[bold]x[/bold]", ["[bold]x[/bold]"]),
    ("a " * 30, [" ".join("a" * 20), " ".join("a" * 10)]), ("\n\n", []), (":smile:", [":smile:"]),
])  # fmt: skip
def test_nothing_is_left_out(text: str, lines: list[str]) -> None:
    """HTML, definitions and links are shown; code has no margin."""
    console = Console(file=io.StringIO(), width=40, color_system=None, force_terminal=True, _environ={"TERM": "xterm"})
    terminal = Terminal()
    terminal.write("".join(f"{line}\n" for line in render_lines(text, console, 40)))
    assert terminal.shown == lines


@pytest.mark.parametrize("is_plain", [False, True])
def test_a_model_cannot_steer_the_terminal(is_plain: bool) -> None:
    """Control characters of all kinds are gone, wherever the text is cut; the small terminal would stumble."""
    terminal, screen = build(is_plain=is_plain)
    say(screen, "a\x1b", "[2Jb\x9b31mc\r\x07\x08", "d\x00\n\n`\x1b]0;title\x07`")
    screen.warn("e\x1b[2J")
    assert "".join(terminal.shown) == ("a[2Jb31mcd]0;titlee[2J" if not is_plain else "a[2Jb31mcd`]0;title`e[2J")


def test_thoughts_come_before_the_answer() -> None:
    """With an empty line between, and none at the beginning."""
    terminal, screen = build()
    screen.wait()
    screen.show("reasoning", "\nHm")
    screen.show("reasoning", ", so")
    screen.show("text", "\n\nYes")
    screen.end()
    screen.note("2 tokens")
    assert terminal.shown == ["", "Hm, so", "", "Yes", "2 tokens"]


def test_what_came_last_is_shown_soon() -> None:
    """Also when nothing follows it for a while."""
    terminal, screen = build(clock=time.monotonic)
    for text in ("a", " b", " c"):
        screen.show("text", text)
    wait_for(lambda: terminal.shown == ["a b c"])
    screen.end()
    assert terminal.shown == ["a b c"]


def test_nothing_came() -> None:
    """The sign that an answer is on its way is gone."""
    terminal, screen = build()
    screen.wait()
    assert terminal.shown == ["", "…"]
    screen.end()
    assert terminal.shown == [""]


def test_a_terminal_that_cannot_move_its_cursor() -> None:
    """Gets the text as it was written, without any escape sequences."""
    out = io.StringIO()
    screen = Screen(Console(file=out, force_terminal=True, color_system=None, _environ={"TERM": "dumb"}))
    say(screen, "**a", "**")
    assert out.getvalue() == "\n**a**\n"


def test_the_longest_block_costs_little() -> None:
    """Thousands of lines of code in one block take seconds at most."""
    terminal = io.StringIO()
    console = Console(file=terminal, width=80, height=24, force_terminal=True, _environ={"TERM": "xterm"})
    screen = Screen(console)
    begun = time.monotonic()
    say(screen, "```python\n", *(f"line_{number} = {number}\n" for number in range(3000)))
    assert time.monotonic() - begun < 10


def test_clean() -> None:
    """What is no control character stays: tabs, ends of lines, and all that is written anywhere."""
    assert clean("a\tb\nc é 日本 👩‍👩‍👧\u2028") == "a\tb\nc é 日本 👩‍👩‍👧\u2028"
