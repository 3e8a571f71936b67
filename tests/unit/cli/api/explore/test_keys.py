"""Moving, unfolding, folding, and the line at the bottom."""

from typing import Any

import pytest

from antiphon.cli.api.explore.tree import Tree
from antiphon.cli.api.explore.view import TreeView
from tests.unit.cli.api.explore.screen import ANSWER, exploring


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


async def test_nothing() -> None:
    """An empty list is no failure: the screen says that there is nothing, and keys do nothing."""
    async with exploring([]) as screen:
        await screen.press(
            "j", "l", "h", "space", "enter", "e", "E", "G", "g", "J", "p", "y", "n", "slash", "a", "enter"
        )
        assert "Nothing" in screen.status
        assert screen.text == ""


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


def test_opening_everything_has_an_end() -> None:
    """More than can be read is not unfolded, and that is said."""
    tree = Tree()
    tree.add([[[0] * 1000] * 100] * 10)
    assert not tree.open_all()
    assert 100_000 < len(tree.rows) <= 200_001
