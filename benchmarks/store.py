"""What storing costs, and how fast what is stored is found. `python benchmarks/store.py --help`

`create` and `find` measure a server with the scripted engine over HTTP, from outside; each figure stands beside the
budget that the project gave itself. `fill` makes a database to find things in, `plans` shows how they are found.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click
import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table
from sqlalchemy import Select, text
from uvloop import run

from antiphon.bench.machine import describe_cpu
from antiphon.bench.prompts import WORDS
from antiphon.store.place import parse_url
from antiphon.store.query import Query, count_terms, select_page
from antiphon.store.record import Position, Term
from antiphon.store.store import Store, open_store
from figures import compute_percentile
from scripted import scripted_server
from stored import BEGIN_S, MODEL, PROJECT, build_metadata, build_questions, build_record

BATCH = 1000
COMPLETIONS = "/v1/chat/completions"
console = Console(width=120)


@click.group()
def main() -> None:
    """Measure stored completions."""


database = click.option("--database-url", required=True, help="postgresql+asyncpg://… or sqlite:////…/file.db")
seed = click.option("--seed", default=1, show_default=True, help="The same seed fills and asks the same.")


@main.command()
@database
@seed
@click.option("--number", default=1_000_000, show_default=True, help="Completions to add.")
def fill(database_url: str, seed: int, number: int) -> None:
    """Fill an empty database, by the store's own way of adding."""
    chance = random.Random(seed)

    async def work() -> None:
        async with opened(database_url) as store:
            with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console) as progress:
                task = progress.add_task("", total=number)
                for begin in range(0, number, BATCH):
                    records = [build_record(one, chance) for one in range(begin, min(begin + BATCH, number))]
                    await store.completions.add_all(records)
                    progress.advance(task, len(records))
            async with store.database.write() as connection:
                await connection.execute(text("ANALYZE"))

    run(work())


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Store]:
    """The store of a URL."""
    async with open_store(parse_url(database_url, folder=Path())) as store:
        yield store


WORST = "filter, 10 % and 72 % that never meet"
BUDGET_MS = 50.0


@main.command()
@database
@seed
@click.option("--requests", "num_requests", default=400, show_default=True, help="Of each kind.")
def find(database_url: str, seed: int, num_requests: int) -> None:
    """Ask a server for what is in a filled database, one request after another."""
    chance = random.Random(seed + 1)
    table = Table("what", "p50 ms", "p95 ms", "most ms", "budget p95", title=f"{describe_cpu()}, {database_url}")
    with scripted_server("--database-url", database_url) as (url, _), httpx.Client(base_url=url, timeout=600) as client:
        ids = run(sample_ids(database_url, chance))
        for what, build in build_questions(chance).items():
            queries = [build_query(build(), ids, chance) for _ in range(num_requests)]
            add_row(table, what, time_each(client, ((COMPLETIONS, query) for query in queries)), BUDGET_MS)
        paths = [f"{COMPLETIONS}/{chance.choice(ids)}" for _ in range(num_requests)]
        add_row(table, "retrieve", time_each(client, ((path, {}) for path in paths)), BUDGET_MS)
        add_row(table, "messages", time_each(client, ((f"{path}/messages", {}) for path in paths)), BUDGET_MS)
        never = ((COMPLETIONS, {"metadata[verdict]": "bad", "metadata[stage]": "live"}) for _ in range(5))
        add_row(table, WORST, time_each(client, never), None)
    console.print(table)


async def sample_ids(database_url: str, chance: random.Random) -> list[str]:
    """Ids from all over the database."""
    async with opened(database_url) as store:
        found: list[str] = []
        newest, _ = await store.completions.page(Query(project=PROJECT, limit=1, descending=True))
        for _ in range(500):
            after = Position(chance.randrange(BEGIN_S, newest[0].created), "")
            entries, _ = await store.completions.page(Query(project=PROJECT, after=after, limit=1))
            found.append(entries[0].id)
        return found


def build_query(asked: dict[str, Any], ids: Sequence[str], chance: random.Random) -> dict[str, str]:
    """A question as a query string has it."""
    query = {f"metadata[{key}]": value for key, value in asked.items() if key not in ("order", "anywhere")}
    if "order" in asked:
        query["order"] = asked["order"]
    if "anywhere" in asked:
        query["after"] = chance.choice(ids)
    return query


def time_each(client: httpx.Client, requests: Iterator[tuple[str, dict[str, str]]]) -> list[float]:
    """Milliseconds of each, one after another."""
    times = []
    for path, query in requests:
        began = time.perf_counter()
        client.get(path, params=query).raise_for_status()
        times.append((time.perf_counter() - began) * 1000)
    return times


def add_row(table: Table, what: str, times_ms: Sequence[float], budget_ms: float | None) -> None:
    """A line of the table."""
    p50, p95 = compute_percentile(times_ms, 50), compute_percentile(times_ms, 95)
    budget = "" if budget_ms is None else f"{budget_ms:g}"
    table.add_row(what, f"{p50:.2f}", f"{p95:.2f}", f"{max(times_ms):.2f}", budget)


@main.command()
@database
def plans(database_url: str) -> None:
    """Show how the database finds what `find` asks for."""

    async def work() -> None:
        async with opened(database_url) as store, store.database.read() as connection:
            explain = "EXPLAIN QUERY PLAN" if store.database.is_sqlite else "EXPLAIN"
            for what, statement in build_statements():
                console.rule(what)
                compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
                values = tuple(compiled.params[name] for name in compiled.positiontup or ())
                for row in await connection.exec_driver_sql(f"{explain} {compiled}", values):
                    console.print(row[-1], markup=False, highlight=False, soft_wrap=True)

    run(work())


def build_statements() -> Iterator[tuple[str, Select[*tuple[Any, ...]]]]:
    """The statements behind the questions."""
    everything = Query(project=PROJECT, after=Position(BEGIN_S + 1000, "chatcmpl-0"))
    terms = (Term("metadata[user]", "user-1"), Term("metadata[stage]", "live"))
    filtered = Query(project=PROJECT, terms=terms, descending=True)
    yield "list", select_page(everything)
    yield "filter by two pairs", select_page(filtered)
    yield "which of the two is rarer", count_terms(filtered)


# What storing adds to a completion.

CREATE_BUDGET_MS = 5.0
WANTED_PER_S = 200


@main.command()
@click.option("--requests", "num_requests", default=2000, show_default=True, help="Of each kind, in turn.")
@click.option("--seconds", default=30, show_default=True, help="How long 200 a second are kept up.")
@click.option("--database-url", help="An empty database; a SQLite file by default.")
def create(num_requests: int, seconds: int, database_url: str | None) -> None:
    """Measure what storing adds to a completion, and whether 200 of them a second are kept up."""
    flags = ("--database-url", database_url) if database_url else ()
    with scripted_server(*flags) as (url, _):
        run(measure_create(url, num_requests, seconds))


async def measure_create(url: str, num_requests: int, seconds: int) -> None:
    """Both, on one server."""
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits(max_connections=100)) as client:
        chance = random.Random(1)
        times: dict[bool, list[float]] = {False: [], True: []}
        for number in range(num_requests + 100):
            for store in (False, True):
                taken = await time_create(client, chance, store=store)
                if number >= 100:  # the first ones warm up
                    times[store].append(taken)
        table = Table("what", "p50 ms", "p95 ms", "most ms", "budget p95", title=describe_cpu())
        for what, store in ("a completion", False), ("a stored completion", True):
            add_row(table, what, times[store], None)
        added = (compute_percentile(times[True], 95) or 0) - (compute_percentile(times[False], 95) or 0)
        each = [with_it - without for without, with_it in zip(times[False], times[True], strict=True)]
        add_row(table, "storing adds, pair by pair", each, CREATE_BUDGET_MS)
        console.print(table)
        console.print(f"difference of the p95: {added:.2f} ms")
        await keep_up(client, chance, seconds)


async def time_create(client: httpx.AsyncClient, chance: random.Random, *, store: bool) -> float:
    """Milliseconds of one completion."""
    words = " ".join(chance.choices(WORDS, k=60))
    body = {
        "model": MODEL,
        "messages": [{"role": "system", "content": "Repeat."}, {"role": "user", "content": words}],
        "metadata": build_metadata(chance),
        "store": store,
    }
    began = time.perf_counter()
    (await client.post(COMPLETIONS, json=body)).raise_for_status()
    return (time.perf_counter() - began) * 1000


async def keep_up(client: httpx.AsyncClient, chance: random.Random, seconds: int) -> None:
    """Start a request each 5 ms, whether those before are answered or not."""
    began, tasks = time.perf_counter(), []
    for number in range(WANTED_PER_S * seconds):
        await asyncio.sleep(began + number / WANTED_PER_S - time.perf_counter())
        tasks.append(asyncio.create_task(time_create(client, chance, store=True)))
    times = await asyncio.gather(*tasks)
    taken = time.perf_counter() - began
    table = Table("what", "p50 ms", "p95 ms", "most ms", "budget p95")
    add_row(table, f"{len(times):,} stored, {len(times) / taken:.0f} a second", times, None)
    console.print(table)


if __name__ == "__main__":
    main()
