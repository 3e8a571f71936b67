"""The official Python and Node packages run the same script of calls, each with a base URL and a key and nothing else
that it would not have with OpenAI.
"""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from antiphon.engine.pool import Pool
from tests.contract.live import serve, wait_for
from tests.contract.packages.script import KEY, SCRIPT
from tests.contract.packages.transcript import RUNNERS, Record, Run, choices_of, needs_node, pieces_of, run, usage_of
from tests.contract.packages.words import Call
from tests.contract.test_stream_faults import WatchedEngine

pytestmark = needs_node
CALLS = {f"{call.name}, {way}": call for call in SCRIPT for way in call.ways}


class Relay(socketserver.ThreadingTCPServer):
    """Hands connections on to a server, and counts them."""

    daemon_threads = True

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        super().__init__(("127.0.0.1", 0), Connection)
        self.place = (host, int(port))
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1"
        self.num_connections = 0


class Connection(socketserver.BaseRequestHandler):
    """One of them."""

    def handle(self) -> None:
        """Both ways, until one side is done."""
        assert isinstance(self.server, Relay)
        self.server.num_connections += 1
        with socket.create_connection(self.server.place) as upstream:
            back = threading.Thread(target=pump, args=(upstream, self.request), daemon=True)
            back.start()
            pump(self.request, upstream)
            back.join()


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Everything from one to the other, then the end of it."""
    sink.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def engine() -> WatchedEngine:
    """It knows whether anybody is still being answered."""
    return WatchedEngine()


@pytest.fixture(scope="module")
def url(engine: WatchedEngine) -> Iterator[str]:
    """A server that asks for a key, with two models and an alias."""
    with serve(Pool({"smollm2": engine, "second": WatchedEngine()}, {"gpt-*": "smollm2"}), api_key=[KEY]) as url:
        yield url


@pytest.fixture(scope="module")
def num_connections() -> dict[str, int]:
    """What each package needed."""
    return {}


@pytest.fixture(scope="module")
def runs(url: str, num_connections: dict[str, int]) -> dict[str, Run]:
    """The whole script, by each package."""
    runs = {}
    for package in RUNNERS:
        with Relay(url) as relay:
            threading.Thread(target=relay.serve_forever, args=(0.01,), daemon=True).start()
            runs[package] = run(package, SCRIPT, base_url=relay.url, key=KEY)
            relay.shutdown()
            num_connections[package] = relay.num_connections
    return runs


@pytest.mark.parametrize("name", CALLS)
def test_both_packages_get_the_same(runs: dict[str, Run], name: str) -> None:
    """What comes of a call is the same in Python and in Node: field for field, or in all that an application reads
    where the package puts the answer together itself.
    """
    python, node = (dict(runs[package][name]) for package in RUNNERS)
    if "answer" in python and name.endswith((", helper", ", parse")):
        python["answer"], node["answer"] = choices_of(python), choices_of(node)
    assert python == node


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("package", RUNNERS)
def test_a_call_gets_what_it_should(runs: dict[str, Run], package: str, name: str) -> None:
    """Every way to make a call gives the same text, calls, ends, tokens and errors: whole, in chunks, by the helper."""
    record, call = runs[package][name], CALLS[name]
    check_error(record.get("error"), call.error)
    if pieces_of(record):
        check_answer(record, call)
    if call.events is not None and "events" in record:
        assert record["events"] == call.events
    if call.headers is not None and "headers" in record:
        assert (record["status"], record["headers"]) == (200, call.headers)
    if call.models is not None:
        assert [model["id"] for model in record["models"]] == call.models
    if call.kept is not None:
        check_kept(record["kept"], call.kept)


def check_kept(kept: Record, expected: Record) -> None:
    """A stored completion from its retrieval to its end."""
    assert [message["content"] for message in kept["messages"]] == expected["messages"]
    assert kept["retrieved"]["choices"][0]["message"]["content"] == expected["content"]
    assert kept["updated"] == kept["retrieved"] | {"metadata": expected["metadata"]}
    assert kept["listed"] == [kept["updated"]]
    assert kept["deleted"] == {"id": kept["updated"]["id"], "object": "chat.completion.deleted", "deleted": True}
    assert kept["left"] == []


def check_answer(record: Record, call: Call) -> None:
    """What is read, counted and told beside it."""
    assert call.choices is None or choices_of(record) == call.choices
    assert call.usage is None or usage_of(record) == call.usage
    assert all(piece.items() >= (call.fields or {}).items() for piece in pieces_of(record))


def check_error(error: Record | None, expected: Record | None) -> None:
    """The package's class, the fields of the error object, and the id of the request."""
    assert (error is None) == (expected is None), error
    if error is not None and expected is not None:
        assert error.items() >= expected.items()
        assert error["message"]
        assert error["request_id"] == (error["status"] and "req_0")


def test_connections_are_kept(runs: dict[str, Run], num_connections: dict[str, int]) -> None:
    """Connections are used again, after errors too. Node goes on with two, and needs another where it gives up an
    answer in the middle; Python's synchronous client gives up the connection of every stream once it has read [DONE].
    """
    streams = [name for name, record in runs["Python"].items() if "chunks" in record or "events" in record]
    broken = [name for name in CALLS if name.startswith(("a fault in mid-stream", "gone after the first chunk"))]
    assert num_connections["Python"] <= 1 + len(streams) < len(CALLS) - 30
    assert num_connections["Node"] <= 2 + len(broken)


def test_who_leaves_is_not_answered_on(runs: dict[str, Run], engine: WatchedEngine) -> None:
    """A package that leaves in mid-stream ends the work, and the calls after it are served."""
    assert runs
    wait_for(lambda: engine.num_open == 0)
