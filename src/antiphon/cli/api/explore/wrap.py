"""Long lines over several, between words where there are some. Widths are those of a terminal: some characters take
two cells.
"""

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

WORDS = re.compile(r"\S+\s*|\s+")


def wrap(line: str, width: int) -> list[str]:
    """No piece is wider, and nothing is lost."""
    if fits(line, width):
        return [line]
    pieces, room = [""], width
    for word in split(line, width):
        taken = cell_len(word)
        if taken > room and cell_len(word.rstrip()) > room:
            pieces.append("")
            room = width
        pieces[-1] += word
        room -= taken
    return pieces


def split(line: str, width: int) -> Iterator[str]:
    """Words with the space behind them; those that are wider than a line in parts."""
    for found in WORDS.finditer(line):
        word = found[0]
        if fits(word, width):
            yield word
        else:
            yield from (
                (word[at : at + width] for at in range(0, len(word), width))
                if word.isascii()
                else chop_cells(word, width)
            )


def fits(text: str, width: int) -> bool:
    """Counted only where it may."""
    return len(text) <= width * 2 and cell_len(text) <= width
