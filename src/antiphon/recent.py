"""What was made lately, by what it was made of, so that it need not be made again. Knows neither."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Keeps the last used. most: how many. most_weight: and how heavy they may be together, by what `keep` is told.
    Not for several threads at a time.
    """

    def __init__(self, most: int, *, most_weight: int | None = None) -> None:
        self.most = most
        self.most_weight = most_weight
        self.weight = 0
        self.kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def __contains__(self, key: Key) -> bool:
        return key in self.kept

    def find(self, key: Key) -> Value | None:
        """What was made of this; None when it is not known any more."""
        if key not in self.kept:
            return None
        self.kept.move_to_end(key)
        return self.kept[key][0]

    def keep(self, key: Key, value: Value, weight: int = 0) -> Value:
        """Remember it, and forget what was used longest ago where it is too much."""
        if key not in self.kept:
            self.kept[key] = value, weight
            self.weight += weight
        while len(self.kept) > self.most or (self.most_weight is not None and self.weight > self.most_weight):
            _, (_, freed) = self.kept.popitem(last=False)
            self.weight -= freed
        return value

    def find_or_make(self, key: Key, make: Callable[[], Value], weight: int = 0) -> Value:
        """What was made of this, or is made now."""
        found = self.find(key)
        return self.keep(key, make(), weight) if found is None else found
