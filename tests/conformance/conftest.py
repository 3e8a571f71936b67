"""One server for each target, clients of it, and what a test means that needs what not every target has."""

from collections.abc import Generator, Iterator
from typing import Any

import httpx
import openai
import pytest

from antiphon.capability import Capability
from tests.conformance.asker import Asker
from tests.conformance.table import Told
from tests.conformance.targets import TARGETS, Target, serve_target
from tests.model.plain import Vocabulary, load_vocabulary
from tests.model.processes import Server


def pytest_configure(config: pytest.Config) -> None:
    """`needs("tools")`: where a target lacks it, the test is that it says so."""
    config.addinivalue_line("markers", "needs(*capabilities): what a target must have; without, it must say so")


def needs_of(item: pytest.Item) -> frozenset[Capability]:
    """What a test is marked with."""
    return frozenset(name for mark in item.iter_markers("needs") for name in mark.args)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """A test of what its target lacks has passed when the target has said what the table says, and not before."""
    target: Any = pyfuncitem.funcargs.get("target")
    lacking = needs_of(pyfuncitem) - target.capabilities if target else frozenset()
    try:
        result = yield
    except Told as told:
        assert told.capability in lacking, f"{target} lacks {told.capability}, which this test is not marked to need"
        return True
    assert not lacking, f"nobody said that {sorted(lacking)} is lacking"
    return result


@pytest.fixture(scope="session", params=TARGETS, ids=lambda target: target.name)
def target(request: pytest.FixtureRequest) -> Target:
    """Each test runs on all of them."""
    found: Target = request.param
    return found


@pytest.fixture(scope="session")
def server(target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`antiphon serve` with the target behind it."""
    with serve_target(target, tmp_path_factory.mktemp(target.name)) as server:
        yield server


@pytest.fixture(scope="session")
def client(server: Server) -> Iterator[openai.OpenAI]:
    """The official package."""
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="unused", max_retries=0) as client:
        yield client


@pytest.fixture
def ask(request: pytest.FixtureRequest, client: openai.OpenAI, target: Target) -> Asker:
    """Questions by it."""
    return Asker(client, target, needs_of(request.node))


@pytest.fixture(scope="session")
def http(server: Server) -> Iterator[httpx.Client]:
    """What the official package would not send, or would hide."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def vocabulary() -> Iterator[Vocabulary]:
    """The model's tokens, which are the same on every target."""
    with load_vocabulary() as vocabulary:
        yield vocabulary
