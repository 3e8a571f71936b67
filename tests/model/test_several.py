"""Several models, each with a worker of its own: loaded when they are needed, unloaded when there is no room."""

import contextlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from tests.model.plain import NEVER_END
from tests.model.processes import Server, runs, serve, wait_for

COMPLETIONS = "/v1/chat/completions"
TWO = ("--model", "a=smollm2", "--model", "b=smollm2", "--alias", "gpt-*=b")
SMALL = ("--parallel", "2", "--context", "512", "--cache-bytes", "0", "--flash-attention", "on")
ROOM_FOR_ONE = ("--memory-limit", "320M")


def body(model: str, max_tokens: int = 3, **fields: Any) -> dict[str, Any]:
    """A request for exactly that many tokens."""
    messages = [{"role": "user", "content": "hi"}]
    return {"model": model, "messages": messages, "max_tokens": max_tokens, "logit_bias": NEVER_END, **fields}


def client(server: Server) -> httpx.Client:
    """Who asks it."""
    return httpx.Client(base_url=server.url, timeout=120)


def lengths(http: httpx.Client) -> dict[str, int | None]:
    """The context of each model, None where it is not known yet."""
    return {model["id"]: model["context_length"] for model in http.get("/v1/models").json()["data"]}


def told(server: Server) -> list[str]:
    """What the server has said of its models."""
    return re.findall(r"^[ab] is (?:ready|unloaded to make room for [ab])", server.log.read_text(), re.MULTILINE)


def leave(server: Server, request: dict[str, Any], *, after_s: float) -> None:
    """Ask, and hang up so much later, unless it is answered before."""
    with contextlib.suppress(httpx.TransportError):
        httpx.post(f"{server.url}{COMPLETIONS}", json=request, timeout=after_s)


def test_loaded_at_first_use(folder: Path) -> None:
    """Only the first model is loaded at start. Many who ask for the other at once wait for one load of it."""
    with serve(folder, *TWO, *SMALL) as server, client(server) as http, ThreadPoolExecutor(4) as threads:
        (default,) = server.workers
        assert lengths(http) == {"a": 512, "b": None}
        assert http.get("/v1/models/gpt-4o").json()["context_length"] is None
        answers = list(threads.map(lambda model: http.post(COMPLETIONS, json=body(model)), ["b", "gpt-4o", "b", "b"]))
        assert [(answer.status_code, answer.json()["model"]) for answer in answers] == [(200, "b")] * 4
        assert len(server.workers) == 2 and default in server.workers
        assert lengths(http) == {"a": 512, "b": 512}
        assert told(server) == ["a is ready", "b is ready"]


def test_loaded_at_start(folder: Path) -> None:
    """`--preload` loads all before the server says that it is ready to be used."""
    with serve(folder, *TWO, *SMALL, "--preload") as server, client(server) as http:
        wait_for(lambda: "Base URL" in server.log.read_text())
        assert lengths(http) == {"a": 512, "b": 512}
        assert len(server.workers) == 2


def test_unloaded_and_loaded_again(folder: Path) -> None:
    """Where there is room for one, each goes for the other and comes again; all know what they knew of it."""
    with serve(folder, *TWO, *SMALL, *ROOM_FOR_ONE) as server, client(server) as http:
        workers = [server.workers[0]]
        answers = []
        for model in ("a", "b", "a"):
            answers.append(http.post(COMPLETIONS, json=body(model, temperature=0)).json())
            workers += server.workers
            assert len(server.workers) == 1
            assert http.get("/health").status_code == 200
        assert len(set(workers)) == 3 and [runs(worker) for worker in sorted(set(workers))].count(True) == 1
        assert len({answer["choices"][0]["message"]["content"] for answer in answers}) == 1
        assert answers[0]["system_fingerprint"] == answers[2]["system_fingerprint"]
        assert lengths(http) == {"a": 512, "b": 512}
        wait_for(lambda: len(told(server)) == 5)
        assert told(server) == [
            "a is ready", "a is unloaded to make room for b", "b is ready", "b is unloaded to make room for a",
            "a is ready",
        ]  # fmt: skip


def test_a_running_answer_keeps_its_model(folder: Path) -> None:
    """A stream goes on to its end while others wait for its room; one who leaves takes nobody along."""
    with (
        serve(folder, *TWO, *SMALL, *ROOM_FOR_ONE) as server,
        client(server) as http,
        ThreadPoolExecutor() as threads,
        http.stream("POST", COMPLETIONS, json=body("a", 400, stream=True)) as stream,
    ):
        lines = (line.removeprefix("data: ") for line in stream.iter_lines() if line)
        next(lines)
        waiting = [threads.submit(http.post, COMPLETIONS, json=body("b")) for _ in range(2)]
        leave(server, body("b"), after_s=0.2)
        *_, last, done = lines
        assert (json.loads(last)["choices"][0]["finish_reason"], done) == ("length", "[DONE]")
        assert [answer.result().status_code for answer in waiting] == [200, 200]


def test_clients_that_leave_at_any_time(folder: Path) -> None:
    """However early or late clients leave, nothing of theirs stays behind that would keep a model in memory."""
    with serve(folder, *TWO, *SMALL, *ROOM_FOR_ONE) as server, client(server) as http:
        for model, other in (("a", "b"), ("b", "a")):
            for number in range(40):
                leave(server, body(model, 50, stream=bool(number % 2)), after_s=0.005 * (number + 1))
            leave(server, body(other), after_s=0.5)
            assert http.post(COMPLETIONS, json=body(other)).status_code == 200
        assert len(server.workers) == 1


def test_a_model_over_the_limit(folder: Path) -> None:
    """The default model over the limit is one sentence at start."""
    server = Server(folder, "--memory-limit", "200M")
    try:
        assert server.process.wait(30) == 1
    finally:
        server.kill()
    (said,) = server.log.read_text().strip().splitlines()[-1:]
    assert re.match(
        r"antiphon: The model 'smollm2' takes about [\d,]+ bytes of memory, more than the 209,715,200", said
    )
