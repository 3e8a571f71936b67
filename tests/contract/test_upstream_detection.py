"""What an upstream says of itself, and how it answers trials, can be as wrong as all else: no server falls over it."""

import logging
from collections.abc import Iterator

import httpx
import pytest

from tests.contract.live import wait_for
from tests.contract.relayed import KEY, ask, check_secrecy, read, relay
from tests.contract.upstreams.answers import Answer
from tests.contract.upstreams.conversing import LOOK_LIMIT_S, MODEL
from tests.contract.upstreams.faults import Bytes, CloseEarly, Hang, Status, Truncated, html, redirect
from tests.contract.upstreams.floods import Bomb, Endless, endless_headers
from tests.contract.upstreams.kinds import Kind
from tests.contract.upstreams.upstream import Upstream
from tests.contract.upstreams.wire import Behaviour

USAGE = {"prompt_tokens": "many"}
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


def check_answers(client: httpx.Client) -> None:
    """Before long, that is."""
    wait_for(lambda: client.get("/health").status_code == 200, LOOK_LIMIT_S)
    assert read(ask(client, MODEL), stream=False) == ("Hello", None)


@pytest.mark.parametrize("name", WRONG)
def test_one_that_does_not_say_what_it_has_is_not_asked(log: None, name: str) -> None:
    """The server starts, and tells why it is not well; as soon as the upstream speaks, it is asked."""
    with Upstream(key=KEY) as upstream:
        upstream.health = WRONG[name]
        with relay({MODEL: [upstream]}) as client:
            answer = client.get("/health")
            assert (answer.status_code, upstream.chats) == (503, []) and answer.json()["reason"]
            check_secrecy(answer, upstream)
            upstream.health = None
            check_answers(client)


def test_one_that_says_nothing_does_not_keep_others_waiting(log: None) -> None:
    """A server with one that answers is well, whatever the other does."""
    with Upstream() as silent, Upstream() as upstream:
        silent.health = Hang()
        with relay({MODEL: [silent, upstream]}) as client:
            check_answers(client)


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("kind", ["generic", "vllm"])
def test_a_trial_that_fails_says_that_it_cannot(log: None, kind: Kind, name: str) -> None:
    """That is all that follows: requests are answered."""
    with Upstream(kind, key=KEY) as upstream:
        upstream.trial = WRONG[name]
        with relay({MODEL: [upstream]}) as client:
            check_answers(client)


@pytest.mark.parametrize("usage", [None, [1], "many", USAGE, {"prompt_tokens": -7}, {"prompt_tokens": 10**40}])
def test_a_trial_that_counts_wrong_is_an_answer(log: None, usage: object) -> None:
    """Nobody stumbles over its numbers."""
    with Upstream() as upstream:
        upstream.trial = Status(200, {"choices": [], "usage": usage})
        with relay({MODEL: [upstream]}) as client:
            check_answers(client)


@pytest.mark.parametrize("name", ODD_MODELS)
def test_what_is_not_needed_may_be_odd(log: None, name: str) -> None:
    """Of what it says of a model only the name counts; and that it has been given before."""
    with Upstream() as upstream:
        upstream.health = Status(200, {"data": ODD_MODELS[name]})
        with relay({MODEL: [upstream]}) as client:
            check_answers(client)
            length = client.get("/v1/models").json()["data"][0].get("context_length")
            assert length is None or (length > 0 and length < 2**63)


@pytest.mark.parametrize("status", [302, 307])
def test_what_it_says_elsewhere_is_not_fetched(log: None, status: int) -> None:
    """Redirects are followed nowhere: not for models, not for trials, and no key goes there."""
    with Upstream(key=KEY) as upstream, Upstream() as elsewhere:
        upstream.trial = redirect(status, f"{elsewhere.url}/chat/completions")
        with relay({MODEL: [upstream]}) as client:
            check_answers(client)
            upstream.health = redirect(status, f"{elsewhere.url}/models")
            wait_for(lambda: client.get("/health").status_code == 503, LOOK_LIMIT_S)
            upstream.health, upstream.trial = None, Answer()
            check_answers(client)
        assert elsewhere.asked == []


@pytest.mark.parametrize("kind", ["vllm", "sglang", "llama-server", "openai", "generic"])
def test_each_kind_is_known_and_answers(log: None, kind: Kind) -> None:
    """By what it says of itself; each with its key where it wants one."""
    with Upstream(kind, key=KEY) as upstream, relay({MODEL: [upstream]}) as client:
        check_answers(client)
