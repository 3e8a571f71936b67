"""PostgreSQL goes away under a running server, and comes back: what needs it says so meanwhile, all else goes on."""

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, check_error, error_of, frames, wait_for
from tests.contract.processes import check_log, doomed, list_all, refuse, run_command, serve_scripted
from tests.model.processes import Server, children_of
from tests.postgres import Postgres

LIMIT_S = 30.0
FEW_S = 30.0
NUM_AT_ONCE = 24
"""More than there are connections."""


@pytest.fixture(scope="module")
def database_url(postgres: Postgres) -> str:
    """A new database."""
    return postgres.create_database()


@pytest.fixture(scope="module")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server that lives through it all."""
    with serve_scripted(tmp_path_factory.mktemp("lost"), "--database-url", database_url) as server:
        yield server
    check_log(server)


@pytest.fixture(scope="module")
def key(database_url: str, server: Server) -> str:
    """A key in the database that may do everything, made while the server runs, which knows of it soon."""
    made = run_command("keys", "create", "--scope", "admin", "--database-url", database_url).strip()
    wait_for(lambda: httpx.get(f"{server.url}/v1/models").status_code == 401)
    return made


@pytest.fixture
def client(server: Server, key: str) -> Iterator[httpx.Client]:
    """Who asks it with the key."""
    headers = {"authorization": f"Bearer {key}"}
    with httpx.Client(base_url=server.url, timeout=LIMIT_S, headers=headers) as client:
        yield client


@contextmanager
def without(postgres: Postgres) -> Iterator[None]:
    """PostgreSQL is stopped, and runs again afterwards."""
    postgres.stop()
    try:
        yield
    finally:
        postgres.start()


def store(client: httpx.Client, **fields: object) -> str:
    """The id of a completion that was stored."""
    answer = client.post(COMPLETIONS, json=body(store=True, **fields))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def check_unavailable(answer: httpx.Response, code: str, param: str | None) -> None:
    """503 with an error object, when to ask again, and within a time that a person bears."""
    error = error_of(answer)
    assert (answer.status_code, error["code"], error["param"]) == (503, code, param), answer.text
    assert error["type"] == "server_error"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.elapsed.total_seconds() < FEW_S


def test_what_needs_it_says_so(postgres: Postgres, client: httpx.Client) -> None:
    """While PostgreSQL is stopped a completion that is to be stored is answered 503 `completion_not_stored`, and the
    operations on stored ones 503 `store_unavailable`, each soon; when it is back the same server does all of it.
    """
    name = store(client, metadata={"job": "lost"})
    place = f"{COMPLETIONS}/{name}"
    with without(postgres):
        for _ in range(2):
            check_unavailable(client.post(COMPLETIONS, json=body(store=True)), "completion_not_stored", "store")
            for path in (COMPLETIONS, f"{COMPLETIONS}?after={name}", place, f"{place}/messages"):
                check_unavailable(client.get(path), "store_unavailable", None)
            check_unavailable(client.post(place, json={"metadata": {}}), "store_unavailable", None)
            check_unavailable(client.delete(place), "store_unavailable", None)
    assert [one["id"] for one in list_all(client, job="lost")] == [name]
    assert store(client) in {one["id"] for one in list_all(client)}
    assert client.get(f"{place}/messages").json()["data"][0]["content"] == "Hello there"
    assert client.post(place, json={"metadata": {"job": "found"}}).json()["metadata"] == {"job": "found"}
    assert client.delete(place).json()["deleted"] is True


def test_a_stream_says_so(postgres: Postgres, client: httpx.Client) -> None:
    """A stream that cannot be stored brings its text, then an error, then [DONE]."""
    with without(postgres):
        began = time.monotonic()
        answer = client.post(COMPLETIONS, json=body(store=True, stream=True))
        assert time.monotonic() - began < FEW_S
    *chunks, error, done = frames(answer.text)
    assert "".join(json.loads(chunk)["choices"][0]["delta"].get("content", "") for chunk in chunks) == "Hello there"
    told = check_error(json.loads(error))
    assert (told["code"], told["param"], done) == ("completion_not_stored", "store", "[DONE]")
    assert "produced but not stored" in told["message"]


def test_what_does_not_need_it_goes_on(postgres: Postgres, server: Server, client: httpx.Client) -> None:
    """While PostgreSQL is stopped keys that were used count, others do not, and completions are as always."""
    with without(postgres):
        for _ in range(3):
            for stream in (False, True):
                answer = client.post(COMPLETIONS, json=body(stream=stream))
                assert answer.status_code == 200 and "error" not in answer.text
                assert answer.elapsed.total_seconds() < FEW_S
            assert client.get("/v1/models").status_code == 200
            assert httpx.get(f"{server.url}/health").status_code == 200
            assert httpx.post(f"{server.url}{COMPLETIONS}", json=body()).status_code == 401
            wrong = {"authorization": "Bearer another"}
            assert client.post(COMPLETIONS, json=body(), headers=wrong).status_code == 401


def test_many_find_it_gone(postgres: Postgres, client: httpx.Client) -> None:
    """Many that ask at once are all told soon; none of them takes what others need when it is back."""
    asked = body(store=True, metadata={"job": "many"})

    def ask(_: int) -> httpx.Response:
        return client.post(COMPLETIONS, json=asked)

    with ThreadPoolExecutor(NUM_AT_ONCE) as pool:
        with without(postgres):
            for answer in pool.map(ask, range(2 * NUM_AT_ONCE)):
                check_unavailable(answer, "completion_not_stored", "store")
        assert [answer.status_code for answer in pool.map(ask, range(2 * NUM_AT_ONCE))] == [200] * 2 * NUM_AT_ONCE
    assert len(list_all(client, job="many")) == 2 * NUM_AT_ONCE


def test_it_comes_and_goes(postgres: Postgres, client: httpx.Client) -> None:
    """However often PostgreSQL is started anew between two requests, nobody notices."""
    for number in range(3):
        name = store(client, metadata={"number": f"{number}"})
        with without(postgres):
            pass
        assert client.get(f"{COMPLETIONS}/{name}").json()["metadata"] == {"number": f"{number}"}


def test_connections_are_ended(postgres: Postgres, database_url: str, client: httpx.Client) -> None:
    """Nor does anybody notice when it ends all connections of the server."""
    ended = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '{}'"
    for _ in range(2):
        with ThreadPoolExecutor(NUM_AT_ONCE) as pool:
            list(pool.map(lambda _: client.get(COMPLETIONS), range(NUM_AT_ONCE)))
        assert int(postgres.sql(ended.format(database_url.rpartition("/")[2]))) > 1
        name = store(client)
        assert client.delete(f"{COMPLETIONS}/{name}").status_code == 200


@contextmanager
def hanging(postgres: Postgres) -> Iterator[None]:
    """PostgreSQL is there and does nothing, as behind a network that has failed."""
    pid = int((postgres.folder / "data" / "postmaster.pid").read_text().split()[0])
    pids = (pid, *children_of(pid))
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_it_does_not_answer(postgres: Postgres, client: httpx.Client) -> None:
    """When PostgreSQL neither answers nor ends, what needs it is told after a while, and what does not goes on."""
    asked = {**body(), "store": True}
    store(client)
    with ThreadPoolExecutor() as pool, hanging(postgres):
        stored, read = pool.submit(client.post, COMPLETIONS, json=asked), pool.submit(client.get, COMPLETIONS)
        assert client.post(COMPLETIONS, json=body()).status_code == 200
        assert (stored.result().status_code, error_of(stored.result())["code"]) == (503, "completion_not_stored")
        assert (read.result().status_code, error_of(read.result())["code"]) == (503, "store_unavailable")
        plain = client.post(COMPLETIONS, json=body())
        assert plain.status_code == 200 and plain.elapsed.total_seconds() < FEW_S
    assert store(client) in {one["id"] for one in list_all(client)}


def test_a_stop_while_it_does_not_answer(postgres: Postgres, tmp_path: Path) -> None:
    """A server that is told to stop does so soon, though PostgreSQL does not take leave of it."""
    with doomed(tmp_path, "--database-url", postgres.create_database()) as server:
        with httpx.Client(base_url=server.url, timeout=LIMIT_S) as client, ThreadPoolExecutor(NUM_AT_ONCE) as pool:
            answers = list(pool.map(lambda _: client.get(COMPLETIONS), range(NUM_AT_ONCE)))
        assert {answer.status_code for answer in answers} == {200}
        with hanging(postgres):
            server.process.terminate()
            assert server.process.wait(LIMIT_S) == 0
        check_log(server)


def test_a_start_without_it(postgres: Postgres, database_url: str, tmp_path: Path) -> None:
    """A server that does not find its database does not start, and says so in one sentence."""
    with without(postgres):
        told = refuse(tmp_path, "--database-url", database_url)
    assert "cannot be opened" in told and str(postgres.port) in told


def test_the_key_outlives_it_all(database_url: str, key: str) -> None:
    """A key that was made before is there after every stop of PostgreSQL."""
    assert f"…{key[-4:]}" in run_command("keys", "list", "--database-url", database_url)
