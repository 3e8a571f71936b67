"""How often company changes an answer, and what it costs that it never does: `python benchmarks/determinism.py --help`.

The same requests are answered alone and eight at a time, by the engine as it comes and by one with `--deterministic`.
An answer is compared token by token until it differs; what comes behind is another text.
"""

import time
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, cast

import click
from rich import box
from rich.console import Console
from rich.table import Table

from antiphon.bench.machine import describe_cpu
from antiphon.cores import usable_cores
from antiphon.engine.base import Decoding, Service
from antiphon.engine.llama.config import CpuLayout, WorkerConfig
from antiphon.engine.llama.loading import load
from antiphon.engine.llama.loop import Loop
from antiphon.engine.llama.mailbox import SocketMailbox
from antiphon.engine.llama.messages import Cancel, FromWorker, Step, Submit
from antiphon.engine.llama.source import resolve
from questions import QUESTIONS

TOGETHER = 8
Answers = dict[str, list[str]]


class Feed:
    """In place of the socket: sends all requests, so many at a time, and collects the tokens of each."""

    def __init__(self) -> None:
        self.open = True
        self.waiting: list[Submit] = []
        self.num_running = 0
        self.answers: Answers = {}

    def fill(self, requests: Sequence[Submit], *, together: int) -> None:
        """What to send when the loop runs next."""
        self.waiting, self.together, self.open = list(requests), together, True
        self.answers = {request.request: [] for request in requests}

    def receive(self, *, wait: bool) -> Iterator[tuple[int, Submit | Cancel]]:
        """A new request in the place of each one answered."""
        while self.waiting and self.num_running < self.together:
            self.num_running += 1
            yield 0, self.waiting.pop(0)

    def send(self, receiver: int, message: FromWorker) -> None:
        """Collect what is said."""
        for delta in message.deltas if isinstance(message, Step) else ():
            entries = [entry.token for said in delta.said for entry in said.logprobs]
            self.answers[delta.request] += entries
            self.num_running -= delta.finish is not None
        self.open = bool(self.waiting or self.num_running)

    def wake(self) -> None:
        """Nobody waits here."""

    def announce(self, news: FromWorker) -> None:
        """How loading goes; nobody is here to be told."""


class Outcome(NamedTuple):
    """same: answers that company did not change. compared: tokens until the first that differed, of all. flips: how
    often one did. alone_s, together_s: how long all took.
    """

    same: int
    compared: int
    flips: int
    alone_s: float
    together_s: float


def measure(config: WorkerConfig, requests: Sequence[Submit]) -> Outcome:
    """All requests alone, then in company."""
    feed = Feed()
    loop = load(config, cast(SocketMailbox, feed))
    alone, alone_s = answer(loop, feed, requests, together=1)
    company, together_s = answer(loop, feed, requests[::-1], together=TOGETHER)
    same = sum(alone[name] == company[name] for name in alone)
    compared = sum(count_same(alone[name], company[name]) for name in alone)
    return Outcome(same, compared, len(alone) - same, alone_s, together_s)


def answer(loop: Loop, feed: Feed, requests: Sequence[Submit], *, together: int) -> tuple[Answers, float]:
    """Tokens by request, and seconds."""
    feed.fill(requests, together=together)
    began = time.perf_counter()
    loop.run()
    return feed.answers, time.perf_counter() - began


def count_same(one: Sequence[str], other: Sequence[str]) -> int:
    """Tokens until the first that differs."""
    return next((i for i, (a, b) in enumerate(zip_longest(one, other)) if a != b), len(one))


@click.command(context_settings={"show_default": True})
@click.option("--model", default="smollm2", help="As of `antiphon serve`.")
@click.option("--cpu-layout", type=click.Choice(("file", "q8_0", "q4_0")), default="file", help="As there.")
@click.option("--requests", "num_requests", type=click.IntRange(min=1), default=48)
@click.option("--output-tokens", type=click.IntRange(min=1), default=64)
@click.option("--temperature", type=float, default=0.0)
def main(model: str, cpu_layout: CpuLayout, num_requests: int, output_tokens: int, temperature: float) -> None:
    """Flips of tokens by company, and the time that `--deterministic` takes beside the engine as it comes."""
    console = Console()
    console.print(f"{describe_cpu()}, {usable_cores()} cores; {num_requests} requests of {output_tokens} tokens")
    decoding = Decoding(max_tokens=output_tokens, temperature=temperature, seed=7, logprobs=0)
    questions = QUESTIONS[:num_requests]
    requests = [Submit(str(i), (f"{text}\n",), decoding, Service()) for i, text in enumerate(questions)]
    table = Table(
        "engine", "answers the same", "flips per 1000 tokens", "alone, s", "8 at a time, s", box=box.HORIZONTALS
    )
    with TemporaryDirectory() as folder:
        for deterministic in (False, True):
            config = WorkerConfig(
                socket_path="",
                model_path=str(resolve(model)),
                context=1024,
                parallel=TOGETHER,
                queue=num_requests,
                threads=None,
                cache_bytes=0,
                flash_attention="auto",
                tuning_folder=str(Path(folder)),
                cpu_layout=cpu_layout,
                layouts_folder=str(Path(folder)),
                deterministic=deterministic,
            )
            outcome = measure(config, requests)
            table.add_row(
                "--deterministic" if deterministic else "as it comes",
                f"{outcome.same} of {num_requests}",
                f"{1000 * outcome.flips / outcome.compared:.2f}",
                f"{outcome.alone_s:.1f}",
                f"{outcome.together_s:.1f}",
            )
    console.print(table)


if __name__ == "__main__":
    main()
