"""A whole comparison: preparing the servers, then all rounds of all levels in their order.

Invariant: in each run both servers get the same orders, and who goes first changes from run to run.
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

from antiphon.bench.client import Server, find_model, open_single_use_client
from constrained.answer import fetch_answer
from constrained.judge import Judge
from constrained.options import Options
from constrained.orders import OrderSource
from constrained.raw import write_rounds
from constrained.report import build_table, render_remarks
from constrained.rounds import Round, run_round
from constrained.schemas import RECORDS


class Benchmark:
    """All rounds of all levels, one after another."""

    def __init__(self, options: Options, *, judge: Judge, loop: asyncio.Runner, console: Console) -> None:
        self._options = options
        self._judge = judge
        self._loop = loop
        self._console = console
        self._orders = OrderSource(options.seed, fresh_schemas=options.fresh_schemas)
        self._servers = options.servers

    def prepare(self) -> None:
        """Learn the models, and have every server write every record once."""
        self._servers = [self._loop.run(prepare_server(one, self._options.timeout_s)) for one in self._servers]
        for server in self._servers:
            self._console.print(
                f"{server.name}: {server.base_url}, model {server.model}", markup=False, highlight=False, soft_wrap=True
            )
            self._loop.run(self._warm_up(server))

    def measure(self, *, about: dict[str, Any]) -> None:
        """Run, print and record every level."""
        options, done = self._options, list[Round]()
        per_stream = options.requests_per_stream * options.runs * len(self._servers)
        with open_progress(self._console) as progress:
            task = progress.add_task("", total=sum(options.concurrency) * per_stream)
            for concurrency in options.concurrency:
                rounds = self._measure_level(concurrency, progress, task=task)
                self._print_level(rounds, progress.console)
                done += rounds
                if options.json_file:
                    write_rounds(options.json_file, about, rounds=done)

    async def _warm_up(self, server: Server) -> None:
        generation = self._options.generation
        async with open_single_use_client(server) as client:
            for record in RECORDS:
                body = generation.build_body(server.model, self._orders.build_order(record))
                answer = await fetch_answer(client, body, timeout_s=generation.timeout_s)
                if answer.error:
                    raise server.no_answer(f"the warm-up request for {record.called}", reason=answer.error)

    def _measure_level(self, concurrency: int, progress: Progress, *, task: TaskID) -> list[Round]:
        options, rounds = self._options, []
        # A control measurement: the second turn would find its prompts in the cache of the first.
        is_same_server_twice = options.base_url == options.versus
        for run in range(options.runs):
            streams = self._orders.build_streams(concurrency, options.requests_per_stream)
            for turn, server in enumerate(self._servers if run % 2 == 0 else reversed(self._servers)):
                progress.update(task, description=f"concurrency {concurrency}, run {run + 1}, {server.name}")
                if turn and is_same_server_twice:
                    streams = self._orders.build_streams(concurrency, options.requests_per_stream)
                going = run_round(
                    server,
                    streams,
                    run=run,
                    generation=options.generation,
                    judge=self._judge,
                    on_answer=lambda: progress.advance(task),
                )
                rounds.append(self._loop.run(going))
        return rounds

    def _print_level(self, rounds: Sequence[Round], console: Console) -> None:
        by_server = [[one for one in rounds if one.server == server] for server in self._servers]
        console.print()
        other = by_server[1] if len(by_server) > 1 else []
        console.print(build_table(by_server[0], other, streamed=self._options.stream))
        for of_server in by_server:
            for remark in render_remarks(of_server):
                console.print(remark, style="dim", markup=False, highlight=False, soft_wrap=True)


async def prepare_server(server: Server, timeout_s: float) -> Server:
    """The same with the model it is asked for."""
    return server if server.model else replace(server, model=await find_model(server, timeout_s=timeout_s))


def open_progress(console: Console) -> Progress:
    """Drawn twice a second: more would take time on the cores that the server needs."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(TextColumn("{task.description}", markup=False), *columns, console=console, refresh_per_second=2)
