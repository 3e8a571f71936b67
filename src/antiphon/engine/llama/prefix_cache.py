"""What the slots' caches hold, so that a prompt that begins alike is not computed again. Knows token lists, no tensors.

A slot keeps what it last computed until another sequence needs the place. Tenants do not see
each other's: how fast a prompt is answered must not tell what others have asked (CVE-2025-46570).
"""

from bisect import bisect_left
from typing import NamedTuple

COPY_WORTH = 50
"""Copying this many cached tokens between slots costs about as much as computing one."""


class Reuse(NamedTuple):
    """The first `length` tokens that `source` holds are to be all that `target` holds; the two may be the same."""

    source: int
    target: int
    length: int


class PrefixCache:
    """num_slots: how many caches there are."""

    def __init__(self, num_slots: int) -> None:
        self.tenants = [""] * num_slots
        self.tokens: list[list[int]] = [[] for _ in range(num_slots)]

    def hold(self, slot: int, tenant: str, tokens: list[int]) -> None:
        """From now on `slot` holds these tokens."""
        self.tenants[slot], self.tokens[slot] = tenant, tokens

    def copy(self, source: int, target: int) -> None:
        """`target` now holds what `source` does."""
        self.hold(target, self.tenants[source], self.tokens[source])

    def find(self, prompt: list[int], target: int, *, tenant: str) -> Reuse:
        """The best beginning for `prompt` in slot `target`: its own old content, or a copy of another's
        when that saves more than the copying costs. One token at least is left to compute.
        """
        best = Reuse(target, target, self._shared(target, tenant, prompt))
        for source, tokens in enumerate(self.tokens):
            gain = self._shared(source, tenant, prompt) - best.length
            if gain > len(tokens) // COPY_WORTH:
                best = Reuse(source, target, best.length + gain)
        return best

    def _shared(self, slot: int, tenant: str, prompt: list[int]) -> int:
        if self.tenants[slot] != tenant:
            return 0
        return min(num_shared(self.tokens[slot], prompt), len(prompt) - 1)


def num_shared(a: list[int], b: list[int]) -> int:
    """Length of the longest common prefix."""
    most = min(len(a), len(b))
    if most == 0 or a[0] != b[0]:
        return 0
    return bisect_left(range(1, most + 1), True, key=lambda length: a[:length] != b[:length])
