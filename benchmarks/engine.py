"""Benchmark of the bare engine loop, without HTTP: `python benchmarks/engine.py --help`.

It puts the loop together as the worker process does, in this process, and feeds it from memory. The load is that of
serve.py (unlike prompts, end tokens banned), so the difference of the two is what HTTP and the second process cost.
Invariant: nothing is measured from inside the engine; the clock stands around its forward pass and its sampler.
"""

import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ParamSpec, TypeVar, cast, get_args
from unittest.mock import patch

import click
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from antiphon.bench.machine import describe_cpu
from antiphon.bench.prompts import PromptSource
from antiphon.cores import usable_cores
from antiphon.engine.base import Decoding, Service
from antiphon.engine.llama.config import CpuLayout, FlashAttention, WorkerConfig
from antiphon.engine.llama.loading import load
from antiphon.engine.llama.loop import Loop
from antiphon.engine.llama.mailbox import SocketMailbox
from antiphon.engine.llama.messages import Admitted, Cancel, FromWorker, Step, Submit
from antiphon.engine.llama.sampler import sample
from antiphon.engine.llama.source import resolve
from antiphon.errors import ConfigurationError
from antiphon.settings import Settings
from limits import measure_bandwidth
from machine import keep_busy
from options import parse_numbers

DATA_DIR = Settings.model_fields["data_dir"].default.expanduser()

Prompt = tuple[int, ...]
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Feed:
    """In place of the socket: keeps `concurrency` requests running until all prompts are answered."""

    def __init__(self) -> None:
        self.open = True
        self.waiting: deque[Prompt] = deque()
        self.num_running = self.num_sent = self.num_tokens = 0

    def fill(self, prompts: Sequence[Prompt], decoding: Decoding, *, concurrency: int) -> None:
        """What to send when the loop runs next."""
        self.waiting.extend(prompts)
        self.decoding, self.concurrency = decoding, concurrency
        self.open, self.num_tokens = True, 0

    def receive(self, *, wait: bool) -> Iterator[tuple[int, Submit | Cancel]]:
        """A new request in the place of each one answered."""
        while self.waiting and self.num_running < self.concurrency:
            self.num_running += 1
            self.num_sent += 1
            yield 0, Submit(str(self.num_sent), self.waiting.popleft(), self.decoding, Service())

    def send(self, receiver: int, message: FromWorker) -> None:
        """Count what has been answered."""
        if isinstance(message, Step):
            for delta in message.deltas:
                if delta.counts:
                    self.num_running -= 1
                    self.num_tokens += delta.counts.num_tokens
            self.open = bool(self.waiting or self.num_running)
        elif not isinstance(message, Admitted):
            raise click.ClickException(f"the engine refused a request: {message}")

    def wake(self) -> None:
        """Nobody waits here."""

    def announce(self, news: FromWorker) -> None:
        """How loading goes; nobody is here to be told."""


class Stopwatch:
    """Time spent in a function, and how often it was called."""

    def __init__(self) -> None:
        self.total_s, self.calls = 0.0, 0

    def around(self, function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        """The same function, timed."""

        def timed(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.total_s += time.perf_counter() - began
                self.calls += 1

        return timed


class Bench:
    """A loop with a feed. Prompts are exactly `prompt_tokens` long."""

    def __init__(self, config: WorkerConfig, *, prompt_tokens: int, output_tokens: int, temperature: float) -> None:
        self.feed = Feed()
        self.loop: Loop = load(config, cast(SocketMailbox, self.feed))
        self.prompt_tokens = prompt_tokens
        self.source = PromptSource(time.time_ns() % 1_000_000)
        # As serve.py does by --ban-tokens: every answer is as long as it may be.
        banned = dict.fromkeys(self.loop.tokenizer.end_of_generation, -100.0)
        self.decoding = Decoding(max_tokens=output_tokens, temperature=temperature, logit_bias=banned, seed=1)

    def run(self, concurrency: int, num_requests: int) -> "Round":
        """Answer that many requests, `concurrency` at a time."""
        decoding, sampling = Stopwatch(), Stopwatch()
        self.feed.fill([self._prompt() for _ in range(num_requests)], self.decoding, concurrency=concurrency)
        with self._watch(decoding, sampling):
            began = time.perf_counter()
            self.loop.run()
            wall_s = time.perf_counter() - began
        return Round(self.feed.num_tokens, wall_s, decoding, sampling)

    @contextmanager
    def _watch(self, decoding: Stopwatch, sampling: Stopwatch) -> Iterator[None]:
        runner = self.loop.runner
        with (
            patch.object(runner, "decode", decoding.around(runner.decode)),
            patch("antiphon.engine.llama.speaker.sample", sampling.around(sample)),
        ):
            yield

    def _prompt(self) -> Prompt:
        """A word is one token at least."""
        text = self.source.build_prompt(self.prompt_tokens)
        return tuple(self.loop.tokenizer.encode_text(text)[: self.prompt_tokens])


class Round:
    """What one run gave."""

    def __init__(self, num_tokens: int, wall_s: float, decoding: Stopwatch, sampling: Stopwatch) -> None:
        self.tokens_per_s = num_tokens / wall_s
        self.step_ms = 1000 * wall_s / decoding.calls
        self.steps_per_s = decoding.calls / wall_s
        self.forward = decoding.total_s / wall_s
        self.sampling = sampling.total_s / wall_s
        self.rest = 1 - self.forward - self.sampling


def build_table() -> Table:
    """Its columns; `build_row` fills them."""
    table = Table(title="the bare engine loop", caption="median over runs, least..greatest", box=box.HORIZONTALS)
    for title in ("streams", "output tokens/s", "ms a step", "forward pass", "sampling", "the rest", "of memory"):
        table.add_column(title, justify="right", no_wrap=True)
    return table


def build_row(concurrency: int, rounds: Sequence[Round], *, most_steps: float) -> list[str]:
    """One level of concurrency; forward pass, sampling and the rest are shares of the whole time. most_steps: per
    second, if reading the weights were all.
    """
    rates = [one.tokens_per_s for one in rounds]
    shares = (statistics.median(getattr(one, share) for one in rounds) for share in ("forward", "sampling", "rest"))
    return [
        str(concurrency),
        f"{statistics.median(rates):.0f}  {min(rates):.0f}..{max(rates):.0f}",
        f"{statistics.median(one.step_ms for one in rounds):.2f}",
        *(f"{share:.1%}" for share in shares),
        f"{statistics.median(one.steps_per_s for one in rounds) / most_steps:.0%}",
    ]


COUNT = click.IntRange(min=1)


@click.command(context_settings={"show_default": True, "max_content_width": 110})
@click.option("--model", default="smollm2", help="Source of the model, as `antiphon serve --model` takes it.")
@click.option("--concurrency", default="1,8,32", callback=parse_numbers, help="How many at once, level by level.")
@click.option("--prompt-tokens", type=COUNT, default=64, help="Length of prompts.")
@click.option("--output-tokens", type=COUNT, default=128, help="Length of answers.")
@click.option("--requests-per-stream", type=COUNT, default=2, help="Requests one after another, for each stream.")
@click.option("--runs", type=COUNT, default=5, help="Runs of each level.")
@click.option("--temperature", type=float, default=0.0, help="0 takes the likeliest token; 1 draws.")
@click.option("--parallel", type=COUNT, help="Slots of the engine.  [default: the highest level]", show_default=False)
@click.option("--threads", type=COUNT, help="Threads that compute.  [default: as they pay]", show_default=False)
@click.option("--flash-attention", type=click.Choice(get_args(FlashAttention)), default="auto")
@click.option("--cpu-layout", type=click.Choice(get_args(CpuLayout)), default="auto")
@click.option("--neighbours", type=click.IntRange(min=0), default=0, help="Busy-looping processes beside it.")
def main(  # noqa: PLR0913 (one for each flag)
    *,
    model: str,
    concurrency: tuple[int, ...],
    prompt_tokens: int,
    output_tokens: int,
    requests_per_stream: int,
    runs: int,
    temperature: float,
    parallel: int | None,
    threads: int | None,
    flash_attention: FlashAttention,
    cpu_layout: CpuLayout,
    neighbours: int,
) -> None:
    """Measure the engine's loop without HTTP: output tokens per second, and where the time goes.

    At each level that many requests are kept running. The forward pass is llama.cpp's; sampling is ours; the rest is
    scheduling, detokenising and making messages. Compare the tokens per second with those of serve.py against a server
    with the same --parallel, --prompt-tokens and --output-tokens.
    """
    if not concurrency:
        raise click.UsageError("--concurrency names no level.")
    console = Console() if sys.stdout.isatty() else Console(width=100)
    console.print(f"{describe_cpu()}, {usable_cores()} cores, {neighbours} neighbours", markup=False, highlight=False)
    try:
        config = WorkerConfig(
            socket_path="",
            model_path=str(resolve(model)),
            context=prompt_tokens + output_tokens,
            parallel=parallel or max(concurrency),
            queue=max(concurrency),
            threads=threads,
            cache_bytes=0,
            flash_attention=flash_attention,
            tuning_folder=str(DATA_DIR / "tuning"),
            cpu_layout=cpu_layout,
            layouts_folder=str(DATA_DIR / "layouts"),
        )
        bench = Bench(config, prompt_tokens=prompt_tokens, output_tokens=output_tokens, temperature=temperature)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    weights = bench.loop.runner.weight_bytes
    bandwidth = measure_bandwidth(usable_cores())
    most_steps = bandwidth / weights
    console.print(
        f"Memory gives {bandwidth / 1e9:.1f} GB/s, the weights are {weights / 1e6:.0f} MB:"
        f" {most_steps:.0f} steps/s at most.",
        highlight=False,
    )
    table = build_table()
    with open_progress(console) as progress, keep_busy(neighbours):
        task = progress.add_task("", total=sum(concurrency) * requests_per_stream * runs)
        for level in concurrency:
            bench.run(level, level)  # to warm up
            rounds = []
            for number in range(runs):
                progress.update(task, description=f"{level} streams, run {number + 1}/{runs}")
                rounds.append(bench.run(level, level * requests_per_stream))
                progress.advance(task, level * requests_per_stream)
            table.add_row(*build_row(level, rounds, most_steps=most_steps))
    console.print(table)


def open_progress(console: Console) -> Progress:
    """Drawn seldom: it takes time from the cores that are measured."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(TextColumn("{task.description}", markup=False), *columns, console=console, refresh_per_second=2)


if __name__ == "__main__":
    main()
