"""Paragraphs, list items and tables put together as Markdown writes them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Block(NamedTuple):
    """is_item: of a list, whose items follow each other without a blank line."""

    text: str
    is_item: bool = False


def join_blocks(blocks: Iterable[Block]) -> str:
    """Those that have text, one below the other."""
    text: list[str] = []
    was_item = True
    for block in blocks:
        if block.text:
            if text:
                text.append("\n" if was_item and block.is_item else "\n\n")
            text.append(block.text)
            was_item = block.is_item
    return "".join(text)


def render_table(rows: Iterable[Sequence[str]]) -> str:
    """A line for each row of cells that are lines. A row with cells of several lines is there for its looks: its cells
    come one after the other.
    """
    blocks: list[Block] = []
    num_lines = 0
    for row in rows:
        if len(row) > 1 and not any("\n" in cell for cell in row):
            blocks.append(Block(render_row(row), is_item=True))
            num_lines += 1
            if num_lines == 1:
                blocks.append(Block("|" + " --- |" * len(row), is_item=True))
        else:
            blocks += map(Block, row)
            num_lines = 0
    return join_blocks(blocks)


def render_row(cells: Sequence[str]) -> str:
    """Nothing, if there is nothing in them."""
    written = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(written)} |" if any(cells) else ""
