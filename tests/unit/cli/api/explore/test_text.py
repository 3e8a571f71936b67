"""What values look like, whole and in part, and the paths that find them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from antiphon.cli.api.explore.lines import Reader
from antiphon.cli.api.explore.node import Node
from antiphon.cli.api.explore.path import path_of
from antiphon.cli.api.explore.wrap import wrap
from antiphon.cli.api.transform import build_transform
from tests.unit.cli.api.explore.screen import exploring

HOSTILE = "[bold red]no[/] \x1b[2J\x1b]52;c;eA==\x07 \u202egnp.exe\u2066 \x9b31m \u200b\x00 \ud800"


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


@given(st.text(st.sampled_from("ab 世é\u0301👩\u200d"), max_size=60), st.integers(2, 12))
def test_wrap_loses_nothing(line: str, width: int) -> None:
    """Wrapped lines are no wider than the screen, but for the space at their ends, and have all that was there."""
    pieces = wrap(line, width)
    assert "".join(pieces) == line
    assert all(cell_len(piece.rstrip()) <= width for piece in pieces)
