"""What the wire contract costs: reading requests, and making chunks. `python benchmarks/contract.py`

Each figure stands beside the budget that the project gave itself. No model: what is timed is what stands between a
body's bytes and a conversation, and between an engine's event and a chunk's bytes; and, last, all that the server does
for a chunk of the scripted engine until it is in the socket, by its CPU time.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import click
import httpx
from rich.console import Console
from rich.table import Table
from starlette.types import Message

from antiphon.bench.machine import describe_cpu
from antiphon.completion.assemble import Assembler, Envelope
from antiphon.completion.conversation import build_conversation
from antiphon.completion.review import review
from antiphon.engine.events import Text
from antiphon.schema.request.parse import parse_create
from antiphon.server.sse import render_chunk
from scripted import cpu_seconds, scripted_server

WORDS = "The quick brown fox jumps over the lazy dog and runs away from it. "
PLACE = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [
    {"type": "function", "function": {"name": name, "description": WORDS, "parameters": PLACE, "strict": True}}
    for name in ("get_weather", "get_time")
]


def build_body(num_messages: int) -> bytes:
    """An agent's request: text in both forms, calls and their results, two tools, some sampling."""
    call = {"id": "call_1", "type": "function", "function": {"name": "get_time", "arguments": '{"city": "Rome"}'}}
    cycle: list[dict[str, Any]] = [
        {"role": "user", "content": WORDS * 3},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": WORDS},
        {"role": "assistant", "content": WORDS * 5},
        {"role": "user", "content": [{"type": "text", "text": WORDS}, {"type": "text", "text": WORDS}]},
        {"role": "assistant", "content": WORDS * 2},
    ]
    messages = [{"role": "system", "content": WORDS}, *cycle * (num_messages // len(cycle) + 1)][:num_messages]
    fields = {"model": "smollm2", "temperature": 0.7, "max_completion_tokens": 256, "stop": ["END"], "user": "u1"}
    return json.dumps({**fields, "messages": messages, "tools": TOOLS, "tool_choice": "auto"}).encode()


def read_request(body: bytes) -> None:
    """From bytes to a conversation."""
    request = parse_create(body).request
    review(request, {"tools"}, lambda _: [])
    build_conversation(request)


def time_calls(call: Callable[[], object], *, rounds: int, each: int) -> float:
    """Seconds of one call: the median of rounds of `each` calls."""
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(each):
            call()
        seconds.append((time.perf_counter() - began) / each)
    return statistics.median(seconds)


async def time_chunks(*, rounds: int, each: int) -> float:
    """Seconds of one chunk: assembled, encoded, padded, and handed to an ASGI server that throws it away."""
    envelope = Envelope(
        id="chatcmpl-1", created=1, model="smollm2", fingerprint="fp_1", service_tier=None, include_usage=False
    )

    async def send(message: Message) -> None:
        """As uvicorn takes it, without a socket."""

    seconds = []
    for _ in range(rounds):
        assembler = Assembler(envelope)
        began = time.perf_counter()
        for _ in range(each):
            for chunk in assembler.feed(Text(" token")):
                body = render_chunk(chunk, obfuscate=True)
                await send({"type": "http.response.body", "body": body, "more_body": True})
        seconds.append((time.perf_counter() - began) / each)
    return statistics.median(seconds)


def time_served_chunks(num_chunks: int) -> float:
    """CPU seconds of the server for one chunk of a long stream, the scripted engine's own part with them."""
    body = {"model": "smollm2", "stream": True, "messages": [{"role": "user", "content": "token " * num_chunks}]}
    with scripted_server() as (url, pid):
        began = cpu_seconds(pid)
        with httpx.stream("POST", f"{url}/v1/chat/completions", json=body, timeout=600) as response:
            response.raise_for_status()
            for _ in response.iter_raw():
                pass
        return (cpu_seconds(pid) - began) / num_chunks


@click.command()
@click.option("--rounds", default=30, help="Rounds; the median counts.")
def main(*, rounds: int) -> None:
    """Time all of it and print a table."""
    short, long = build_body(10), build_body(1000)
    figures = [
        ("validate: 10 messages, 2 tools", time_calls(lambda: parse_create(short), rounds=rounds, each=200), 200e-6),
        ("validate: 1,000 messages", time_calls(lambda: parse_create(long), rounds=rounds, each=3), 20e-3),
        ("bytes to conversation: 10 messages", time_calls(lambda: read_request(short), rounds=rounds, each=200), None),
        ("bytes to conversation: 1,000 messages", time_calls(lambda: read_request(long), rounds=rounds, each=3), None),
        ("one chunk, built", asyncio.run(time_chunks(rounds=rounds, each=2000)), 60e-6),
        ("one chunk, built and sent over a socket", time_served_chunks(100_000), 60e-6),
    ]
    table = Table("what", "us", "budget, us", "share of it", title=describe_cpu())
    for what, seconds, budget in figures:
        share = "" if budget is None else f"{seconds / budget:.2f}"
        table.add_row(what, f"{seconds * 1e6:,.1f}", "" if budget is None else f"{budget * 1e6:,.0f}", share)
    Console().print(table)


if __name__ == "__main__":
    main()
