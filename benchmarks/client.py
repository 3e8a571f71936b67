"""How many chunks a second a client takes in, ours beside the official package, on one and the same stream.

    python benchmarks/client.py
    python benchmarks/client.py --chunks 50000 --pairs 9

A process of its own sends the chunks as fast as they are taken; the client runs on one core. Each pair runs both in
turn, and the median of the ratios is told, so that a change of the machine's speed cancels out.
"""

import json
import os
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Process
from typing import Any

import click
import openai

from antiphon.client import Client

ASKED: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "a"}]}
Work = Callable[[str], int]


def build_stream(num_chunks: int) -> bytes:
    """A whole response as our server sends one: a role, texts, a reason, the end."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": f" word{number % 100}"} for number in range(num_chunks)]
    frames = [frame(delta) for delta in deltas] + [frame({}, "stop"), "data: [DONE]\n\n"]
    head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    return (head + "".join(frames)).encode()


def frame(delta: dict[str, Any], reason: str | None = None) -> str:
    """One event."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    chunk = {
        "id": "chatcmpl-01a222f6fca7476b3d1f1c97a33db", "object": "chat.completion.chunk", "created": 1795882941,
        "model": "smollm2", "service_tier": "default", "system_fingerprint": "fp_f4e1a209c132", "choices": [choice],
        "usage": None, "obfuscation": "x" * 12,
    }  # fmt: skip
    return f"data: {json.dumps(chunk, separators=(',', ':'))}\n\n"


def send_all(listener: socket.socket, content: bytes) -> None:
    """To whoever connects, again and again."""
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass


@contextmanager
def serving(content: bytes) -> Iterator[str]:
    """Where it is sent from."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sender = Process(target=send_all, args=(listener, content), daemon=True)
        sender.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        sender.terminate()
        sender.join()


def events(url: str) -> int:
    """Ours, with events and the accumulated completion."""
    with Client(base_url=url) as client, client.chat.completions.stream(**ASKED) as stream:
        return len(stream.final().text)


def chunks(url: str) -> int:
    """Ours, with chunks of which the text is read."""
    with Client(base_url=url) as client, client.chat.completions.stream(**ASKED) as stream:
        return sum(len(chunk.choices[0].delta.content or "") for chunk in stream.chunks())


def official_events(url: str) -> int:
    """The official package, with its events and its accumulated completion."""
    with openai.OpenAI(base_url=url, api_key="unused") as client, client.chat.completions.stream(**ASKED) as stream:
        for _ in stream:
            pass
        return len(stream.get_final_completion().choices[0].message.content or "")


def official_chunks(url: str) -> int:
    """The official package, with chunks of which the text is read."""
    with openai.OpenAI(base_url=url, api_key="unused") as client:
        stream = client.chat.completions.create(**ASKED, stream=True)
        return sum(len(chunk.choices[0].delta.content or "") for chunk in stream)


CASES: dict[str, tuple[Work, Work]] = {
    "chunks": (chunks, official_chunks),
    "events and completion": (events, official_events),
}


def rate(work: Work, url: str, num_chunks: int) -> float:
    """Chunks a second of processor time of this process, which is what one core gives."""
    begin = time.process_time()
    work(url)
    return num_chunks / (time.process_time() - begin)


@click.command()
@click.option("--chunks", "num_chunks", default=10_000, show_default=True, help="In a stream.")
@click.option("--pairs", default=5, show_default=True, help="Of both clients.")
def main(num_chunks: int, pairs: int) -> None:
    """Measure both clients."""
    print(f"{'':24}{'ours, chunks/s':>16}{'openai, chunks/s':>18}{'ratio':>8}")
    with serving(build_stream(num_chunks)) as url:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        for name, (mine, theirs) in CASES.items():
            assert mine(url) == theirs(url), "the two clients have read the same text"
            rates = [(rate(mine, url, num_chunks), rate(theirs, url, num_chunks)) for _ in range(pairs)]
            first, second = (statistics.median(column) for column in zip(*rates, strict=True))
            ratio = statistics.median(one / other for one, other in rates)
            print(f"{name:24}{first:16,.0f}{second:18,.0f}{ratio:8.1f}")


if __name__ == "__main__":
    main()
