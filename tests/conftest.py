"""What every suite shares: repeatable Hypothesis, and settings that do not read this machine's configuration."""

import gc
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres import MISSING, Postgres, find_programs, serve_postgres

settings.register_profile("antiphon", derandomize=True, deadline=None, max_examples=60, database=None)
settings.load_profile("antiphon")


def pytest_collection_finish() -> None:
    """Thousands of tests stay until the end: the garbage collector need not look through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def no_configuration(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No ANTIPHON_ variable and no antiphon.toml of whoever runs the tests, and nothing kept among theirs."""
    for name in [name for name in os.environ if name.startswith("ANTIPHON_")]:
        del os.environ[name]
    os.environ["ANTIPHON_DATA_DIR"] = str(tmp_path_factory.mktemp("data"))
    os.chdir(tmp_path_factory.mktemp("without-antiphon-toml"))


@pytest.fixture(scope="session", autouse=True)
def listening() -> Iterator[None]:
    """Shells make what they start in the background deaf to SIGINT, its children too: it is listened to again."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def source(root: Path) -> Path:
    """The package's source."""
    return root / "src" / "antiphon"


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A folder with this antiphon.toml, which is where we then are."""

    def enter(toml: str) -> Path:
        (tmp_path / "antiphon.toml").write_text(toml)
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return enter


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for the whole run, with no database of ours in it yet."""
    programs = find_programs()
    if programs is None:
        pytest.skip(MISSING)
    with serve_postgres(programs) as server:
        yield server
