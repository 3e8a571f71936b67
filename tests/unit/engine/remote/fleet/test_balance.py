"""Who is asked for a conversation: the same one again and again, in proportion to weights, and none too much."""

import math
from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from antiphon.dialect.conversation import Conversation, Role, Turn
from antiphon.dialect.medium import Medium, Picture, Recording, Transcript
from antiphon.engine.base import Caching, Service
from antiphon.engine.remote.fleet.balance import SLACK, Standing, key_of, order

KEYS = [str(number).encode() for number in range(10_000)]
NAMES = [f"http://10.0.0.{number}:8000/v1" for number in range(8)]
keys = st.binary(max_size=16)


def stand(*weights: float, load: int = 0) -> list[Standing]:
    """Upstreams of these weights."""
    return [Standing(number, NAMES[number], weight, load) for number, weight in enumerate(weights)]


standings = st.lists(st.tuples(st.floats(0.1, 100), st.integers(0, 50)), min_size=1, max_size=len(NAMES)).map(
    lambda rows: [Standing(number, NAMES[number], weight, load) for number, (weight, load) in enumerate(rows)]
)


@settings(max_examples=30)
@given(standings, keys)
def test_the_order_is_of_all(given: list[Standing], key: bytes) -> None:
    """Each once; the same for the same, whoever asks, and in whatever order they stand."""
    numbers = order(given, key)
    assert sorted(numbers) == list(range(len(given)))
    assert order(given[::-1], key) == numbers


def test_another_order_for_another_key() -> None:
    """With three, all six occur."""
    assert {tuple(order(stand(1, 1, 1), key)) for key in KEYS[:200]} == set(permutations(range(3)))


@pytest.mark.parametrize("weights", [(1, 1, 2), (1, 9), (0.5, 0.25, 0.25, 1)])
def test_weights_are_shares(weights: tuple[float, ...]) -> None:
    """Of all conversations."""
    firsts = Counter(order(stand(*weights), key)[0] for key in KEYS)
    for number, weight in enumerate(weights):
        share = weight / sum(weights)
        error = math.sqrt(share * (1 - share) / len(KEYS))
        assert abs(firsts[number] / len(KEYS) - share) <= 4 * error


def test_a_dead_one() -> None:
    """Its conversations spread over all others, and no other's move."""
    living = stand(1, 1, 1, 1)
    heirs: Counter[int] = Counter()
    for key in KEYS[:2000]:
        first, *others = order(living, key)
        assert order(living[1:], key) == [number for number in (first, *others) if number]
        if first == 0:
            heirs[others[0]] += 1
    assert set(heirs) == {1, 2, 3} and min(heirs.values()) > sum(heirs.values()) / 4


def test_one_more() -> None:
    """Takes a share of each, and moves no conversation between the others."""
    before, after = stand(1, 1, 1), stand(1, 1, 1, 1)
    moved = [(order(before, key)[0], order(after, key)[0]) for key in KEYS[:2000]]
    assert {new for old, new in moved if new != old} == {3}
    assert {old for old, new in moved if new == 3} == {0, 1, 2}


@settings(max_examples=30)
@given(standings, keys)
def test_who_has_too_much_comes_last(given: list[Standing], key: bytes) -> None:
    """Behind all others, of whom there is always one; the least loaded of them first."""
    total, weights = sum(one.load for one in given) + 1, sum(one.weight for one in given)
    full = {one.number for one in given if one.load + 1 > math.ceil(SLACK * total * one.weight / weights)}
    numbers = order(given, key)
    last = numbers[len(given) - len(full) :]
    assert set(last) == full != {one.number for one in given}
    loads = [given[number].load / given[number].weight for number in last]
    assert loads == sorted(loads)


@pytest.mark.parametrize("weights", [(1, 1, 1), (1, 3), (1, 2, 3, 4)])
@pytest.mark.parametrize("same", [True, False])
def test_loads_are_bounded(weights: tuple[float, ...], same: bool) -> None:
    """Though all of it be one conversation: nobody has much more than its share."""
    loads = stand(*weights)
    for number in range(200):
        first = order(loads, b"same" if same else KEYS[number])[0]
        loads[first] = replace(loads[first], load=loads[first].load + 1)
        bound = math.ceil(SLACK * (number + 1) * loads[first].weight / sum(weights))
        assert loads[first].load <= bound


def test_nothing_moves_where_nobody_has_too_much() -> None:
    """A load within its bounds changes no order."""
    for key in KEYS[:200]:
        assert order(stand(1, 1, 1, load=10), key) == order(stand(1, 1, 1), key)


def say(*turns: tuple[Role, str], namespace: str = "", grouped: bool = False) -> bytes:
    """The key of a conversation."""
    caching = Caching(namespace=namespace, grouped=grouped)
    return key_of(Conversation(tuple(Turn(role, text) for role, text in turns)), Service(caching=caching))


FIRST: list[tuple[Role, str]] = [("system", "Be kind."), ("user", "Hi")]


def test_a_conversation_keeps_its_key() -> None:
    """Whatever is said later."""
    assert say(*FIRST) == say(*FIRST, ("assistant", "Hello."), ("user", "Bye"), ("system", "Be short."))


@pytest.mark.parametrize("other", [
    [("system", "Be rude."), ("user", "Hi")],
    [("system", "Be kind."), ("user", "Ho")],
    [("developer", "Be kind."), ("user", "Hi")],
    [("user", "Hi")],
    [("user", "Be kind."), ("user", "Hi")],
    [("system", "Be kind.Hi"), ("user", "")],
])  # fmt: skip
def test_others_have_others(other: list[tuple[Role, str]]) -> None:
    """Who begins in another way."""
    assert say(*FIRST) != say(*other)


def test_a_group_has_one_key() -> None:
    """Whatever its conversations are; another's is another."""
    assert say(*FIRST, namespace="a", grouped=True) == say(("user", "x"), namespace="a", grouped=True)
    assert say(*FIRST, namespace="a", grouped=True) != say(*FIRST, namespace="b", grouped=True)
    assert say(*FIRST, namespace="a") != say(*FIRST, namespace="b")
    assert say(*FIRST, namespace="a") != say(("user", "x"), namespace="a")


def test_half_a_character() -> None:
    """Has a key like all others."""
    assert say(("user", "\ud800")) == say(("user", "\ud800"))


def show(medium: Medium, mark: str = "\U00030000") -> bytes:
    """The key of a conversation that begins with it."""
    turns = (Turn("user", f"What?\n{mark}"), Turn("assistant", "a"))
    return key_of(Conversation(turns, media={mark: medium}), Service())


def test_what_is_shown_first() -> None:
    """Is a part of how a conversation begins; what is shown later is not."""
    keys = {
        show(Picture(1, 1, b"", "a")),
        show(Picture(1, 1, b"", "b")),
        show(Recording(b"", "c")),
        show(Transcript("d")),
    }
    assert len(keys) == 4 and show(Transcript("d")) in keys
    turns = (Turn("user", "Hi"), Turn("user", "\U00030000"))
    later = Conversation(turns, media={"\U00030000": Picture(1, 1, b"", "a")})
    assert key_of(later, Service()) == key_of(Conversation(turns[:1]), Service())
