"""What stays between server and upstream: keys, addresses, and whom a request goes to."""

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, error_of
from tests.contract.relayed import KEY, ask, check_secrecy, count_faults, read, relay, settle
from tests.contract.upstreams.answers import Answer
from tests.contract.upstreams.chunks import role
from tests.contract.upstreams.faults import Status, Stream, redirect
from tests.contract.upstreams.upstream import CHAT, Upstream

MODEL = "one"
HEADER = "a-secret-of-a-header"


@pytest.fixture(scope="module")
def running() -> Iterator[Upstream]:
    """One that asks for a key."""
    with Upstream(key=KEY) as running:
        yield running


@pytest.fixture
def upstream(running: Upstream) -> Upstream:
    """The same, which behaves well, and was asked nothing yet."""
    running.behave(Answer())
    return running


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Upstream]:
    """A host that nobody has named."""
    with Upstream() as elsewhere:
        yield elsewhere


@pytest.fixture(scope="module")
def client(running: Upstream) -> Iterator[httpx.Client]:
    """Of the server before it, whose own clients have another key."""
    told = {MODEL: {"headers": {"X-Team": HEADER}}}
    with relay({MODEL: [running]}, told, alias={"gpt-*": MODEL}, api_key=["ours"]) as client:
        client.headers["authorization"] = "Bearer ours"
        yield client


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """All that is logged, in which no key may stand."""
    caplog.set_level(logging.DEBUG)
    yield caplog
    told = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert KEY not in told and HEADER not in told and "Traceback" not in told


def test_the_upstream_gets_its_own_key_and_nothing_of_the_client(
    upstream: Upstream, client: httpx.Client, log: pytest.LogCaptureFixture
) -> None:
    """Its key and its headers; not the client's key, cookies, address, or headers."""
    told = {"cookie": "a=b", "x-forwarded-for": "10.0.0.1", "openai-organization": "org", "x-mine": "1"}
    assert client.post(COMPLETIONS, json=body() | {"model": MODEL, "user": "ann"}, headers=told).status_code == 200
    (asked,) = upstream.chats
    assert (asked.headers["authorization"], asked.headers["x-team"]) == (f"Bearer {KEY}", HEADER)
    assert not {*told, "forwarded", "via"} & set(asked.headers)
    assert "ours" not in repr(asked.headers) and "ann" not in repr(asked.body)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308, 304])
@pytest.mark.parametrize("way", ["same", "elsewhere", "elsewhere over TLS", "file", "broken"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_redirects_are_not_followed(
    upstream: Upstream, elsewhere: Upstream, client: httpx.Client, log: pytest.LogCaptureFixture,
    status: int, way: str, stream: bool,
) -> None:  # fmt: skip
    """Not to the same host and not to another, which is asked nothing at all."""
    to = {
        "same": f"http://{upstream.address}{CHAT}2",
        "elsewhere": f"http://{elsewhere.address}{CHAT}",
        "elsewhere over TLS": f"https://{elsewhere.address}{CHAT}",
        "file": "file:///etc/passwd",
        "broken": "http://[",
    }[way]
    upstream.behaviour = redirect(status, to)
    before = count_faults(client, MODEL).get("redirect", 0)
    answer = ask(client, MODEL, stream=stream)
    assert (answer.status_code, error_of(answer)["code"]) == (502, "upstream_error")
    check_secrecy(answer, upstream, elsewhere)
    assert [asked.path for asked in upstream.asked if asked.method == "POST"] == [CHAT]
    assert elsewhere.asked == [] and elsewhere.num_open == 0
    assert count_faults(client, MODEL)["redirect"] == before + 1
    settle(upstream)
    upstream.behaviour = Answer()
    assert ask(client, MODEL).status_code == 200


ECHO = f"Incorrect API key provided: {KEY}. You may find it at http://10.0.0.7:8000/keys or in /etc/vllm/keys.txt"
LEAKS = ("10.0.0.7", "/etc/vllm")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    "behaviour",
    [
        Status(400, {"error": {"message": ECHO, "param": "messages", "code": "a"}}),
        Status(400, {"error": {"message": "No.", "param": KEY, "code": KEY, "type": KEY}}),
        Status(400, {"error": ECHO}),
        Status(400, {"detail": ECHO}),
        Status(400, {"message": ECHO * 100}),
        Status(401, {"error": {"message": ECHO}}),
        Status(403, {"error": {"message": ECHO}}),
        Status(404, {"error": {"message": ECHO}}),
        Status(429, {"error": {"message": ECHO}}),
        Status(500, {"error": {"message": ECHO}}),
        Status(503, ECHO, "text/plain", {"X-Key": KEY}),
        Status(200, ECHO, "text/plain"),
        Stream(role(), {"error": {"message": ECHO, "code": 500}}),
        Stream(role(), {"error": {"message": ECHO, "code": 400}}),
        Stream(role(), {"choices": KEY}),
        Stream(role(), {"choices": [{"index": 0, "delta": {}, "finish_reason": KEY}]}),
        Stream(role(), {"choices": [{"index": 0, "delta": {"tool_calls": KEY}}]}),
        redirect(302, f"http://user:{KEY}@127.0.0.1/"),
    ],
)
def test_a_key_that_is_said_back_goes_no_further(
    upstream: Upstream, client: httpx.Client, log: pytest.LogCaptureFixture, behaviour: Any, stream: bool
) -> None:
    """Upstreams tell what they were sent, in messages, headers and addresses; clients do not get to see it."""
    upstream.behaviour = behaviour
    answer = ask(client, MODEL, stream=stream)
    _, error = read(answer, stream=stream)
    assert error
    check_secrecy(answer, upstream)
    assert HEADER not in answer.text and not any(leak in answer.text for leak in LEAKS)
    upstream.behaviour = Answer()
    assert ask(client, MODEL).status_code == 200


def test_what_it_said_of_a_request_is_passed_on(upstream: Upstream, client: httpx.Client) -> None:
    """In its words, shortened, with the field."""
    told = {"message": "min_p must be\n between 0 and 1. " + "x" * 5000, "param": "min_p"}
    upstream.behaviour = Status(400, {"error": told})
    error = error_of(ask(client, MODEL))
    assert "min_p must be between 0 and 1." in error["message"] and len(error["message"]) < 500
    assert error["param"] == "min_p"


def test_cookies_are_not_kept(upstream: Upstream, client: httpx.Client) -> None:
    """What one client's answer sets goes to no other's request."""
    upstream.behave(Answer(headers={"Set-Cookie": "session=ann; Path=/"}))
    answers = [ask(client, MODEL) for _ in range(2)]
    assert all("cookie" not in asked.headers for asked in upstream.chats)
    assert all("set-cookie" not in answer.headers for answer in answers)


def test_no_proxy_of_the_environment_is_used(elsewhere: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key goes where it is meant to go, and on no way round."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://{elsewhere.address}")
    with Upstream(key=KEY) as upstream, relay({MODEL: [upstream]}) as client:
        assert read(ask(client, MODEL), stream=False) == ("Hello", None)
    assert elsewhere.asked == []


ADDRESSES = ["http://{}/v1", "http://{}/v1#upstream-model", "one=http://{}/v1", "one#other", "//{}/v1", "one@{}", "{}"]


@pytest.mark.parametrize(
    "field", ["base_url", "api_base", "api_key", "upstream", "url", "host", "extra_body", "headers"]
)
def test_no_field_chooses_an_address(upstream: Upstream, elsewhere: Upstream, client: httpx.Client, field: str) -> None:
    """They are fields that the API does not have."""
    value = f"http://{elsewhere.address}/v1"
    answer = ask(client, MODEL, **{field: {"base_url": value} if field in ("extra_body", "headers") else value})
    assert (answer.status_code, error_of(answer)["param"]) == (400, field)
    assert upstream.chats == [] and elsewhere.asked == []


@pytest.mark.parametrize("form", ADDRESSES)
def test_no_model_is_an_address(upstream: Upstream, elsewhere: Upstream, client: httpx.Client, form: str) -> None:
    """Names are those that were given at the start, and nothing else."""
    answer = ask(client, form.format(elsewhere.address))
    assert (answer.status_code, error_of(answer)["code"]) == (404, "model_not_found")
    assert upstream.chats == [] and elsewhere.asked == []


@pytest.mark.parametrize("name", ["gpt-x#other-model", "gpt-4@http://example.com", "gpt-../../admin"])
def test_an_alias_gives_the_upstream_no_name(upstream: Upstream, client: httpx.Client, name: str) -> None:
    """What an alias matches is said nowhere: the upstream is asked for its own model."""
    assert ask(client, name).status_code == 200
    (asked,) = upstream.chats
    assert (asked.path, asked.body["model"]) == (CHAT, "upstream-model")
    assert name not in repr(asked.body) + repr(asked.headers)


def test_images_are_not_fetched_from_the_upstream(
    upstream: Upstream, elsewhere: Upstream, client: httpx.Client
) -> None:
    """What a request refers to is not asked of anybody by this server's key."""
    part = {"type": "image_url", "image_url": {"url": f"http://{elsewhere.address}/image.png"}}
    ask(client, MODEL, [{"type": "text", "text": "What is it?"}, part])
    assert elsewhere.asked == []


def test_nothing_of_upstreams_is_listed(upstream: Upstream, client: httpx.Client) -> None:
    """Neither their addresses nor their keys are in the models, the health, or the description."""
    for path in ("/v1/models", f"/v1/models/{MODEL}", "/health", "/openapi.json"):
        answer = client.get(path)
        assert answer.status_code == 200
        check_secrecy(answer, upstream)
        assert str(upstream.port) not in answer.text and "upstream-model" not in answer.text, path
