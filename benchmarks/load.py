"""One round of load on one server: some streams at once, each sending its requests one after another.

It does not know how many rounds there are, in which order the servers take their turns, or what the figures mean.
Invariant: every request sent gives one reply in the round, failed or not.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from antiphon.bench.client import Server, open_client, open_single_use_client, stream_reply
from antiphon.bench.reply import Reply

# Prompts of one round: a list for each stream.
Prompts = Sequence[Sequence[str]]


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


async def run_round(
    server: Server,
    prompts: Prompts,
    *,
    run: int,
    generation: Generation,
    on_reply: Callable[[], object],
    single_use: bool = False,
) -> Round:
    """Keep one stream going for each list of prompts until all lists are done. single_use: a connection for each
    request.
    """
    replies: list[Reply] = []

    async def run_stream(bodies: list[dict[str, Any]]) -> None:
        for body in bodies:
            replies.append(await stream_reply(client, body, timeout_s=generation.timeout_s))
            on_reply()

    streams = [[generation.build_body(server.model, prompt) for prompt in stream] for stream in prompts]
    async with open_single_use_client(server) if single_use else open_client(server) as client:
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
        raise server.no_answer("the warm-up request", reason=reply.error)
