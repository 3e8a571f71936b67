"""Conversations with a server before several upstreams, and who of them answered."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx

from tests.contract.live import COMPLETIONS
from tests.contract.relayed import read
from tests.contract.upstreams.chunks import counted, finished, role, said
from tests.contract.upstreams.faults import Held
from tests.contract.upstreams.upstream import Upstream

MODEL = "m"
HELD = Held((role(), said("Hel")), (said("lo"), finished(), counted()))


def conversation(name: str, num_turns: int = 1) -> list[dict[str, str]]:
    """One that begins in its own way, as long as it has become."""
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": f"I am {name}."}]
    for number in range(1, num_turns):
        turns += [{"role": "assistant", "content": "Hello"}, {"role": "user", "content": f"And {number}?"}]
    return turns


def converse(client: httpx.Client, name: str, num_turns: int = 1, **fields: Any) -> httpx.Response:
    """One request of a conversation."""
    return client.post(COMPLETIONS, json={"model": MODEL, "messages": conversation(name, num_turns), **fields})


def find_asked(client: httpx.Client, pair: Sequence[Upstream], name: str, **fields: Any) -> Upstream:
    """Who answered."""
    before = [len(each.chats) for each in pair]
    assert read(converse(client, name, **fields), stream=False) == ("Hello", None)
    (asked,) = [each for each, count in zip(pair, before, strict=True) if len(each.chats) > count]
    return asked


def find_name(client: httpx.Client, pair: Sequence[Upstream], wanted: Upstream) -> str:
    """A conversation that goes to this one."""
    return next(name for name in map(str, range(100)) if find_asked(client, pair, name) is wanted)


@contextmanager
def streams(client: httpx.Client, names: list[str], *upstreams: Upstream) -> Iterator[list[Iterator[str]]]:
    """As many streams as there are names, all of which have begun and are held."""
    for upstream in upstreams:
        upstream.behaviour = HELD
        upstream.seen.clear()
    with ExitStack() as stack:
        pool = httpx.Limits(max_connections=None)
        own = stack.enter_context(httpx.Client(base_url=client.base_url, timeout=30, limits=pool))
        begun = []
        for name in names:
            asked = {"model": MODEL, "messages": conversation(name), "stream": True}
            pieces = stack.enter_context(own.stream("POST", COMPLETIONS, json=asked)).iter_text()
            text = next(pieces)
            while "Hel" not in text:
                text += next(pieces)
            begun.append(pieces)
        try:
            yield begun
        finally:
            for upstream in upstreams:
                upstream.seen.set()


def is_up(client: httpx.Client, upstream: Upstream) -> float | None:
    """What the metrics say of it. They are of this whole process: an earlier test's upstream may have had its port."""
    models = [model["id"] for model in client.get("/v1/models").json()["data"]]
    told = {f'antiphon_upstream_up{{model="{model}",upstream="{upstream.address}"}}' for model in models}
    for line in client.get("/metrics").text.splitlines():
        name, _, value = line.rpartition(" ")
        if name in told:
            return float(value)
    return None
