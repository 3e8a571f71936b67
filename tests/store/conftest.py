"""A store on each of the databases there are."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.store.store import Store
from tests.postgres import Postgres
from tests.store.databases import empty, open_url


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Each database that there is."""
    return str(request.param)


@pytest.fixture
def fresh_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it, not even tables."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path}/fresh.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.create_database()


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """A database that tests use after each other, because making tables takes its time."""
    return postgres.create_database()


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where `store` is."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path}/antiphon.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An open and empty store."""
    async with open_url(url) as store:
        await empty(store)
        yield store
