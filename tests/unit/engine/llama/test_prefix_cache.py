"""engine/llama/prefix_cache.py: what is not computed again."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.base import Caching
from antiphon.engine.llama.prefix_cache import LEAST_KEPT, Held, Keep, PrefixCache, Reuse, num_shared

tokens = st.lists(st.integers(0, 2), max_size=40)


@given(a=tokens, b=tokens)
def test_shared_length(a: list[int], b: list[int]) -> None:
    """The shared length is that of the longest common prefix."""
    naive = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    assert num_shared(np.array(a, np.int32), np.array(b, np.int32)) == naive


def test_own_content_is_kept() -> None:
    """A slot that begins alike is shortened, not copied to."""
    cache = PrefixCache(2)
    cache.hold(1, [1, 2, 3, 4], Caching(namespace="t"))
    assert cache.find([1, 2, 9, 9], 1, namespace="t") == Reuse(1, 1, 2)


def test_other_slot_is_copied() -> None:
    """What another slot holds is copied when that saves more than it costs."""
    cache = PrefixCache(3)
    cache.hold(2, list(range(100)), Caching(namespace="t"))
    assert cache.find([*range(60), -1, -1], 0, namespace="t") == Reuse(2, 0, 60)


def test_copy_must_pay() -> None:
    """A long slot is not copied for a few tokens."""
    cache = PrefixCache(2)
    cache.hold(1, list(range(8000)), Caching(namespace="t"))
    assert cache.find([0, 1, 2, -1], 0, namespace="t") == Reuse(0, 0, 0)


def test_tenants_are_apart() -> None:
    """A tenant's prompt is computed as if no other tenant had been there."""
    cache = PrefixCache(2)
    cache.hold(0, [1, 2, 3], Caching(namespace="a"))
    assert cache.find([1, 2, 3], 0, namespace="b") == Reuse(0, 0, 0)
    assert cache.find([1, 2, 3], 1, namespace="b") == Reuse(1, 1, 0)


def test_the_end_is_left() -> None:
    """The last two tokens of a prompt are always computed: logits are needed, and a single one could round otherwise.
    What goes on after it was interrupted is left as much as it would have had to compute without.
    """
    cache = PrefixCache(1)
    cache.hold(0, [1, 2, 3, 4], Caching(namespace="t"))
    assert [cache.find([1, 2, 3], 0, namespace="t", left=left).length for left in (1, 2, 3, 4)] == [2, 1, 0, 0]
    assert cache.find([1, 2, 3], 0, namespace="t").length == 1


def serve(
    cache: PrefixCache, prompt: list[int], *, slot: int = 0, tenant: str = "t", **caching: Any
) -> tuple[Reuse, Keep | None]:
    """What happens when a sequence with this prompt gets a slot and is computed."""
    reuse = cache.find(prompt, slot, namespace=tenant)
    keep = cache.keep(reuse, prompt, namespace=tenant)
    cache.hold(slot, prompt, Caching(namespace=tenant, **caching))
    return reuse, keep


A, B, C = ([number, *range(100)] for number in (1, 2, 3))
"""Prompts with nothing in common."""


def test_what_a_slot_held_is_kept_aside() -> None:
    """And is taken from there, as often as it is wanted, until there is no room for it."""
    cache = PrefixCache(1, room=260)
    assert serve(cache, A) == (Reuse(0, 0, 0), None)
    assert serve(cache, B) == (Reuse(0, 0, 0), Keep(0, 101, 1, ()))
    assert serve(cache, [*A, *range(40)]) == (Reuse(1, 0, 101), Keep(0, 101, 2, ()))
    assert serve(cache, C) == (Reuse(0, 0, 0), Keep(0, 141, 3, (1,))), "A has grown"
    assert serve(cache, A) == (Reuse(3, 0, 99), Keep(0, 101, 4, (2,))), "B was needed least"


def test_little_is_not_kept() -> None:
    """What is short, or held elsewhere, or more than there is room for, is only overwritten."""
    cache = PrefixCache(2, room=100)
    serve(cache, A[: LEAST_KEPT - 1])
    assert serve(cache, B[:80])[1] is None
    serve(cache, B[:80], slot=1)
    assert serve(cache, C[:70])[1] is None, "the other slot has it"
    assert serve(cache, A)[1] == Keep(0, 70, 2, ())
    assert serve(cache, B)[1] is None, "it is longer than all the room"
    assert PrefixCache(1).room == 0


def test_what_is_kept_belongs_to_its_tenant() -> None:
    """Whatever is equal in others' prompts is kept for each by itself."""
    cache = PrefixCache(1, room=1000)
    serve(cache, A, tenant="a")
    assert serve(cache, A, tenant="b") == (Reuse(0, 0, 0), Keep(0, 101, 1, ()))
    assert serve(cache, A, tenant="c") == (Reuse(0, 0, 0), Keep(0, 101, 2, ()))
    assert serve(cache, A, tenant="a") == (Reuse(1, 0, 99), Keep(0, 101, 3, ()))


texts = st.lists(st.integers(0, 1), min_size=1, max_size=6).map(
    lambda blocks: [token for block in blocks for token in [block] * 40]
)


@given(
    prompts=st.lists(st.tuples(texts, st.sampled_from("ab"), st.integers(0, 1)), max_size=20), room=st.integers(0, 400)
)
def test_nobody_gets_what_is_not_there(prompts: list[tuple[list[int], str, int]], room: int) -> None:
    """A cache that really holds what it is told to agrees about every beginning, and never holds more than there is
    room for.
    """
    cache, places, owners = PrefixCache(2, room), dict[int, list[int]](), dict[int, str]()
    for prompt, tenant, slot in prompts:
        reuse, keep = serve(cache, prompt, slot=slot, tenant=tenant)
        if keep:
            for number in keep.dropped:
                del places[number]
            places[keep.number], owners[keep.number] = places[keep.slot], owners[keep.slot]
        if reuse.length:
            assert places[reuse.source][: reuse.length] == prompt[: reuse.length]
            assert owners[reuse.source] == tenant and reuse.length < len(prompt)
        places[slot], owners[slot] = prompt, tenant
        assert sum(len(tokens) for place, tokens in places.items() if place > 1) <= room


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_groups_and_promises_stay_longer() -> None:
    """What is not used for longest goes first, but a group's prompts after others, and those with a time to stay last,
    as far as half of the room goes.
    """
    clock = Clock()
    cache = PrefixCache(1, room=450, clock=clock)
    serve(cache, A, ttl_s=60)
    serve(cache, B, grouped=True)
    serve(cache, C)
    serve(cache, [4, *range(100)])
    serve(cache, [5, *range(100)])
    assert cache.kept.keys() == {1, 2, 3, 4}
    assert serve(cache, [6, *range(100)])[1] == Keep(0, 101, 5, (3,)), "C"
    assert serve(cache, [7, *range(100)])[1] == Keep(0, 101, 6, (4,))
    clock.now += 61
    cache.find(B, 0, namespace="t")
    assert serve(cache, [8, *range(100)])[1] == Keep(0, 101, 7, (1,)), "the time of A is over"


def test_promises_go_as_far_as_half_of_the_room() -> None:
    """Who asks for more takes no more of it: the oldest of them is as any other."""
    cache = PrefixCache(1, room=410, clock=Clock())
    for number in range(5):
        serve(cache, [number + 10, *range(100)], ttl_s=60)
    assert cache.kept.keys() == {1, 2, 3, 4}
    serve(cache, A)
    assert cache.kept.keys() == {2, 3, 4, 5}
    serve(cache, B)
    assert cache.kept.keys() == {3, 4, 5, 6}
    serve(cache, C)
    assert cache.kept.keys() == {4, 5, 6, 7}, "4 and 5 are the last two with a time"
    serve(cache, [4, *range(100)])
    assert cache.kept.keys() == {4, 5, 7, 8}


def test_what_is_on_disk_is_found() -> None:
    """After what is in memory: loading it costs more."""
    cache = PrefixCache(2)
    number = cache.number()
    cache.stored[number] = Held("t", np.array(A, np.int32))
    assert cache.find([*A, 7, 7], 0, namespace="t") == Reuse(number, 0, 101)
    assert cache.find([*A, 7], 0, namespace="u") == Reuse(0, 0, 0)
    cache.hold(1, A, Caching(namespace="t"))
    assert cache.find([*A, 7, 7], 0, namespace="t") == Reuse(1, 0, 101)
    cache.forget(number)
    assert not cache.stored
