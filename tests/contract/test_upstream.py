"""The upstream of the tests does what it is told to, on the level of bytes."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.live import wait_for
from tests.contract.upstreams.answers import Answer, Call
from tests.contract.upstreams.chunks import role, said
from tests.contract.upstreams.faults import CloseEarly, Hang, Script, Status, Stream, Truncated, redirect
from tests.contract.upstreams.floods import Bomb, Slow, endless_headers, endless_line
from tests.contract.upstreams.kinds import Kind
from tests.contract.upstreams.upstream import CHAT, Upstream

KEY = "sk-of-the-upstream"


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """One without a key."""
    with Upstream() as upstream:
        yield upstream


def ask(upstream: Upstream, **fields: Any) -> httpx.Response:
    """A streamed chat request."""
    asked = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": True, **fields}
    return httpx.post(f"http://{upstream.address}{CHAT}", json=asked, timeout=10)


def read(answer: httpx.Response) -> list[dict[str, Any]]:
    """The chunks of a stream that ends well."""
    *events, done, end = answer.text.split("\n\n")
    assert (done, end) == ("data: [DONE]", "")
    return [json.loads(event.removeprefix("data: ")) for event in events]


def deltas(answer: httpx.Response) -> list[Any]:
    """What the choices of a stream say, in order."""
    return [choice["delta"] for chunk in read(answer) for choice in chunk["choices"]]


def raw(upstream: Upstream) -> bytes:
    """All bytes of an answer until the upstream hangs up."""
    body = json.dumps({"stream": True}).encode()
    with socket.create_connection(("127.0.0.1", upstream.port), timeout=10) as connection:
        connection.sendall(b"POST %b HTTP/1.1\r\ncontent-length: %d\r\n\r\n%b" % (CHAT.encode(), len(body), body))
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def test_a_stream_has_a_chunk_for_each_token(upstream: Upstream) -> None:
    """Role, tokens, finish, and the usage where it is asked for."""
    upstream.behaviour = Answer(tokens=["a", "b"])
    *chunks, usage = read(ask(upstream, stream_options={"include_usage": True}))
    said = [(chunk["choices"][0]["delta"]["content"], chunk["choices"][0]["finish_reason"]) for chunk in chunks]
    assert said == [("", None), ("a", None), ("b", None), ("", "stop")]
    assert (usage["choices"], usage["usage"]["total_tokens"]) == ([], 9)


def test_it_obeys_what_changes_the_form(upstream: Upstream) -> None:
    """n, log-probabilities, the most tokens. What is not streamed is a trial, which has its own behaviour."""
    upstream.behaviour = Answer(tokens=["a", "b", "c"])
    chunks = read(ask(upstream, n=2, max_tokens=2, logprobs=True, top_logprobs=1))
    assert [chunk["choices"][0]["index"] for chunk in chunks] == [0, 1] * 4
    assert chunks[2]["choices"][0]["logprobs"]["content"][0]["top_logprobs"][0]["token"] == "a"
    assert {chunk["choices"][0]["finish_reason"] for chunk in chunks[-2:]} == {"length"}
    assert ask(upstream, stream=False).json()["choices"][0]["message"]["content"] == "Hello"


def test_it_calls_tools(upstream: Upstream) -> None:
    """A call begins with its name; then come its arguments."""
    upstream.behaviour = Answer(tokens=(), calls=[Call("look", ['{"a"', ": 1}"])])
    calls = [delta["tool_calls"][0]["function"] for delta in deltas(ask(upstream)) if "tool_calls" in delta]
    assert calls == [{"name": "look", "arguments": ""}, {"arguments": '{"a"'}, {"arguments": ": 1}"}]


@pytest.mark.parametrize(
    ("kind", "path"),
    [("vllm", "/version"), ("llama-server", "/props"), ("sglang", "/server_info"), ("openai", "/v1/models")],
)
def test_a_kind_is_told_by_what_it_says_of_itself(kind: Kind, path: str) -> None:
    """Each has its own routes, and 404 for those of others; the key is asked for below /v1."""
    with Upstream(kind, key=KEY) as upstream:
        http = f"http://{upstream.address}"
        answer = httpx.get(http + path, headers={"authorization": f"Bearer {KEY}"})
        assert answer.status_code == 200 and answer.json()
        assert httpx.get(f"{http}/nothing").status_code == 404
        assert httpx.get(f"{http}/v1/models").status_code == 401
        assert httpx.get(f"{http}/version").status_code == (200 if kind == "vllm" else 404)


def test_what_was_asked_is_noted(upstream: Upstream) -> None:
    """With headers and body."""
    ask(upstream, n=3)
    (asked,) = upstream.chats
    assert (asked.method, asked.body["n"], asked.headers["content-type"]) == ("POST", 3, "application/json")
    assert asked.left_at is None


def test_a_script_is_used_up(upstream: Upstream) -> None:
    """One behaviour for each request, the last one again and again."""
    upstream.behaviour = Script(Status(503), Answer())
    assert [ask(upstream).status_code for _ in range(3)] == [503, 200, 200]


def test_a_port_that_refuses_listens_again(upstream: Upstream) -> None:
    """On the same port; kept connections are reset with it."""
    with httpx.Client() as client:
        client.get(f"{upstream.url}/models")
        upstream.refuse()
        with pytest.raises(httpx.TransportError):
            client.get(f"{upstream.url}/models")
        with pytest.raises(httpx.ConnectError):
            ask(upstream)
        upstream.accept()
        assert ask(upstream).status_code == 200


def test_a_client_that_leaves_is_noticed(upstream: Upstream) -> None:
    """At once, whatever is being done for it."""
    upstream.behaviour = Hang()
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"http://{upstream.address}{CHAT}", json={"stream": True}, timeout=0.1)
    wait_for(lambda: upstream.chats[0].left_at)
    wait_for(lambda: not upstream.num_open)


@pytest.mark.parametrize(
    ("behaviour", "caught"),
    [
        (CloseEarly(), httpx.RemoteProtocolError),
        (CloseEarly("reset"), httpx.ReadError),
        (Stream(role(), said("a"), ending="closed"), httpx.RemoteProtocolError),
        (Stream(role(), said("a"), ending="reset"), httpx.ReadError),
        (Truncated({"a": "b" * 50}), httpx.RemoteProtocolError),
        (endless_headers(), httpx.RemoteProtocolError),
    ],
    ids=["closed", "reset", "closed later", "reset later", "truncated", "endless headers"],
)
def test_it_breaks_off(upstream: Upstream, behaviour: Any, caught: type[Exception]) -> None:
    """A client sees that something is missing, in the way that was told."""
    upstream.behaviour = behaviour
    with pytest.raises(caught):
        ask(upstream)


def test_a_stream_that_ends_without_done(upstream: Upstream) -> None:
    """The framing's end alone, or none where the close is the end."""
    upstream.behaviour = Stream(said("a"), ending="terminated")
    assert ask(upstream).text.endswith("}\n\n")
    upstream.behaviour = Stream(said("a"), ending="closed", framing="close")
    assert ask(upstream).text.endswith("}\n\n")


def test_bytes_are_sent_as_they_are(upstream: Upstream) -> None:
    """Pieces of a stream that are bytes."""
    upstream.behaviour = Stream(b"data: \xff\x00\n\n", ending="closed", framing="close")
    assert raw(upstream).endswith(b"\r\n\r\ndata: \xff\x00\n\n")


def test_a_redirect_says_where_to(upstream: Upstream) -> None:
    """With this status."""
    upstream.behaviour = redirect(307, "http://elsewhere/")
    answer = ask(upstream)
    assert (answer.status_code, answer.headers["location"]) == (307, "http://elsewhere/")


def test_floods_are_floods(upstream: Upstream) -> None:
    """What has no end goes on until the client leaves; a bomb is small; what is slow comes byte by byte."""
    upstream.behaviour = endless_line()
    with httpx.stream("POST", f"http://{upstream.address}{CHAT}", json={"stream": True}) as answer:
        pieces = answer.iter_raw()
        assert sum(len(next(pieces)) for _ in range(100)) > 1_000_000
    wait_for(lambda: upstream.chats[0].left_at)
    upstream.behaviour = Bomb(num_bytes=10_000_000)
    assert len(ask(upstream).text) == 10_000_000
    upstream.behaviour = Slow([said("é")])
    assert deltas(ask(upstream)) == [{"content": "é"}]
