"""How the databases find files: each statement is explained by the database itself, as those on completions are."""

import pytest
from sqlalchemy import insert

from antiphon.errors import FileNotFound
from antiphon.store.files.files import Files
from antiphon.store.files.sweeping import FileSweeper
from antiphon.store.query import Query
from antiphon.store.record import Position
from antiphon.store.store import Store
from antiphon.store.tables import deletions, file_chunks, uploads
from antiphon.store.tables import files as files_table
from tests.store.databases import open_url
from tests.store.test_plans import PROJECTS, Statements, explain, reads_all, sorts_all, url
from tests.store.uploads import CHUNK_BYTES, NOW, Clock, add, build_files, content

__all__ = ["url"]
NUM_FILES = 6000


def name_of(number: int) -> str:
    """An id."""
    return f"file-{number:024}"


async def fill(store: Store) -> None:
    """Enough for an index to be worth it."""
    keys = [{"project": PROJECTS[number % 3], "id": name_of(number)} for number in range(NUM_FILES)]
    purposes = ("user_data", "vision")
    told = [
        {"created": NOW + number // 4, "name": "a", "purpose": purposes[number % 50 == 0], "size": 1}
        | {"expires": NOW + number if number % 2 else None}
        for number in range(NUM_FILES)
    ]
    async with store.database.write() as connection:
        await connection.execute(insert(files_table), [key | each for key, each in zip(keys, told, strict=True)])
        await connection.execute(insert(file_chunks), [key | {"number": 0, "data": b"x"} for key in keys])
        gone = [key | {"id": f"gone-{key['id']}"} for key in keys]
        await connection.execute(insert(uploads), [key | {"size": 0, "touched": NOW + 10**6} for key in gone])
        await connection.execute(insert(deletions), [key | {"created": NOW, "deleted": NOW + 10**6} for key in gone])
    if not store.database.is_sqlite:
        async with store.database.write() as connection:
            await connection.exec_driver_sql("ANALYZE")


async def work(files: Files) -> None:
    """Everything that can be asked and done."""
    for purpose in (None, "user_data", "vision", "batch"):
        for after in (None, Position(NOW + NUM_FILES // 8, name_of(3000))):
            for descending in (False, True):
                query = Query(project="ours", after=after, descending=descending, limit=20)
                await files.page(query, purpose=purpose)
    await files.find_position("ours", name_of(0))
    await files.read("ours", name_of(0), most_bytes=10)
    file = await add(files, content(6 * CHUNK_BYTES))
    await files.delete("ours", file.id)
    with pytest.raises(FileNotFound):
        await files.delete("ours", file.id)
    upload = files.begin("ours")
    await upload.write(content(2 * CHUNK_BYTES))
    await upload.abandon()
    await FileSweeper(files).sweep()


async def test_every_statement_uses_an_index(url: str) -> None:
    """Whatever is asked or changed, no statement reads a whole table, nor sorts a list to take a page of it."""
    async with open_url(url) as store:
        await fill(store)
        clock = Clock()
        clock.now += 20
        statements = Statements(store)
        await work(build_files(store, clock))
        async with store.database.read() as connection:
            plans = [(each, await explain(connection, *each)) for each in statements.seen.items()]
    assert len(plans) >= 12
    bad = {statement: plan for statement, plan in plans if reads_all(plan) or sorts_all(plan)}
    assert not bad, "\n\n".join(f"{statement[0][:400]}\n{plan}" for statement, plan in bad.items())
