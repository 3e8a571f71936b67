"""How the databases find what is asked for: each statement that the store runs is explained by the database itself."""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from antiphon.store.query import Query
from antiphon.store.record import Position, build_terms
from antiphon.store.store import Store
from antiphon.store.tables import tables
from tests.postgres import Postgres
from tests.store.databases import open_url
from tests.store.records import CREATED, large, make_record, with_images

NUM_RECORDS = 6000
NUM_INPUTS = 1500
PROJECTS = ["ours", "theirs", "others"]
FILTERS = [
    (),
    tuple(build_terms("smollm2", None)),
    tuple(build_terms(None, {"rare": "7"})),
    tuple(build_terms("smollm2", {"common": "1", "rare": "7"})),
    tuple(build_terms("smollm2", {"common": "1", "never": ""})),
]
DELETED = "INSERT INTO deletions SELECT project, 'gone-' || id, created, 4000000000 + created FROM completions"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of its own, because how much is in it decides."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('plans')}/antiphon.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.create_database()


async def fill(store: Store) -> None:
    """Enough for an index to be worth it. PostgreSQL learns by itself, now and then, how much it is; SQLite never."""
    await store.completions.add_all(
        [
            make_record(
                f"{number:05}",
                project=PROJECTS[number % 3],
                created=CREATED + number // 4,
                metadata={"common": "1", "rare": f"{number % 500}"},
                messages=with_images(large(number % NUM_INPUTS)),
            )
            for number in range(NUM_RECORDS)
        ]
    )
    async with store.database.write() as connection:
        await connection.exec_driver_sql(DELETED)
    if not store.database.is_sqlite:
        async with store.database.write() as connection:
            await connection.exec_driver_sql("ANALYZE")


async def read(store: Store) -> None:
    """Everything that can be asked."""
    here = Position(CREATED + NUM_RECORDS // 8, "03000")
    for terms in FILTERS:
        for after in (None, here):
            for descending in (False, True):
                for limit in (1, 20, 100):
                    await store.completions.page(
                        Query(project="ours", terms=terms, after=after, descending=descending, limit=limit)
                    )
        async for _ in store.completions.export(Query(project="ours", terms=terms, limit=100)):
            break
    await store.completions.get("ours", "00000")
    await store.completions.known("ours", ["00000", "00003"])
    await store.completions.find_position("ours", "00000")
    await store.completions.messages("ours", "00000", range, limit=10)


async def write(store: Store) -> None:
    """Everything that changes something that is there."""
    await store.completions.update("ours", "00000", {"a": "b"})
    await store.completions.delete("ours", "00000")
    await store.completions.sweep(CREATED + 100, most=20)


class Statements:
    """What a store runs, with what is bound to it."""

    def __init__(self, store: Store) -> None:
        self.seen: dict[str, Any] = {}
        for engine in {store.database.writers.sync_engine, store.database.readers.sync_engine}:
            event.listen(engine, "before_cursor_execute", self.note)

    def note(
        self, _connection: object, _cursor: object, statement: str, parameters: Any, _context: object, many: bool
    ) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            self.seen.setdefault(statement, parameters[0] if many else parameters)


Plan = list[tuple[str, str]]
"""Steps, each with where it stands: the steps above it, as one text."""


async def explain(connection: AsyncConnection, statement: str, parameters: Any) -> Plan:
    """How the database would run a statement."""
    if connection.dialect.name == "sqlite":
        rows = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
        return [(detail, f"{parent}") for _, parent, _, detail in rows]
    told = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)).scalar_one()
    return list(steps_of((json.loads(told) if isinstance(told, str) else told)[0]["Plan"], ""))


def steps_of(node: dict[str, Any], above: str) -> Iterator[tuple[str, str]]:
    """A node of PostgreSQL's plan, and those below it."""
    kind = node["Node Type"]
    yield f"{kind} {node.get('Relation Name', '')}", above
    for child in node.get("Plans", ()):
        yield from steps_of(child, f"{above}/{kind}")


def reads_all(plan: Plan) -> bool:
    """Whether a step reads a whole table."""
    whole = {f"SCAN {name}" for name in tables.tables} | {"SCAN terms_1", "SCAN terms_2"}
    return any(step.startswith("Seq Scan") or " ".join(step.split()[:2]) in whole for step, _ in plan)


def sorts_all(plan: Plan) -> bool:
    """Whether more is sorted than a page."""
    steps = [step for step, _ in plan]
    by_sqlite = "USE TEMP B-TREE FOR ORDER BY" in steps and "SCAN page" not in steps
    return by_sqlite or any(step.startswith(("Sort", "Incremental")) and "/Limit" in above for step, above in plan)


@pytest.mark.parametrize("work", [read, write], ids=lambda work: work.__name__)
async def test_every_statement_uses_an_index(url: str, work: Callable[[Store], Awaitable[None]]) -> None:
    """Whatever is asked or changed, no statement reads a whole table, nor sorts a list to take a page of it."""
    async with open_url(url) as store:
        if not await store.completions.known("others", ["05999"]):
            await fill(store)
        statements = Statements(store)
        await work(store)
        async with store.database.read() as connection:
            plans = [(each, await explain(connection, *each)) for each in statements.seen.items()]
    assert len(plans) >= 8
    bad = {statement: plan for statement, plan in plans if reads_all(plan) or sorts_all(plan)}
    assert not bad, "\n\n".join(f"{statement[0][:400]}\n{plan}" for statement, plan in bad.items())
