"""What has been computed and may be needed again: in the slots, and kept aside. Knows tokens, no tensors.

A slot holds what it last computed until another sequence needs the place; then that is kept aside, as a copy, until
others need the room more. Tenants do not see each other's: how fast a prompt is answered must not tell what others have
asked (CVE-2025-46570).
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int32]

COPY_WORTH = 50
"""Copying this many cached tokens costs about as much as computing one."""
LEAST_KEPT = 32
"""Tokens. Fewer are computed again."""
MOST_KEPT = 512
"""Entries, each of which is looked at for every new prompt."""


class Reuse(NamedTuple):
    """The first `length` tokens of `source` are to be all that slot `target` holds; the two may be the same. A source
    that is no slot is the number of what was kept aside.
    """

    source: int
    target: int
    length: int


class Keep(NamedTuple):
    """What `slot` holds is to be kept aside as `number`, and what is kept as those of `dropped` is not needed."""

    slot: int
    number: int
    dropped: tuple[int, ...]


class Held(NamedTuple):
    """What is held somewhere, and whose it is."""

    tenant: str
    tokens: Tokens


EMPTY = Held("", np.empty(0, np.int32))


class PrefixCache:
    """num_slots: how many slots there are. room: tokens that may be kept aside."""

    def __init__(self, num_slots: int, room: int = 0) -> None:
        self.slots = [EMPTY] * num_slots
        self.kept: dict[int, Held] = {}
        """By number, the one used last at the end."""
        self.room = room
        self.next_number = num_slots

    def hold(self, slot: int, tenant: str, tokens: Sequence[int]) -> None:
        """From now on `slot` holds these tokens."""
        self.slots[slot] = Held(tenant, np.array(tokens, np.int32))

    def copy(self, source: int, target: int) -> None:
        """`target` now holds what `source` does."""
        self.slots[target] = self.slots[source]

    def find(self, prompt: Sequence[int], target: int, *, tenant: str) -> Reuse:
        """The best beginning for `prompt` in slot `target`: its own old content, or a copy of another's
        when that saves more than the copying costs. One token at least is left to compute.
        """
        wanted = Held(tenant, np.array(prompt[:-1], np.int32))
        best = Reuse(target, target, num_common(self.slots[target], wanted))
        for source, held in self._places():
            gain = num_common(held, wanted) - best.length
            if gain > len(held.tokens) // COPY_WORTH:
                best = Reuse(source, target, best.length + gain)
        if best.source in self.kept:
            self.kept[best.source] = self.kept.pop(best.source)
        return best

    def keep(self, reuse: Reuse, prompt: Sequence[int], *, tenant: str) -> Keep | None:
        """How to save what a slot holds before it is reused like that for `prompt`; None where little would be lost."""
        slot, lost = reuse.target, self.slots[reuse.target]
        others = [Held(tenant, np.array(prompt, np.int32))]
        others += [held for place, held in self._places() if place != slot]
        found_again = max(num_common(held, lost) for held in others)
        if len(lost.tokens) - found_again < LEAST_KEPT or len(lost.tokens) > self.room:
            return None
        dropped = self._make_room(lost, needed=reuse.source)
        if dropped is None:
            return None
        for number in dropped:
            del self.kept[number]
        self.kept[self.next_number] = lost
        self.next_number += 1
        return Keep(slot, self.next_number - 1, dropped)

    def _make_room(self, lost: Held, *, needed: int) -> tuple[int, ...] | None:
        """What goes so that `lost` can be kept: what it begins with, then what was not used for longest, but never what
        is `needed`. None where that is not enough.
        """
        others = {number: held for number, held in self.kept.items() if number != needed}
        dropped = [number for number, held in others.items() if num_common(held, lost) == len(held.tokens)]
        left = deque(number for number in others if number not in dropped)
        used = sum(len(held.tokens) for number, held in self.kept.items() if number not in dropped)
        while used + len(lost.tokens) > self.room or len(self.kept) - len(dropped) >= MOST_KEPT:
            if not left:
                return None
            dropped.append(left.popleft())
            used -= len(self.kept[dropped[-1]].tokens)
        return tuple(dropped)

    def _places(self) -> Iterator[tuple[int, Held]]:
        yield from enumerate(self.slots)
        yield from self.kept.items()


def num_common(one: Held, other: Held) -> int:
    """Tokens at the beginning that one may take over from the other."""
    return num_shared(one.tokens, other.tokens) if one.tenant == other.tenant else 0


def num_shared(a: Tokens, b: Tokens) -> int:
    """Length of the longest common prefix."""
    most = min(len(a), len(b))
    if most == 0 or a[0] != b[0]:
        return 0
    differs = a[:most] != b[:most]
    first = int(differs.argmax())
    return first if differs[first] else most
