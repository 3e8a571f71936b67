"""A JSON value and where it is. Those inside it are made when they are asked for: a list may have ten thousand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Address = tuple[int, ...]
"""Which item, which value in it, which in that. Addresses sort as the values are shown."""


@dataclass(eq=False, slots=True)
class Node:
    """key: its name in an object, its number in a list or among the items. place: its number among its siblings."""

    value: Any
    key: str | int
    place: int
    parent: "Node | None" = None
    depth: int = 0
    is_open: bool = False
    _children: "list[Node] | None" = field(default=None, repr=False)

    @property
    def children(self) -> "list[Node]":
        """In their order."""
        if self._children is None:
            self._children = [
                Node(value, key, place, self, self.depth + 1) for place, (key, value) in enumerate(pairs_of(self.value))
            ]
        return self._children

    @property
    def can_open(self) -> bool:
        """Whether there is something in it."""
        return isinstance(self.value, dict | list) and bool(self.value)

    @property
    def lineage(self) -> "list[Node]":
        """From its item down to itself."""
        nodes = [self]
        while (parent := nodes[-1].parent) is not None:
            nodes.append(parent)
        return nodes[::-1]

    @property
    def address(self) -> Address:
        """Where it is."""
        return tuple(node.place for node in self.lineage)


def pairs_of(value: Any) -> Iterator[tuple[str | int, Any]]:
    """Keys and values of an object or a list; nothing of all else."""
    if isinstance(value, dict):
        return iter(value.items())
    return enumerate(value) if isinstance(value, list) else iter(())
