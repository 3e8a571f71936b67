"""One round: some streams at once on one server, each sending its orders one after another.

It does not know how many rounds there are or whose turn it is. Invariant: each order gives one outcome; answers are
judged when the clock has stopped.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from antiphon.bench.client import Server, open_single_use_client
from constrained.answer import Answer, fetch_answer
from constrained.judge import Judge, Verdict
from constrained.orders import Generation, Order


@dataclass(frozen=True)
class Outcome:
    """What became of an order."""

    order: Order
    answer: Answer
    verdict: Verdict


@dataclass(frozen=True)
class Round:
    """What one round gave; `client_cpu_s` is the time this process itself took from the server it measures."""

    server: Server
    concurrency: int
    run: int
    started_s: float
    wall_s: float
    client_cpu_s: float
    outcomes: list[Outcome]


async def run_round(
    server: Server,
    streams: Sequence[Sequence[Order]],
    *,
    run: int,
    generation: Generation,
    judge: Judge,
    on_answer: Callable[[], object],
) -> Round:
    """Keep one stream going for each row of orders until all rows are done."""
    answers: list[tuple[Order, Answer]] = []

    async def run_stream(orders: Sequence[Order]) -> None:
        for order in orders:
            body = generation.build_body(server.model, order)
            answers.append((order, await fetch_answer(client, body, timeout_s=generation.timeout_s)))
            on_answer()

    async with open_single_use_client(server) as client:
        started_s, cpu_s = time.perf_counter(), time.process_time()
        async with asyncio.TaskGroup() as group:
            for orders in streams:
                group.create_task(run_stream(orders))
        wall_s, cpu_s = time.perf_counter() - started_s, time.process_time() - cpu_s
    outcomes = [Outcome(order, answer, judge.judge(answer, order.record.schema)) for order, answer in answers]
    return Round(server, len(streams), run, started_s, wall_s, cpu_s, outcomes)
