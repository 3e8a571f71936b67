"""Markdown while it comes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.cli.chat.view.blocks import Blocks

BLOCKS = [
    "# A\n", "One\ntwo\n", "- a\n- b\n\n  c\n", "1. x\n\n2. y\n", "```py\nif a:\n\n    b\n```\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
]  # fmt: skip
TEXT = "\n".join([*BLOCKS, "End"])


def test_blocks() -> None:
    """All but the last are finished: a list whole, code with its empty lines."""
    blocks = Blocks()
    blocks.feed(TEXT + "\n")
    assert (blocks.take_finished(), blocks.open) == (BLOCKS, "End\n")


@given(st.lists(st.integers(0, len(TEXT)), max_size=20))
def test_any_pieces(cuts: list[int]) -> None:
    """The same blocks come, wherever the text is cut."""
    places = [0, *sorted(cuts), len(TEXT)]
    blocks, found = Blocks(), []
    for begin, end in pairwise(places):
        blocks.feed(TEXT[begin:end])
        found += blocks.take_finished()
    blocks.feed("\n")
    assert [*found, *blocks.take_finished()] == BLOCKS


@pytest.mark.parametrize(("text", "shown"), [
    ("Hello\n-", "Hello"), ("#", ""), ("Hello\n```", "Hello"), ("a -", "a -"), ("- a", "- a"), ("a\n\n* ", "a\n"),
])  # fmt: skip
def test_marks_wait(text: str, shown: str) -> None:
    """A mark at the end is shown once what follows says what it means."""
    blocks = Blocks()
    blocks.feed(text)
    assert (blocks.shown, blocks.open) == (shown, text)
