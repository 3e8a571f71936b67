"""engine/llama/prefix_cache.py: what is not computed again."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.llama.prefix_cache import PrefixCache, Reuse, num_shared

tokens = st.lists(st.integers(0, 2), max_size=40)


@given(a=tokens, b=tokens)
def test_shared_length(a: list[int], b: list[int]) -> None:
    """The shared length is that of the longest common prefix."""
    naive = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    assert num_shared(a, b) == naive


def test_own_content_is_kept() -> None:
    """A slot that begins alike is shortened, not copied to."""
    cache = PrefixCache(2)
    cache.hold(1, "t", [1, 2, 3, 4])
    assert cache.find([1, 2, 9], 1, tenant="t") == Reuse(1, 1, 2)


def test_other_slot_is_copied() -> None:
    """What another slot holds is copied when that saves more than it costs."""
    cache = PrefixCache(3)
    cache.hold(2, "t", list(range(100)))
    assert cache.find([*range(60), -1], 0, tenant="t") == Reuse(2, 0, 60)


def test_copy_must_pay() -> None:
    """A long slot is not copied for a few tokens."""
    cache = PrefixCache(2)
    cache.hold(1, "t", list(range(8000)))
    assert cache.find([0, 1, 2, -1], 0, tenant="t") == Reuse(0, 0, 0)


def test_tenants_are_apart() -> None:
    """A tenant's prompt is computed as if no other tenant had been there."""
    cache = PrefixCache(2)
    cache.hold(0, "a", [1, 2, 3])
    assert cache.find([1, 2, 3], 0, tenant="b") == Reuse(0, 0, 0)
    assert cache.find([1, 2, 3], 1, tenant="b") == Reuse(1, 1, 0)


def test_one_token_is_left() -> None:
    """The last token of a prompt is always computed: its logits are what is sampled from."""
    cache = PrefixCache(1)
    cache.hold(0, "t", [1, 2, 3, 4])
    assert cache.find([1, 2, 3], 0, tenant="t").length == 2
