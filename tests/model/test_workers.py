"""Several API processes with the real engine: they share its worker, its queue and the memory that models may take."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.contract.several import Stream, api_pids, one_client_each, wait_for_new
from tests.model.plain import NEVER_END
from tests.model.processes import START_LIMIT_S, Server, runs, serve, wait_for

COMPLETIONS = "/v1/chat/completions"
TWO = ("--workers", "2")
SMALL = ("--parallel", "2", "--context", "512", "--cache-bytes", "0", "--flash-attention", "on")
MODELS = ("--model", "a=smollm2", "--model", "b=smollm2", "--memory-limit", "320M")


def body(max_tokens: int = 3, model: str = "smollm2", **fields: Any) -> dict[str, Any]:
    """A request for exactly that many tokens."""
    messages = [{"role": "user", "content": "hi"}]
    return {"model": model, "messages": messages, "max_tokens": max_tokens, "logit_bias": NEVER_END, **fields}


@contextmanager
def serve_two(folder: Path, *flags: str) -> Iterator[tuple[Server, dict[int, httpx.Client]]]:
    """A server of two processes with a loaded model, and a client of each."""
    with serve(folder, *TWO, *SMALL, *flags) as server:
        wait_for(lambda: "Base URL" in server.log.read_text())
        with one_client_each(server) as clients:
            yield server, clients


def test_one_worker(folder: Path) -> None:
    """Two processes answer with one worker, alike, and know the same of the model."""
    with serve_two(folder) as (server, clients):
        assert len(server.workers) == 1
        answers = [client.post(COMPLETIONS, json=body(8, temperature=0)).json() for client in clients.values()]
        assert len({answer["choices"][0]["message"]["content"] for answer in answers}) == 1
        assert len({answer["system_fingerprint"] for answer in answers}) == 1
        told = [client.get("/v1/models").json()["data"][0] for client in clients.values()]
        assert [model["context_length"] for model in told] == [512, 512]
        assert server.log.read_text().count("smollm2 is ready: 512 tokens of context") == 1


def test_a_killed_worker(folder: Path) -> None:
    """When the worker dies the streams of all processes end with an error, and a new one answers all of them."""
    with serve_two(folder) as (server, clients), ThreadPoolExecutor() as threads:
        killed, pids = server.worker, api_pids(server)
        streams = [Stream(threads, client, body(450)) for client in clients.values()]
        assert killed
        os.kill(killed, signal.SIGKILL)
        assert [stream.error for stream in streams] == ["engine_crashed"] * 2
        answers = [client.post(COMPLETIONS, json=body()) for client in clients.values()]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert server.worker not in (killed, None) and api_pids(server) == pids


def test_a_killed_process(folder: Path) -> None:
    """What a process that dies had under way is computed no further: its place in the worker is free."""
    with serve_two(folder, "--parallel", "1", "--queue", "0") as (server, clients), ThreadPoolExecutor() as threads:
        killed, kept = clients
        Stream(threads, clients[killed], body(450))
        assert clients[kept].post(COMPLETIONS, json=body()).status_code == 429
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: clients[kept].post(COMPLETIONS, json=body()).status_code == 200)
        assert len(server.workers) == 1


def when_refused(client: httpx.Client) -> httpx.Response:
    """The answer to a request that finds the queue full. One that would wait gives its place up again."""
    answers: list[httpx.Response] = []

    def ask() -> bool:
        with suppress(httpx.ReadTimeout):
            answers.append(client.post(COMPLETIONS, json=body(), timeout=0.5))
        return any(answer.status_code == 429 for answer in answers)

    wait_for(ask)
    return answers[-1]


def until_taken(client: httpx.Client) -> httpx.Response:
    """The answer to a request that is made again while the queue is full, perhaps with somebody who gives up soon."""
    while (answer := client.post(COMPLETIONS, json=body())).status_code == 429:
        pass
    return answer


def test_one_queue(folder: Path) -> None:
    """`--queue` counts those who wait in all processes together."""
    with serve_two(folder, "--parallel", "1", "--queue", "1") as (_, clients), ThreadPoolExecutor() as threads:
        first, second = clients.values()
        running = Stream(threads, first, body(450))
        with httpx.Client(base_url=first.base_url, timeout=60) as third:
            waiting = threads.submit(until_taken, second)
            refused = when_refused(third)
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "queue_full")
        assert running.reason == "length" and waiting.result().status_code == 200


def test_one_memory(folder: Path) -> None:
    """Under `--memory-limit` a model stays for the stream of one process while the other waits for its room; then it
    goes, and all processes know of it.
    """
    with serve_two(folder, *MODELS) as (server, clients), ThreadPoolExecutor() as threads:
        first, second = clients.values()
        running = Stream(threads, first, body(400, "a"))
        waiting = threads.submit(second.post, COMPLETIONS, json=body(3, "b"))
        assert running.reason == "length"
        assert waiting.result().json()["model"] == "b"
        assert len(server.workers) == 1
        for client in clients.values():
            assert [model["context_length"] for model in client.get("/v1/models").json()["data"]] == [512, 512]
            assert client.get("/health").status_code == 200
        assert first.post(COMPLETIONS, json=body(3, "a")).status_code == 200
        told = server.log.read_text()
        assert told.count("a is unloaded to make room for b") == told.count("b is unloaded to make room for a") == 1


def test_who_leaves_holds_nothing(folder: Path) -> None:
    """A process that dies while it uses a model, or waits for one, keeps none in memory."""
    with serve_two(folder, *MODELS) as (server, clients), ThreadPoolExecutor() as threads:
        killed, kept = clients
        Stream(threads, clients[killed], body(450, "a"))
        os.kill(killed, signal.SIGKILL)
        assert clients[kept].post(COMPLETIONS, json=body(3, "b")).status_code == 200
        assert len(server.workers) == 1


def test_a_rolling_restart(folder: Path) -> None:
    """SIGHUP leaves the worker alone: streams go on through it, and the new processes answer with the same one."""
    with serve_two(folder) as (server, clients), ThreadPoolExecutor() as threads:
        worker, old = server.worker, api_pids(server)
        streams = [Stream(threads, client, body(450)) for client in clients.values()]
        server.process.send_signal(signal.SIGHUP)
        assert [stream.reason for stream in streams] == ["length"] * 2
        wait_for_new(server, old, 2)
        assert server.worker == worker
        with one_client_each(server) as new:
            assert [client.post(COMPLETIONS, json=body()).status_code for client in new.values()] == [200, 200]


def test_a_killed_supervisor(folder: Path) -> None:
    """When the supervisor is killed its processes and the worker end, though they are in the middle of something."""
    server = Server(folder, *TWO, *SMALL)
    try:
        server.wait_until_ready()
        wait_for(lambda: "Base URL" in server.log.read_text())
        everybody = {*api_pids(server), *server.workers}
        assert len(everybody) == 3
        with ThreadPoolExecutor() as threads, httpx.Client(base_url=server.url, timeout=60) as client:
            cut = Stream(threads, client, body(450))
            server.kill()
            wait_for(lambda: not any(map(runs, everybody)))
            assert cut.text.exception() or cut.error, "by whoever ended first, its process or the worker"
    finally:
        server.kill()


def test_a_model_that_cannot_be(folder: Path) -> None:
    """A model that is none, or is too large, is one sentence and status 1, and nothing is left."""
    (folder / "broken.gguf").write_bytes(b"GGUF, but no more")
    for flags, words in ((("--model", "m=broken.gguf"), "broken.gguf"), (("--memory-limit", "200M"), "takes about")):
        server = Server(folder, *TWO, *flags)
        try:
            assert server.process.wait(START_LIMIT_S) == 1
        finally:
            server.kill()
        told = server.log.read_text()
        (sentence,) = [line for line in told.splitlines() if line.startswith("antiphon: ")]
        assert words in sentence and told.endswith(f"{sentence}\n")
        assert "Traceback" not in told and "ERROR" not in told
