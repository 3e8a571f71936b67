"""Which nodes are shown, and on which the cursor is. No screen: rows are nodes in the order in which they are read."""

from collections.abc import Iterable
from typing import Any

from antiphon.cli.api.explore.node import Address, Node

MOST_ROWS = 200_000
"""Opening everything stops there: more takes seconds, and nobody reads it."""


class Tree:
    """items: the values on the outside. rows: what is shown of them and of what is in them. cursor: a row's number."""

    def __init__(self) -> None:
        self.items: list[Node] = []
        self.rows: list[Node] = []
        self.cursor = 0

    @property
    def current(self) -> Node | None:
        """The node under the cursor; None as long as there is none."""
        return self.rows[self.cursor] if self.rows else None

    def add(self, values: Iterable[Any]) -> None:
        """More items, closed."""
        first = len(self.items)
        nodes = [Node(value, place, place) for place, value in enumerate(values, first)]
        self.items += nodes
        self.rows += nodes

    def move_to(self, row: int) -> None:
        """The nearest there is."""
        self.cursor = max(0, min(row, len(self.rows) - 1))

    def move_beside(self, step: int) -> None:
        """To the next sibling, or the one before; stays where there is none."""
        node, row = self.rows[self.cursor], self.cursor + step
        while 0 <= row < len(self.rows) and self.rows[row].depth > node.depth:
            row += step
        if 0 <= row < len(self.rows) and self.rows[row].depth == node.depth:
            self.cursor = row

    def enter(self) -> None:
        """Opens the node; the first in it where it is open already."""
        node = self.rows[self.cursor]
        if node.is_open:
            self.cursor += 1
        else:
            self.open(self.cursor)

    def leave(self) -> None:
        """Closes the node; the one around it where it is closed already."""
        node = self.rows[self.cursor]
        if node.is_open:
            self.close(self.cursor)
        elif node.parent is not None:
            self.cursor = self._row_around(self.cursor)

    def toggle(self) -> None:
        """Opens or closes the node."""
        (self.close if self.rows[self.cursor].is_open else self.open)(self.cursor)

    def open(self, row: int) -> None:
        """With what was open in it before."""
        node = self.rows[row]
        if node.can_open and not node.is_open:
            node.is_open = True
            self.rows[row + 1 : row + 1] = shown_in(node)
            self.cursor += num_shown_in(self.rows, row) if self.cursor > row else 0

    def close(self, row: int) -> None:
        """What is open in it stays so."""
        node, num = self.rows[row], num_shown_in(self.rows, row)
        node.is_open = False
        del self.rows[row + 1 : row + 1 + num]
        if self.cursor > row:
            self.cursor = max(row, self.cursor - num)

    def open_all(self) -> bool:
        """Whether that was all."""
        node, rows, pending = self.current, [], self.items[::-1]
        while pending:
            one = pending.pop()
            rows.append(one)
            one.is_open = one.is_open or (one.can_open and len(rows) + len(pending) + len(one.value) <= MOST_ROWS)
            if one.is_open:
                pending += reversed(one.children)
        self.rows = rows
        self.cursor = rows.index(node) if node else 0
        return all(one.is_open or not one.can_open for one in rows)

    def close_all(self) -> None:
        """Only items are left."""
        node = self.current
        for one in self.rows:
            one.is_open = False
        self.rows = list(self.items)
        self.cursor = node.lineage[0].place if node else 0

    def reveal(self, address: Address) -> None:
        """Opens what is around a value, and goes there."""
        node, row = self.items[address[0]], self.rows.index(self.items[address[0]])
        for place in address[1:]:
            self.open(row)
            node = node.children[place]
            row = self.rows.index(node, row)
        self.cursor = row

    def _row_around(self, row: int) -> int:
        depth = self.rows[row].depth
        while self.rows[row].depth >= depth:
            row -= 1
        return row


def shown_in(node: Node) -> list[Node]:
    """What an open node shows below itself."""
    shown, pending = [], node.children[::-1]
    while pending:
        one = pending.pop()
        shown.append(one)
        if one.is_open:
            pending += reversed(one.children)
    return shown


def num_shown_in(rows: list[Node], row: int) -> int:
    """How many rows belong to the one in this row."""
    end = row + 1
    while end < len(rows) and rows[end].depth > rows[row].depth:
        end += 1
    return end - row - 1
