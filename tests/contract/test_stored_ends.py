"""Which ends of a completion store it: only that one where the client got all of it, or would have."""

import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, check_error, error_of, frames, script, wait_for
from tests.contract.processes import check_log, doomed, list_all, serve_scripted
from tests.model.processes import Server

LIMIT_S = 30.0
TIMEOUT_S = 1
PAUSE = {"event": "pause", "seconds": 50}
FAULTS = {"engine_crashed": {"event": "fail"}, "internal_error": {"event": "break"}}
NUM_STREAMS = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server in which nothing is stored."""
    with serve_scripted(tmp_path_factory.mktemp("ends")) as server:
        yield server
    assert "Traceback" not in server.log.read_text()


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that gives a completion little time."""
    with serve_scripted(tmp_path_factory.mktemp("hurried"), "--request-timeout", f"{TIMEOUT_S}") as server:
        yield server
    check_log(server)


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """Who asks it; afterwards there is still nothing."""
    with httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
        yield client
        assert list_all(client) == []


def wait_for_end(server: Server, answer: httpx.Response) -> None:
    """Return when the server is through with a request."""
    wait_for(lambda: answer.headers["x-request-id"] in server.log.read_text())


@pytest.mark.parametrize("said", [{"store": None}, {"store": False}, {}], ids=["null", "false", "absent"])
@pytest.mark.parametrize("stream", [False, True])
def test_nobody_asked(client: httpx.Client, said: dict[str, Any], stream: bool) -> None:
    """Without `store`, and with null or false, nothing is stored, streamed or not."""
    answer = client.post(COMPLETIONS, json=body(stream=stream, metadata={"a": "b"}, **said))
    assert answer.status_code == 200
    if not stream:
        assert client.get(f"{COMPLETIONS}/{answer.json()['id']}").status_code == 404


@pytest.mark.parametrize("usage", [False, True])
def test_a_client_that_leaves_in_mid_stream(server: Server, client: httpx.Client, usage: bool) -> None:
    """A stream that the client closes before its end is not stored."""
    options = {"include_usage": usage}
    asked = body(script("Hel", PAUSE, "lo"), stream=True, store=True, stream_options=options)
    with client.stream("POST", COMPLETIONS, json=asked) as answer:
        lines = answer.iter_lines()  # kept: collecting it would close the connection
        assert "Hel" in "".join(next(lines) for _ in range(3))
        name = answer.headers["x-request-id"]
        assert name not in server.log.read_text()
    wait_for_end(server, answer)


def test_a_client_that_reads_no_further(server: Server) -> None:
    """A client that stops reading and then leaves has not got it all, so it is not stored."""
    small = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)]
    asked = body(script(*repeat("x" * 5000, 3000)), stream=True, store=True)
    with httpx.Client(
        base_url=server.url, transport=httpx.HTTPTransport(socket_options=small), timeout=LIMIT_S
    ) as client:
        with client.stream("POST", COMPLETIONS, json=asked) as answer:
            lines = answer.iter_lines()
            assert "xxx" in "".join(next(lines) for _ in range(3))
        wait_for_end(server, answer)
        assert [one["id"] for one in list_all(client)] == []


def test_a_client_that_leaves_before_its_answer(server: Server, client: httpx.Client) -> None:
    """A whole answer that the client does not wait for is not stored."""
    content = json.dumps(body(script("Hel", PAUSE, "lo"), store=True)).encode()
    head = f"POST {COMPLETIONS} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as leaving:
        leaving.sendall(f"{head}content-length: {len(content)}\r\n\r\n".encode() + content)
        for _ in range(3):
            client.post(COMPLETIONS, json=body())  # the server has been asked before, so it has begun
    wait_for(lambda: left_early(server))
    (line,) = left_early(server)
    assert '"completion": "chatcmpl-' in line


def left_early(server: Server) -> list[str]:
    """The log's lines of clients that left."""
    return [line for line in server.log.read_text().splitlines() if f"POST {COMPLETIONS} 499 " in line]


@pytest.mark.parametrize("code", FAULTS)
@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("stream", [False, True])
def test_an_engine_that_fails(client: httpx.Client, code: str, begun: bool, stream: bool) -> None:
    """A completion that fails, at once or after some text, is not stored."""
    events = ("Hel", FAULTS[code]) if begun else (FAULTS[code],)
    answer = client.post(COMPLETIONS, json=body(script(*events), store=True, stream=stream))
    if begun and stream:
        *_, error, done = frames(answer.text)
        assert (check_error(json.loads(error))["code"], done) == (code, "[DONE]")
    else:
        assert (answer.status_code, error_of(answer)["code"]) == (500, code)


@pytest.mark.parametrize("stream", [False, True])
def test_a_completion_that_takes_too_long(hurried: Server, stream: bool) -> None:
    """A completion that is stopped by `--request-timeout` is not stored."""
    with httpx.Client(base_url=hurried.url, timeout=LIMIT_S) as client:
        answer = client.post(COMPLETIONS, json=body(script("Hel", PAUSE, "lo"), store=True, stream=stream))
        assert code_at_end(answer) == "request_timeout"
        assert list_all(client) == []


def code_at_end(answer: httpx.Response) -> str | None:
    """The error's code of a whole answer, or of a stream."""
    if answer.status_code == 200:
        *_, error, done = frames(answer.text)
        assert done == "[DONE]"
        return str(check_error(json.loads(error))["code"])
    return str(error_of(answer)["code"])


@pytest.mark.parametrize("stream", [False, True])
def test_a_database_that_takes_too_long(tmp_path: Path, stream: bool) -> None:
    """A completion whose time runs out while the database is busy is told to have been stopped, and is not stored
    later.
    """
    with serve_scripted(tmp_path, "--request-timeout", f"{TIMEOUT_S}") as server:
        with (
            httpx.Client(base_url=server.url, timeout=LIMIT_S) as client,
            closing(sqlite3.connect(tmp_path / "data" / "antiphon.db", isolation_level=None)) as other,
        ):
            other.execute("BEGIN IMMEDIATE")
            answer = client.post(COMPLETIONS, json=body("late", store=True, stream=stream))
            assert code_at_end(answer) == "request_timeout"
            other.execute("ROLLBACK")
            asked = iter(lambda: client.post(COMPLETIONS, json=body("after", store=True)), None)
            after = next(answer.json()["id"] for answer in asked if answer.status_code == 200)
            assert [one["id"] for one in list_all(client)] == [after]
        check_log(server)


def test_a_stop_lets_streams_be_stored(tmp_path: Path) -> None:
    """After SIGTERM completions that are under way end as they should and are stored, and the process exits with 0."""
    slow = body(script("Hel", {"event": "pause", "seconds": 2}, "lo"), stream=True, store=True)
    with serve_scripted(tmp_path) as server, httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
        with ExitStack() as stack:
            streams = [stack.enter_context(client.stream("POST", COMPLETIONS, json=slow)) for _ in range(NUM_STREAMS)]
            pieces = [answer.iter_text() for answer in streams]
            texts = [next(piece) for piece in pieces]
            server.process.terminate()
            wait_for(lambda: client.get("/health").status_code == 503)
            texts = ["".join(chain((text,), piece)) for text, piece in zip(texts, pieces, strict=True)]
        assert server.process.wait(LIMIT_S) == 0
        check_log(server)
    assert all('"finish_reason":"stop"' in frames(text)[-2] and frames(text)[-1] == "[DONE]" for text in texts)
    names = {json.loads(frames(text)[0])["id"] for text in texts}
    with serve_scripted(tmp_path) as server, httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
        found = list_all(client)
    assert {one["id"] for one in found} == names
    assert {one["choices"][0]["message"]["content"] for one in found} == {"Hello"}


def test_a_stop_that_is_told_twice(tmp_path: Path) -> None:
    """A second signal ends the server at once: what was under way is not stored, and the log has no traceback."""
    slow = body(script("Hel", PAUSE, "lo"), stream=True, store=True)
    with doomed(tmp_path) as server, httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
        with client.stream("POST", COMPLETIONS, json=slow) as answer:
            pieces = answer.iter_text()  # kept: collecting it would close the connection
            next(pieces)
            server.process.terminate()
            wait_for(lambda: client.get("/health").status_code == 503)
            server.process.terminate()
            assert server.process.wait(LIMIT_S) == 0
        assert "Traceback" not in server.log.read_text()
    with serve_scripted(tmp_path) as server, httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
        assert list_all(client) == []


def test_a_stop_that_waits_no_longer(tmp_path: Path) -> None:
    """What `--drain-timeout` cuts off is not stored; the process still exits with 0, and the log has no traceback."""
    slow = body(script("Hel", PAUSE, "lo"), stream=True, store=True)
    with doomed(tmp_path, "--drain-timeout", "0.2") as server:
        with httpx.stream("POST", server.url + COMPLETIONS, json=slow, timeout=LIMIT_S) as answer:
            pieces = answer.iter_text()  # kept: collecting it would close the connection
            next(pieces)
            server.process.terminate()
            assert server.process.wait(LIMIT_S) == 0
        assert "Traceback" not in server.log.read_text()
    with serve_scripted(tmp_path) as server, httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
        assert list_all(client) == []
