"""Blocks and tables as Markdown."""

from antiphon.media.documents.blocks import Block, join_blocks, render_table


def test_items_are_close() -> None:
    """Other blocks have a blank line between; those without text are none."""
    blocks = [Block("a"), Block("- b", is_item=True), Block(""), Block("- c", is_item=True), Block("d"), Block("e")]
    assert join_blocks(blocks) == "a\n\n- b\n- c\n\nd\n\ne"


def test_one_column_is_no_table() -> None:
    """Nor is it one if all is empty."""
    assert render_table([["a"], ["b"]]) == "a\n\nb"
    assert render_table([["", ""], [""], []]) == "|" + " --- |" * 2


def test_rows_after_others() -> None:
    """A table that is interrupted begins anew."""
    assert render_table([["a", "b"], ["c\nd", "e"], ["f", "g"]]) == (
        "| a | b |\n| --- | --- |\n\nc\nd\n\ne\n\n| f | g |\n| --- | --- |"
    )
