"""One round of load on one server: some streams at once, each sending its requests one after another.

Also the few questions asked before: which model, how long is a prompt in tokens. It does not know how many rounds
there are, in which order the servers take their turns, or what the figures mean.
Invariant: every request sent gives one reply in the round, failed or not.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from reply import Reply

# Prompts of one round: a list for each stream.
Prompts = Sequence[Sequence[str]]


class NoAnswerError(Exception):
    """A server could not be asked at all; the message is one sentence."""

    def __init__(self, server: "Server", question: str, *, reason: str) -> None:
        super().__init__(f"{server.name} at {server.base_url} did not answer {question}: {reason}")


@dataclass(frozen=True)
class Server:
    """Whom to ask; `base_url` includes /v1, `model` is empty until known."""

    name: str
    base_url: str
    model: str
    api_key: str | None


@dataclass(frozen=True)
class Generation:
    """How long the replies are to be and how they are sampled: the same for all servers."""

    output_tokens: int
    temperature: float
    banned_tokens: tuple[int, ...]
    timeout_s: float

    def build_body(self, model: str, prompt: str) -> dict[str, Any]:
        """A request body without anything that OpenAI's API does not have: no `ignore_eos`."""
        body: dict[str, Any] = {
            "model": model,
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": self.output_tokens,
            "temperature": self.temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self.banned_tokens:
            body["logit_bias"] = {str(token): -100 for token in self.banned_tokens}
        return body


@dataclass(frozen=True)
class Round:
    """What one round gave; `client_cpu_s` is the time this process itself took from the server it measures."""

    server: Server
    concurrency: int
    run: int
    started_s: float
    wall_s: float
    client_cpu_s: float
    replies: list[Reply]


def open_client(server: Server) -> httpx.AsyncClient:
    """No limit on connections, and no proxy from the environment: it would be measured too."""
    return httpx.AsyncClient(
        base_url=server.base_url,
        headers={"Authorization": f"Bearer {server.api_key}"} if server.api_key else {},
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
        timeout=httpx.Timeout(None, connect=10.0),
        trust_env=False,
    )


async def stream_reply(client: httpx.AsyncClient, body: dict[str, Any], *, timeout_s: float) -> Reply:
    """Send one request and read its reply; whatever goes wrong is noted in the reply."""
    reply = Reply(started_s=time.perf_counter())
    try:
        async with asyncio.timeout(timeout_s), client.stream("POST", "/chat/completions", json=body) as response:
            if response.status_code != httpx.codes.OK:
                reply.fail(f"HTTP {response.status_code}: {(await response.aread()).decode(errors='replace')}")
            else:
                async for data in response.aiter_bytes():
                    reply.feed(data, time.perf_counter())
    except TimeoutError:
        reply.fail(f"not finished within {timeout_s:g} s")
    except httpx.HTTPError as error:
        reply.fail(f"{type(error).__name__}: {str(error) or 'no details'}")
    reply.finish(time.perf_counter())
    return reply


async def run_round(
    server: Server, prompts: Prompts, *, run: int, generation: Generation, on_reply: Callable[[], object]
) -> Round:
    """Keep one stream going for each list of prompts until all lists are done."""
    replies: list[Reply] = []

    async def run_stream(bodies: list[dict[str, Any]]) -> None:
        for body in bodies:
            replies.append(await stream_reply(client, body, timeout_s=generation.timeout_s))
            on_reply()

    streams = [[generation.build_body(server.model, prompt) for prompt in stream] for stream in prompts]
    async with open_client(server) as client:
        started_s, cpu_s = time.perf_counter(), time.process_time()
        async with asyncio.TaskGroup() as group:
            for bodies in streams:
                group.create_task(run_stream(bodies))
        wall_s, cpu_s = time.perf_counter() - started_s, time.process_time() - cpu_s
    return Round(server, len(streams), run, started_s, wall_s, cpu_s, replies)


async def warm_up(server: Server, prompt: str, *, generation: Generation) -> None:
    """One request outside the measurement, which must succeed."""
    async with open_client(server) as client:
        body = generation.build_body(server.model, prompt)
        reply = await stream_reply(client, body, timeout_s=generation.timeout_s)
    if reply.error:
        raise NoAnswerError(server, "the warm-up request", reason=reply.error)


async def find_model(server: Server, *, timeout_s: float) -> str:
    """The first model the server lists."""
    answer = await _ask(server, "GET /models", body=None, timeout_s=timeout_s)
    try:
        return str(answer["data"][0]["id"])
    except (TypeError, LookupError) as error:
        raise NoAnswerError(
            server, "GET /models", reason="it lists no model; name one by --model or --model-b"
        ) from error


async def count_prompt_tokens(server: Server, prompt: str, *, timeout_s: float) -> int:
    """How many tokens the prompt and the server's chat template make together."""
    body = {"model": server.model, "messages": [{"role": "user", "content": prompt}], "max_tokens": 1}
    answer = await _ask(server, "POST /chat/completions", body=body, timeout_s=timeout_s)
    try:
        return int(answer["usage"]["prompt_tokens"])
    except (TypeError, LookupError) as error:
        raise NoAnswerError(server, "with usage.prompt_tokens", reason="the length of prompts is not known") from error


async def _ask(server: Server, question: str, *, body: dict[str, Any] | None, timeout_s: float) -> Any:
    method, path = question.split()
    try:
        async with asyncio.timeout(timeout_s), open_client(server) as client:
            response = await client.request(method, path, json=body)
        response.raise_for_status()
        return response.json()
    except httpx.HTTPStatusError as error:
        reason = f"HTTP {error.response.status_code}: {' '.join(error.response.text.split())[:300]}"
        raise NoAnswerError(server, question, reason=reason) from error
    except TimeoutError as error:
        raise NoAnswerError(server, question, reason=f"nothing within {timeout_s:g} s") from error
    except (httpx.HTTPError, ValueError) as error:
        raise NoAnswerError(server, question, reason=str(error) or type(error).__name__) from error
