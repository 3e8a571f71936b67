"""Where a text is, in keys and values, also in what is closed."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

from antiphon.cli.api.explore.node import Address, Node, pairs_of

MOST_ITEMS = 500
"""At once: the screen must not stand still."""


class Search:
    """A text that is looked for: large and small letters are one, unless it has large ones."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pattern = re.compile(re.escape(text), re.NOFLAG if text != text.lower() else re.IGNORECASE)
        self.found: list[Address] = []
        self._num_read = 0

    def read(self, items: list[Node], most: int = MOST_ITEMS) -> bool:
        """Looks into some of the items that are new since. Whether none is left."""
        for item in items[self._num_read : self._num_read + most]:
            self.found += (at for at, key, value in walk(item) if self._is_in(key) or self._is_in(value))
            self._num_read += 1
        return self._num_read == len(items)

    def next(self, address: Address, step: int, *, is_all: bool) -> Address | None:
        """The next place where it is, or the one before. is_all: nothing more arrives, so that the first follows the
        last.
        """
        found = self.after(address) if step > 0 else self.before(address)
        if found is None and is_all and self.found:
            return self.found[0 if step > 0 else -1]
        return found

    def after(self, address: Address) -> Address | None:
        """The next place; None behind the last."""
        at = bisect_right(self.found, address)
        return self.found[at] if at < len(self.found) else None

    def before(self, address: Address) -> Address | None:
        """The place before; None before the first."""
        at = bisect_left(self.found, address)
        return self.found[at - 1] if at else None

    def _is_in(self, value: Any) -> bool:
        match value:
            case str():
                return self.pattern.search(value) is not None
            case dict() | list():
                return False
            case None | True | False:
                return self.pattern.search({None: "null", True: "true", False: "false"}[value]) is not None
        return self.pattern.search(repr(value)) is not None


def walk(item: Node) -> Iterator[tuple[Address, Any, Any]]:
    """All that is in an item, each with its address and its name in an object. A list's numbers are no names."""
    pending: list[tuple[Address, Any, Any]] = [(item.address, {}, item.value)]
    while pending:
        address, key, value = pending.pop()
        yield address, key, value
        named = isinstance(value, dict)
        inner: list[tuple[Address, Any, Any]] = [
            ((*address, place), key if named else {}, one) for place, (key, one) in enumerate(pairs_of(value))
        ]
        pending += reversed(inner)
