"""What was asked of a server that may die at any moment, and so what may be found when it is back."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.contract.live import COMPLETIONS, body, error_of, wait_for
from tests.contract.processes import list_all
from tests.shown import picture

NUM_CLIENTS = 4
LIMIT_S = 60.0
QUALITIES = ("poor", "good")
SHARED = [picture(20_000, number) for number in range(3)]
"""Images that many completions share."""
State = dict[str, str] | None
"""A completion's metadata; None where there is no completion."""


class NotAcknowledged(Exception):
    """The server says that it could not."""


@dataclass(eq=False)
class Wish:
    """A completion that was asked for. states: what may be found of it, the newest last; one where we were told."""

    tag: str
    messages: list[dict[str, Any]]
    answer: str
    states: list[State] = field(default_factory=lambda: [None])
    id: str = ""

    @contextmanager
    def attempt(self, state: State) -> Iterator[None]:
        """Until the end is reached nobody knows whether it is so."""
        self.states.append(state)
        yield
        self.states = [state]

    @property
    def is_kept(self) -> bool:
        """Whether it is certain to be there."""
        return None not in self.states

    def see(self, found: dict[str, Any] | None) -> None:
        """Check what was found of it, which from now on is certain."""
        state = None if found is None else found["metadata"]
        assert state in self.states, (self.tag, state, self.states)
        self.states = [state]
        if found is not None:
            assert found["choices"][0]["message"]["content"] == self.answer
            assert found["choices"][0]["finish_reason"] == "stop"
            assert self.id in ("", found["id"])
            self.id = found["id"]

    def check_whole(self, client: httpx.Client) -> None:
        """All that belongs to it is there, or nothing."""
        state = self.states[-1]
        assert [one["metadata"] for one in list_all(client, tag=self.tag)] == ([] if state is None else [state])
        if self.id:
            answer = client.get(f"{COMPLETIONS}/{self.id}/messages", params={"limit": 100})
            if state is None:
                assert answer.status_code == 404, answer.text
                return
            kept = answer.json()["data"]
            assert [{"role": one["role"], "content": one["content"] or one["content_parts"]} for one in kept] == [
                {"role": one["role"], "content": one["content"]} for one in self.messages
            ]


class Ledger:
    """All wishes, by their tags."""

    def __init__(self) -> None:
        self.wishes: dict[str, Wish] = {}
        self.touched: set[Wish] = set()

    def make(self, tag: str, image: str | None) -> Wish:
        """A new one, with a conversation of its own."""
        text = f"This is {tag}"
        last: Any = text
        if image is not None:
            last = [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": image}}]
        messages = [
            {"role": "system", "content": f"You answer {tag}."},
            {"role": "user", "content": "Grüße 🎉"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": last},
        ]
        self.wishes[tag] = wish = Wish(tag, messages, text)
        return wish

    def check(self, client: httpx.Client) -> None:
        """What is there is what may be there. What was asked for lately is looked at closely."""
        found = {one["metadata"]["tag"]: one for one in list_all(client)}
        for tag, wish in self.wishes.items():
            wish.see(found.pop(tag, None))
        assert not found, "nobody asked for these"
        for wish in self.touched:
            wish.check_whole(client)
        self.touched.clear()

    def check_filters(self, client: httpx.Client) -> None:
        """Everything is found by what it is said to have, and by nothing else."""
        kept = [(wish.id, state) for wish in self.wishes.values() for state in wish.states if state]
        for key, value in {pair for _, state in kept for pair in state.items() if pair[0] != "tag"}:
            found = [one["id"] for one in list_all(client, **{key: value})]
            assert sorted(found) == sorted(name for name, state in kept if state.get(key) == value), (key, value)

    @property
    def num_terms(self) -> int:
        """What the completions that are kept can be found by: their metadata and their model."""
        return sum(len(state) + 1 for wish in self.wishes.values() for state in wish.states if state)


class Load:
    """Clients that ask at once, each for completions of its own. outages: whether the server may say that it cannot
    store. They end when the server does not answer, or when they are told to.
    """

    def __init__(self, url: str, ledger: Ledger, *, name: str, outages: bool) -> None:
        self.url = url
        self.ledger = ledger
        self.name = name
        self.outages = outages
        self.stopping = threading.Event()
        self.acknowledged: list[int] = []
        self.refused: list[int] = []
        self.working: list[Future[None]] = []

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Return when `condition` holds; fail when a client has ended before."""
        wait_for(lambda: condition() or any(client.done() for client in self.working), LIMIT_S)
        assert condition(), "a client found a fault"

    def run(self, number: int) -> None:
        """One client's work."""
        chance = random.Random(f"{self.name}-{number}")
        own = [wish for wish in self.ledger.wishes.values() if wish.tag.endswith(f"-{number}")]
        with httpx.Client(base_url=self.url, timeout=LIMIT_S) as client:
            step = 0
            while not self.stopping.is_set():
                step += 1
                try:
                    self.do_something(client, own, chance, tag=f"{self.name}-{step}-{number}")
                except NotAcknowledged:
                    self.refused.append(number)
                except httpx.TransportError:
                    return
                else:
                    self.acknowledged.append(number)

    def do_something(self, client: httpx.Client, own: list[Wish], chance: random.Random, *, tag: str) -> None:
        """Create, update or delete."""
        certain = [wish for wish in own[-200:] if len(wish.states) == 1 and wish.is_kept]
        what = chance.choice(("whole", "streamed", "whole", "streamed", "update", "delete")) if certain else "whole"
        metadata = {"tag": tag, "round": self.name, "quality": chance.choice(QUALITIES)}
        if what in ("whole", "streamed"):
            image = chance.choice((None, None, *SHARED, picture(1500, tag)))
            wish = self.ledger.make(tag, image)
            own.append(wish)
        else:
            wish = chance.choice(certain)
            metadata = metadata | {"tag": wish.tag}
        self.ledger.touched.add(wish)
        with wish.attempt(None if what == "delete" else metadata):
            if what == "whole":
                self.create(client, wish, metadata)
            elif what == "streamed":
                self.create_streamed(client, wish, metadata)
            elif what == "update":
                self.accept(client.post(f"{COMPLETIONS}/{wish.id}", json={"metadata": metadata}))
            else:
                self.accept(client.delete(f"{COMPLETIONS}/{wish.id}"))

    def create(self, client: httpx.Client, wish: Wish, metadata: dict[str, str]) -> None:
        """Acknowledged by 200."""
        asked = {**body(store=True, metadata=metadata), "messages": wish.messages}
        answer = self.accept(client.post(COMPLETIONS, json=asked), "completion_not_stored")
        assert answer["choices"][0]["message"]["content"] == wish.answer
        wish.id = answer["id"]

    def create_streamed(self, client: httpx.Client, wish: Wish, metadata: dict[str, str]) -> None:
        """Acknowledged by [DONE] with no error before."""
        asked = {**body(store=True, metadata=metadata, stream=True), "messages": wish.messages}
        name, text = "", ""
        with client.stream("POST", COMPLETIONS, json=asked) as answer:
            assert answer.status_code == 200, answer.read()
            for line in answer.iter_lines():
                data = line.removeprefix("data: ")
                if data == "[DONE]":
                    break
                if data:
                    chunk = json.loads(data)
                    self.accept_frame(chunk)
                    name, text = chunk["id"], text + (chunk["choices"][0]["delta"].get("content") or "")
            else:
                raise httpx.ReadError("the stream has no end")
        assert text == wish.answer
        wish.id = name

    def accept(self, answer: httpx.Response, code: str = "store_unavailable") -> Any:
        """What was answered. Raises `NotAcknowledged`."""
        if answer.status_code == 503 and self.outages:
            assert error_of(answer)["code"] == code
            raise NotAcknowledged
        assert answer.status_code == 200, answer.text
        return answer.json()

    def accept_frame(self, chunk: dict[str, Any]) -> None:
        """Raises `NotAcknowledged` when it is an error."""
        if "error" in chunk:
            assert self.outages and chunk["error"]["code"] == "completion_not_stored", chunk
            raise NotAcknowledged


@contextmanager
def under_load(url: str, ledger: Ledger, *, name: str, outages: bool = False) -> Iterator[Load]:
    """Clients ask a server while this holds; in the end every one of them has ended, without a fault."""
    load = Load(url, ledger, name=name, outages=outages)
    with ThreadPoolExecutor(NUM_CLIENTS) as pool:
        load.working = [pool.submit(load.run, number) for number in range(NUM_CLIENTS)]
        try:
            yield load
        finally:
            load.stopping.set()
            for client in load.working:
                client.result(LIMIT_S)
