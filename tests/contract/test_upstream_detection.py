"""What an upstream says of itself, and how it answers trials, can be as wrong as all else: no server falls over it."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import httpx
import pytest

from tests.contract.live import wait_for
from tests.contract.relayed import KEY, ask, check_secrecy, read, relay
from tests.contract.upstreams.answers import Answer
from tests.contract.upstreams.conversing import MODEL, is_up
from tests.contract.upstreams.faults import Bytes, CloseEarly, Hang, Status, Truncated, html, redirect
from tests.contract.upstreams.floods import Bomb, Endless, endless_headers
from tests.contract.upstreams.kinds import Kind
from tests.contract.upstreams.upstream import Upstream
from tests.contract.upstreams.wire import Behaviour

USAGES = {
    "null": None,
    "a list": [1],
    "a text": "many",
    "a count that is a text": {"prompt_tokens": "many"},
    "a negative count": {"prompt_tokens": -7},
    "a count without bounds": {"prompt_tokens": 10**40},
}
WRONG: dict[str, Behaviour] = {
    "500": Status(500),
    "401 with the key": Status(401, f"Wrong key: {KEY}", "text/plain"),
    "404": Status(404),
    "HTML": html(),
    "nothing": Status(200),
    "an array": Status(200, "[]"),
    "an object of nothing": Status(200, {}),
    "data that is null": Status(200, {"data": None}),
    "data that is a number": Status(200, {"data": 7}),
    "data that is an object": Status(200, {"data": {"id": "a"}}),
    "data of numbers": Status(200, {"data": [7]}),
    "no names": Status(200, {"data": [{"id": 7}, {}]}),
    "half of JSON": Status(200, '{"data": [{"id": "up'),
    "deep nesting": Status(200, "[" * 100_000),
    "invalid UTF-8": Bytes(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"data": "\xff"', "kept"),
    "no HTTP": Bytes(b"hello\r\n\r\n"),
    "a cut": CloseEarly(),
    "a reset": CloseEarly("reset"),
    "less than its length": Truncated({"data": [{"id": "upstream-model"}]}),
    "no end": Endless(b"x" * 1000),
    "a head without an end": endless_headers(),
    "a bomb": Bomb(),
}
ODD_MODELS = {
    "another name": [{"id": "another"}],
    "a context of 0": [{"id": "upstream-model", "max_model_len": 0}],
    "a negative context": [{"id": "upstream-model", "max_model_len": -1}],
    "a context that is a text": [{"id": "upstream-model", "max_model_len": "4096"}],
    "a context without bounds": [{"id": "upstream-model", "max_model_len": 10**40}],
    "an owner that is a number": [{"id": "upstream-model", "owned_by": 7}],
    "details that are a list": [{"id": "upstream-model", "meta": [1]}],
    "a vocabulary that is true": [{"id": "upstream-model", "meta": {"n_vocab": True}}],
    "half of the rest": [{"id": "upstream-model"}, 7, None, {"id": None}],
}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """In which there is no key, and nothing that was not foreseen."""
    caplog.set_level(logging.DEBUG)
    yield
    for record in caplog.records:
        told = logging.Formatter().format(record)
        assert KEY not in told and "Traceback" not in told and record.levelno < logging.ERROR, told


@contextmanager
def many(names: Iterable[str], kind: Kind = "generic") -> Iterator[dict[str, Upstream]]:
    """An upstream for each name."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(Upstream(kind, key=KEY)) for name in names}


def call(name: str) -> str:
    """A model by a fault."""
    return name.replace(" ", "-")


def check_all_answer(client: httpx.Client, upstreams: dict[str, Upstream]) -> None:
    """Before long, that is."""
    wait_for(lambda: all(is_up(client, upstream) for upstream in upstreams.values()))
    assert {name: read(ask(client, call(name)), stream=False) for name in upstreams} == dict.fromkeys(
        upstreams, ("Hello", None)
    )


def relay_each(upstreams: dict[str, Upstream]) -> AbstractContextManager[httpx.Client]:
    """A server with a model for each."""
    return relay({call(name): [upstream] for name, upstream in upstreams.items()})


def test_one_that_does_not_say_what_it_has_is_not_asked(log: None) -> None:
    """The server starts, and tells why it is not well; as soon as the upstream speaks, it is asked."""
    with many(WRONG) as upstreams:
        for name, upstream in upstreams.items():
            upstream.health = WRONG[name]
        with relay_each(upstreams) as client:
            wait_for(lambda: all(is_up(client, upstream) == 0 for upstream in upstreams.values()))
            health = client.get("/health")
            assert health.status_code == 503 and health.json()["reason"]
            check_secrecy(health, *upstreams.values())
            assert not any(upstream.chats for upstream in upstreams.values())
            for upstream in upstreams.values():
                upstream.health = None
            check_all_answer(client, upstreams)


def test_one_that_says_nothing_does_not_keep_others_waiting(log: None) -> None:
    """A server with one that answers is well, whatever the other does."""
    with Upstream() as silent, Upstream() as upstream:
        silent.health = Hang()
        with relay({MODEL: [silent, upstream]}) as client:
            wait_for(lambda: client.get("/health").status_code == 200)
            assert silent.asked and not silent.asked[0].ended, "it is still being waited for"
            assert read(ask(client, MODEL), stream=False) == ("Hello", None)


@pytest.mark.parametrize("kind", ["generic", "vllm"])
def test_a_trial_that_fails_says_that_it_cannot(log: None, kind: Kind) -> None:
    """That is all that follows: requests are answered."""
    with many(WRONG, kind) as upstreams:
        for name, upstream in upstreams.items():
            upstream.trial = WRONG[name]
        with relay_each(upstreams) as client:
            check_all_answer(client, upstreams)


def test_a_trial_that_counts_wrong_is_an_answer(log: None) -> None:
    """Nobody stumbles over its numbers."""
    with many(USAGES) as upstreams:
        for name, upstream in upstreams.items():
            upstream.trial = Status(200, {"choices": [], "usage": USAGES[name]})
        with relay_each(upstreams) as client:
            check_all_answer(client, upstreams)


def test_what_is_not_needed_may_be_odd(log: None) -> None:
    """Of what it says of a model only the name counts; and that it has been given before."""
    with many(ODD_MODELS) as upstreams:
        for name, upstream in upstreams.items():
            upstream.health = Status(200, {"data": ODD_MODELS[name]})
        with relay_each(upstreams) as client:
            check_all_answer(client, upstreams)
            lengths = [model.get("context_length") for model in client.get("/v1/models").json()["data"]]
            assert all(length is None or 0 < length < 2**63 for length in lengths)


@pytest.mark.parametrize("status", [302, 307])
def test_what_it_says_elsewhere_is_not_fetched(log: None, status: int) -> None:
    """Redirects are followed nowhere: not for models, not for trials, and no key goes there."""
    with Upstream(key=KEY) as upstream, Upstream() as elsewhere:
        upstream.trial = redirect(status, f"{elsewhere.url}/chat/completions")
        with relay({MODEL: [upstream]}) as client:
            check_all_answer(client, {MODEL: upstream})
            upstream.health = redirect(status, f"{elsewhere.url}/models")
            wait_for(lambda: client.get("/health").status_code == 503)
            upstream.health, upstream.trial = None, Answer()
            check_all_answer(client, {MODEL: upstream})
        assert elsewhere.asked == []


@pytest.mark.parametrize("kind", ["vllm", "sglang", "llama-server", "openai", "generic"])
def test_each_kind_answers(log: None, kind: Kind) -> None:
    """Whatever it says of itself; each with its key where it wants one."""
    with Upstream(kind, key=KEY) as upstream, relay({MODEL: [upstream]}) as client:
        check_all_answer(client, {MODEL: upstream})
