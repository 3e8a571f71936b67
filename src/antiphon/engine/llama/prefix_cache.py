"""What has been computed and may be needed again: in the slots, kept aside, and on disk. Knows tokens, no tensors.

A slot holds what it last computed until another sequence needs the place; then that is kept aside, as a copy, until
others need the room more. Namespaces do not see each other's: how fast a prompt is answered must not tell what others
have asked (CVE-2025-46570).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from antiphon.engine.base import Caching
from antiphon.engine.llama.senses.embedding import num_positions

Tokens = NDArray[np.int32]

ALWAYS_COMPUTED = 2
"""Tokens at the end of a prompt that are computed, whatever is there: one because its logits are needed, and not that
alone because llama.cpp multiplies a single column by another kernel, so that the same question, asked again, would now
and then have another answer.
"""
COPY_WORTH = 50
"""Copying this many cached tokens costs about as much as computing one."""
LEAST_KEPT = 32
"""Tokens. Fewer are computed again."""
MOST_KEPT = 512
"""Entries, each of which is looked at for every new prompt."""
WARM_SHARE = 0.5
"""Of the room, for what is kept longer than its last use alone would have it."""


class Reuse(NamedTuple):
    """The first `length` tokens of `source` are to be all that slot `target` holds; the two may be the same. A source
    that is no slot is the number of what was kept aside or is on disk. end: where the next one has its position, if
    that is not `length`.
    """

    source: int
    target: int
    length: int
    end: int | None = None

    @property
    def position(self) -> int:
        """Of the token behind them."""
        return self.length if self.end is None else self.end


class Keep(NamedTuple):
    """The first `length` tokens that `slot` holds are to be kept aside as `number`, and what is kept as those of
    `dropped` is not needed. end: as of `Reuse`.
    """

    slot: int
    length: int
    number: int
    dropped: tuple[int, ...]
    end: int | None = None

    @property
    def position(self) -> int:
        """Of the token behind them."""
        return self.length if self.end is None else self.end


class Held(NamedTuple):
    """What is held somewhere, and whose it is. grouped: its client has named a group for it. until: when the time is
    over for which it must stay, in seconds of the clock.
    """

    namespace: str
    tokens: Tokens
    grouped: bool = False
    until: float = 0.0


class Size(NamedTuple):
    """Bytes of what is kept: so many, and more for each token."""

    base: int
    per_token: int

    def of(self, held: Held) -> int:
        """Bytes of this."""
        return self.base + self.per_token * len(held.tokens)


UNIT = Size(0, 1)
EMPTY = Held("", np.empty(0, np.int32))


class PrefixCache:
    """num_slots: how many slots there are. room: bytes that may be kept aside. can_cut: whether of what is held a
    beginning can be taken; else only all of it. size: of what is kept.
    """

    def __init__(
        self,
        num_slots: int,
        room: int = 0,
        *,
        can_cut: bool = True,
        size: Size = UNIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.slots = [EMPTY] * num_slots
        self.kept: dict[int, Held] = {}
        """By number, the one used last at the end."""
        self.stored: dict[int, Held] = {}
        """On disk, likewise."""
        self.room = room
        self.can_cut = can_cut
        self.size = size
        self.clock = clock
        self.next_number = num_slots

    def hold(self, slot: int, tokens: Sequence[int], caching: Caching) -> None:
        """From now on `slot` holds these tokens, as far as others may know."""
        until = self.clock() + caching.ttl_s if caching.ttl_s else 0.0
        self.slots[slot] = Held(caching.namespace, np.array(tokens, np.int32), caching.grouped, until)

    def copy(self, source: int, target: int) -> None:
        """`target` now holds what `source` does."""
        self.slots[target] = self.slots[source]

    def find(self, prompt: Sequence[int], target: int, *, namespace: str, left: int = ALWAYS_COMPUTED) -> Reuse:
        """The best beginning for `prompt` in slot `target`: its own old content, or a copy of another's
        when that saves more than the copying costs. The last `left` tokens are left to compute.
        """
        wanted = Held(namespace, np.array(prompt[:-left], np.int32))
        best = Reuse(target, target, self.common(self.slots[target], wanted))
        for source, held in self._places():
            gain = self.common(held, wanted) - best.length
            if gain > len(held.tokens) // COPY_WORTH:
                best = Reuse(source, target, best.length + gain)
        for place in (self.kept, self.stored):
            if best.source in place:
                place[best.source] = place.pop(best.source)
        return best._replace(end=end_of(wanted.tokens[: best.length]))

    def keep(self, reuse: Reuse, prompt: Sequence[int], *, namespace: str) -> Keep | None:
        """How to save what a slot holds before it is reused like that for `prompt`; None where little would be lost."""
        slot, lost = reuse.target, self.slots[reuse.target]
        others = [held for place, held in self._places() if place != slot]
        if self.can_cut:
            others.append(Held(namespace, np.array(prompt, np.int32)))
        found_again = max((self.common(held, lost) for held in others), default=0)
        if len(lost.tokens) - found_again < LEAST_KEPT:
            return None
        return self._keep(slot, needed=reuse.source)

    def checkpoint(self, slot: int) -> Keep | None:
        """How to save what a slot holds while it goes on; None where that is little, or is kept already."""
        held = self.slots[slot]
        known = any(self.common(other, held) == len(held.tokens) for other in self.kept.values())
        return None if known or len(held.tokens) < LEAST_KEPT else self._keep(slot, needed=slot)

    def common(self, held: Held, wanted: Held) -> int:
        """Tokens at the beginning that can be taken over from what is held."""
        length = num_common(held, wanted)
        return length if self.can_cut or length == len(held.tokens) else 0

    def _keep(self, slot: int, *, needed: int) -> Keep | None:
        held = self.slots[slot]
        dropped = self._make_room(held, needed=needed)
        if dropped is None:
            return None
        for number in dropped:
            del self.kept[number]
        number = self.number()
        self.kept[number] = held
        return Keep(slot, len(held.tokens), number, dropped, end_of(held.tokens))

    def number(self) -> int:
        """A new one, for what is no slot."""
        self.next_number += 1
        return self.next_number - 1

    def forget(self, source: int) -> None:
        """What was kept there is gone."""
        self.kept.pop(source, None)
        self.stored.pop(source, None)

    def _make_room(self, lost: Held, *, needed: int) -> tuple[int, ...] | None:
        """What goes so that `lost` can be kept: what it begins with, then what was not used for longest, but never what
        is `needed`, and what is to stay warm last. None where that is not enough.
        """
        others = {number: held for number, held in self.kept.items() if number != needed}
        covered = [number for number, held in others.items() if num_common(held, lost) == len(held.tokens)]
        dropped = covered if self.can_cut else []
        warm = self._warm()
        left = sorted((number for number in others if number not in dropped), key=warm.__contains__)  # stable
        used = sum(self.size.of(held) for number, held in self.kept.items() if number not in dropped)
        while used + self.size.of(lost) > self.room or len(self.kept) - len(dropped) >= MOST_KEPT:
            if not left:
                return None
            dropped.append(left.pop(0))
            used -= self.size.of(self.kept[dropped[-1]])
        return tuple(dropped)

    def _warm(self) -> set[int]:
        """What is kept longer than others: what must stay for a time, then groups, those used last first, as far as
        half of the room goes.
        """
        now, left = self.clock(), int(self.room * WARM_SHARE)
        timed = [(number, held) for number, held in reversed(self.kept.items()) if held.until > now]
        groups = [(number, held) for number, held in reversed(self.kept.items()) if held.until <= now and held.grouped]
        warm = set()
        for number, held in timed + groups:
            left -= self.size.of(held)
            if left >= 0:
                warm.add(number)
        return warm

    def _places(self) -> Iterator[tuple[int, Held]]:
        yield from enumerate(self.slots)
        yield from self.kept.items()
        yield from self.stored.items()


def end_of(tokens: Tokens) -> int | None:
    """Where the next one has its position, if that is not their number."""
    position = num_positions(tokens)
    return None if position == len(tokens) else position


def num_common(one: Held, other: Held) -> int:
    """Tokens at the beginning that one may take over from the other."""
    return num_shared(one.tokens, other.tokens) if one.namespace == other.namespace else 0


def num_shared(a: Tokens, b: Tokens) -> int:
    """Length of the longest common prefix."""
    most = min(len(a), len(b))
    if most == 0 or a[0] != b[0]:
        return 0
    differs = a[:most] != b[:most]
    first = int(differs.argmax())
    return first if differs[first] else most
