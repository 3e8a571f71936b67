"""The whole life of stored completions with the official package, two projects side by side, a thousand of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import openai
import pytest

from tests.contract.kept import BACKENDS, Asker, serve_on

NUMBER = 1000
PARALLEL = 16


@pytest.fixture(scope="module", params=BACKENDS)
def askers(request: pytest.FixtureRequest) -> Iterator[list[Asker]]:
    """Two projects, of which the first has a thousand completions and the second a few."""
    with serve_on(request.param, request, api_key=("ours", "theirs")) as url, ExitStack() as stack:
        askers = [Asker(url, key, stack) for key in ("ours", "theirs")]
        with ThreadPoolExecutor(PARALLEL) as pool:
            list(pool.map(lambda number: create(askers[number % 100 == 0], number), range(NUMBER + 10)))
        yield askers


def create(asker: Asker, number: int) -> None:
    """One of them."""
    asker.completions.create(
        model="smollm2",
        messages=[{"role": "system", "content": "Count."}, {"role": "user", "content": f"number {number}"}],
        metadata={"digit": str(number % 10), "half": str(number % 2)},
        store=True,
    )


def test_all_are_paged_through(askers: list[Asker]) -> None:
    """`for c in client.chat.completions.list()` gives each completion of the project once, the oldest first."""
    for asker, number in zip(askers, (999, 11), strict=True):
        found = list(asker.completions.list())
        assert len(found) == len({one.id for one in found}) == number
        assert [(one.created, one.id) for one in found] == sorted((one.created, one.id) for one in found)
        newest = asker.completions.list(order="desc", limit=100)
        assert [one.id for one in newest] == [one.id for one in found[::-1]]


def test_filters(askers: list[Asker]) -> None:
    """`metadata` and `model` narrow the list, over as many pages as there are."""
    ours, theirs = askers
    assert len(list(ours.completions.list(metadata={"half": "1"}))) == 505
    assert len(list(ours.completions.list(metadata={"half": "1", "digit": "7"}, limit=9))) == 101
    assert list(ours.completions.list(metadata={"half": "0", "digit": "7"})) == []
    assert list(ours.completions.list(model="another")) == []
    assert len(list(ours.completions.list(model="smollm2", limit=100))) == 999
    assert len(list(theirs.completions.list(metadata={"digit": "0"}))) == 11


def test_retrieve_update_messages_delete(askers: list[Asker]) -> None:
    """One completion from its retrieval to its end; the other project never sees it."""
    ours, theirs = (asker.completions for asker in askers)
    one = next(iter(ours.list(metadata={"digit": "3"})))
    assert ours.retrieve(one.id).to_dict() == one.to_dict()
    changed = ours.update(one.id, metadata={"digit": "3", "quality": "good"})
    assert changed.metadata == {"digit": "3", "quality": "good"}
    assert [found.id for found in ours.list(metadata={"quality": "good"})] == [one.id]
    system, user = ours.messages.list(one.id)
    assert (system.id, system.role, system.content) == (f"{one.id}-0", "system", "Count.")
    assert (user.id, user.content) == (f"{one.id}-1", one.choices[0].message.content)
    for ask in (theirs.retrieve, theirs.delete, lambda name: list(theirs.messages.list(name))):
        with pytest.raises(openai.NotFoundError):
            ask(one.id)
    with pytest.raises(openai.NotFoundError):
        theirs.update(one.id, metadata={})
    assert ours.delete(one.id).deleted
    with pytest.raises(openai.NotFoundError):
        ours.retrieve(one.id)
    assert list(ours.list(metadata={"quality": "good"})) == []
