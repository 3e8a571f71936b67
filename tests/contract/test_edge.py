"""The HTTP edge: headers of every answer, bounds on what comes in, hosts, tenants, and kept-alive connections."""

import contextlib
import http.client
import logging
import socket
from collections.abc import AsyncGenerator, Iterator

import httpx
import pytest

from antiphon.dialect.conversation import Conversation
from antiphon.engine.base import Decoding, Service
from antiphon.engine.events import Event, Text
from antiphon.engine.pool import Pool
from antiphon.engine.scripted import ScriptedEngine
from tests.contract.live import COMPLETIONS, body, check_error, error_of, frames, script, serve, wait_for

SECRET = "/a/path/of/this/machine"


class FaultyEngine(ScriptedEngine):
    """Has a fault that nobody foresaw; `hello` is said before it."""

    def __init__(self) -> None:
        self.tenants: list[str] = []

    async def generate(
        self, conversation: Conversation, decoding: Decoding, service: Service
    ) -> AsyncGenerator[Event, None]:
        """Fail, after a text or at once."""
        self.tenants.append(service.caching.namespace)
        if conversation.turns[-1].text == "hello":
            yield Text("hello")
        raise RuntimeError(SECRET)


@pytest.fixture(scope="module")
def faulty() -> Iterator[tuple[FaultyEngine, str]]:
    """A faulty engine and its server."""
    engine = FaultyEngine()
    with serve(Pool({"smollm2": engine}, {}), api_key=["a", "b"]) as url:
        yield engine, url


def ask_faulty(url: str, content: str, key: str = "a", *, stream: bool = False) -> httpx.Response:
    """One request to the faulty engine."""
    headers = {"authorization": f"Bearer {key}"}
    return httpx.post(url + COMPLETIONS, json=body(content, stream=stream), headers=headers)


ANSWERS = {
    "whole": ("POST", COMPLETIONS, body(), {}),
    "stream": ("POST", COMPLETIONS, body(stream=True), {}),
    "bad field": ("POST", COMPLETIONS, body(n=0), {}),
    "engine fault": ("POST", COMPLETIONS, body(script({"event": "fail"})), {}),
    "too large": ("POST", COMPLETIONS, body("x" * 200_000), {}),
    "foreign host": ("GET", "/health", None, {"host": "evil.example"}),
    "models": ("GET", "/v1/models", None, {}),
    "health": ("GET", "/health", None, {}),
    "no route": ("GET", "/nothing", None, {}),
    "no method": ("DELETE", COMPLETIONS, None, {}),
    "docs": ("GET", "/docs", None, {}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_its_id_and_its_time(http: httpx.Client, name: str) -> None:
    """`x-request-id` and `openai-processing-ms` are on every answer, also on errors."""
    method, path, content, headers = ANSWERS[name]
    answers = [http.request(method, path, json=content, headers=headers) for _ in range(2)]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 2
    assert all(int(answer.headers["openai-processing-ms"]) >= 0 for answer in answers)


def test_an_unforeseen_fault_has_its_id_too(faulty: tuple[FaultyEngine, str]) -> None:
    """The answer to our own fault can be found in the log: it carries `x-request-id` like every other."""
    answer = ask_faulty(faulty[1], "bye")
    assert answer.status_code == 500
    assert "x-request-id" in answer.headers and "openai-processing-ms" in answer.headers


@pytest.mark.parametrize("stream", [False, True])
def test_an_unforeseen_fault_tells_nothing_of_ours(faulty: tuple[FaultyEngine, str], stream: bool) -> None:
    """A fault of ours is 500 with the error object, and never a path or a traceback."""
    answer = ask_faulty(faulty[1], "bye", stream=stream)
    assert (answer.status_code, error_of(answer)["code"]) == (500, "internal_error")
    assert SECRET not in answer.text and "Runtime" not in answer.text


def test_an_unforeseen_fault_in_mid_stream(faulty: tuple[FaultyEngine, str]) -> None:
    """In mid-stream a fault of ours is an error frame, then [DONE]."""
    *_, error, done = frames(ask_faulty(faulty[1], "hello", stream=True).text)
    assert check_error(httpx.Response(200, text=error).json())["code"] == "internal_error"
    assert done == "[DONE]" and SECRET not in error


def test_a_key_is_a_tenant_of_its_own(faulty: tuple[FaultyEngine, str]) -> None:
    """The engine is told whose request it is: the same for one key, another for another, and never the key itself."""
    engine, url = faulty
    engine.tenants.clear()
    for key in ("a", "b", "a"):
        ask_faulty(url, "bye", key)
    first, second, third = engine.tenants
    assert first == third != second
    assert {"a", "b"}.isdisjoint(engine.tenants)


def raw(url: str, request: bytes) -> bytes:
    """What the server says to these bytes until it hangs up."""
    host, port = httpx.URL(url).host, httpx.URL(url).port
    with socket.create_connection((host, port or 80), timeout=10) as connection:
        answer = b""
        with contextlib.suppress(OSError):  # it may hang up before it has read all
            connection.sendall(request)
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                answer += piece
        return answer


BEGIN = b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
HEADS = {
    "one long header": BEGIN + b"x: " + b"a" * 70_000 + b"\r\n\r\n",
    "many headers": BEGIN + b"x: 1\r\n" * 20_000 + b"\r\n",
    "a head without end": BEGIN + b"x: " + b"a" * 500_000,
    "a megabyte": BEGIN + b"x: " + b"a" * 1_000_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_over_64_kib_is_431(url: str, http: httpx.Client, name: str) -> None:
    """Headers are bounded before anything is kept: over 64 KiB the answer is 431, and the server lives."""
    answer = raw(url, HEADS[name])
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert check_error(httpx.Response(431, content=answer.partition(b"\r\n\r\n")[2]).json())
    assert http.get("/health").status_code == 200


def test_a_head_just_under_the_bound_is_taken(url: str) -> None:
    """60 KiB of headers, a large cookie for example, are fine."""
    assert httpx.get(f"{url}/health", headers={"cookie": "a" * 60_000}).status_code == 200


NOT_HTTP = [
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"hello\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n",
]


@pytest.mark.parametrize("request_bytes", NOT_HTTP, ids=["TLS", "noise", "HTTP/9.9", "a long path"])
def test_what_is_not_http_is_refused(url: str, http: httpx.Client, request_bytes: bytes) -> None:
    """TLS, noise or an endless path on the port is refused, and no more."""
    assert raw(url, request_bytes).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
    assert http.get("/health").status_code == 200


def test_a_content_length_that_is_no_number_is_refused(url: str) -> None:
    """A length that is no number, or two of them, is 400 or 413 and never waits for a body."""
    for length in (b"-1", b"1e3", b"9" * 40, b"5\r\ncontent-length: 6"):
        head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: "
        assert raw(url, head + length + b"\r\n\r\n").startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 "))


HOSTS = {
    "localhost": 200, "localhost:8000": 200, "127.0.0.1": 200, "127.0.0.1:1": 200, "[::1]": 200, "[::1]:8000": 200,
    "evil.example": 403, "evil.example:8000": 403, "localhost.evil.example": 403, "127.0.0.1.nip.io": 403,
    "192.168.0.1": 403, "localhost:8000.evil.example": 403, "": 403,
}  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_a_foreign_host_is_refused(url: str, host: str) -> None:
    """Without keys only names of this machine are served, so that no web page can reach it by DNS rebinding."""
    answer = httpx.get(f"{url}/v1/models", headers={"host": host})
    assert answer.status_code == HOSTS[host]
    assert answer.status_code == 200 or error_of(answer)["code"] == "host_not_allowed"


def test_with_keys_any_host_will_do(keyed_url: str) -> None:
    """Where keys are asked for, the server may have any name."""
    headers = {"host": "api.example", "authorization": "Bearer a-key"}
    assert httpx.get(f"{keyed_url}/v1/models", headers=headers).status_code == 200


def test_no_cross_origin_access(http: httpx.Client) -> None:
    """CORS is off: no page of another origin may read an answer."""
    answer = http.get("/v1/models", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_one_connection_serves_everything(url: str) -> None:
    """A kept-alive connection stays usable after answers, streams, errors and faults alike."""
    place = httpx.URL(url)
    connection = http.client.HTTPConnection(place.host, place.port, timeout=10)
    connection.connect()
    socket_at_first = connection.sock
    for name in [*ANSWERS, "whole", "stream", "engine fault", "stream", "no route", "whole"]:
        method, path, content, headers = ANSWERS[name]
        if name == "too large":
            continue
        request = httpx.Request(method, url + path, json=content)
        connection.request(method, path, request.content, {"content-type": "application/json", **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        assert (answer.status < 400) == (name in {"whole", "stream", "models", "health", "docs"})
        assert name != "stream" or text.endswith("data: [DONE]\n\n")
        assert connection.sock is socket_at_first, f"the connection was closed after {name}"
    connection.close()


def test_a_client_that_leaves_in_mid_upload_is_no_fault(
    url: str, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Who hangs up before the body is whole is told nothing, and the log tells of no fault."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as caller:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000\r\n\r\n"
        caller.sendall(head.encode() + b"{")
        with caplog.at_level(logging.INFO, logger="antiphon"):
            caller.close()
            wait_for(lambda: any(" 499 " in message for message in caplog.messages))
    assert not any("fault" in message for message in caplog.messages)
    assert http.get("/health").status_code == 200
