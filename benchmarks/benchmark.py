"""A whole benchmark: preparing the servers, then all rounds of all levels in their order.

It knows whose turn it is and with which prompts; how a round is run and what its figures are, it leaves to others.
Invariant: in each run both servers get the same prompts, and who goes first changes from run to run.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from antiphon.bench.client import Server, count_prompt_tokens, find_model
from antiphon.bench.prompts import PromptSource, fit_num_words
from load import Round, run_round, warm_up
from machine import keep_busy
from options import Options
from record import write_record
from table import build_table, render_remarks


class Benchmark:
    """All rounds of all levels, one after another."""

    def __init__(self, options: Options, *, loop: asyncio.Runner, console: Console) -> None:
        self._options = options
        self._loop = loop
        self._console = console
        self._prompts = PromptSource(options.seed)
        self._generation = options.generation
        self._servers = options.servers
        self._num_words = 0

    def prepare(self) -> None:
        """Learn the models and the length of prompts, and warm every server up."""
        timeout_s = self._options.timeout_s
        self._servers = [
            server if server.model else replace(server, model=self._loop.run(find_model(server, timeout_s=timeout_s)))
            for server in self._servers
        ]
        self._num_words = self._calibrate(self._servers[0])
        for server in self._servers:
            self._console.print(
                f"{server.name}: {server.base_url}, model {server.model}", markup=False, highlight=False
            )
            prompt = self._prompts.build_prompt(self._num_words)
            self._loop.run(warm_up(server, prompt, generation=self._generation))

    def measure(self, *, about: dict[str, Any]) -> None:
        """Run, print and record every level."""
        options, done = self._options, list[Round]()
        per_stream = options.requests_per_stream * options.runs * len(self._servers)
        with self._open_progress() as progress, keep_busy(options.neighbours):
            task = progress.add_task("", total=sum(options.concurrency) * per_stream)
            for concurrency in options.concurrency:
                rounds = self._measure_level(concurrency, progress, task=task)
                self._print_level(rounds, progress.console)
                done += rounds
                if options.json_file:
                    write_record(options.json_file, about, rounds=done)

    def _measure_level(self, concurrency: int, progress: Progress, *, task: TaskID) -> list[Round]:
        rounds = []
        for run in range(self._options.runs):
            streams = self._build_streams(concurrency)
            for server in self._servers if run % 2 == 0 else reversed(self._servers):
                of_runs = f"{run + 1}/{self._options.runs}"
                progress.update(task, description=f"concurrency {concurrency}, run {of_runs}, {server.name}")
                if self._is_same_server_twice:
                    streams = self._build_streams(concurrency)
                going = run_round(
                    server, streams, run=run, generation=self._generation, on_reply=lambda: progress.advance(task)
                )
                rounds.append(self._loop.run(going))
        return rounds

    @property
    def _is_same_server_twice(self) -> bool:
        """A control measurement: then the second turn would find its prompts in the cache of the first."""
        return self._options.base_url == self._options.versus

    def _build_streams(self, concurrency: int) -> list[list[str]]:
        return self._prompts.build_streams(concurrency, self._options.requests_per_stream, num_words=self._num_words)

    def _print_level(self, rounds: Sequence[Round], console: Console) -> None:
        by_server = [[one for one in rounds if one.server == server] for server in self._servers]
        console.print()
        console.print(build_table(by_server[0], by_server[1] if len(by_server) > 1 else []))
        for of_server in by_server:
            for remark in render_remarks(of_server, wanted_tokens=self._options.output_tokens):
                console.print(remark, style="dim", markup=False, highlight=False, soft_wrap=True)

    def _calibrate(self, server: Server) -> int:
        """Words for a prompt of the wanted length, as this server counts its tokens."""

        def measure(num_words: int) -> tuple[int, int]:
            prompt = self._prompts.build_prompt(num_words)
            return num_words, self._loop.run(count_prompt_tokens(server, prompt, timeout_s=self._options.timeout_s))

        return fit_num_words(
            self._options.prompt_tokens, short=measure(4), long=measure(4 + self._options.prompt_tokens)
        )

    def _open_progress(self) -> Progress:
        # Drawing twice a second is enough: it costs time on the cores that the server needs.
        return Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            refresh_per_second=2,
        )
