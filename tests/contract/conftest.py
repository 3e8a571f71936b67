"""Servers and clients that the contract tests share."""

from collections.abc import AsyncIterator, Iterator

import httpx
import openai
import pytest

from tests.contract.live import serve

KEY = "a-key"


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """A server without keys, with two names and an alias."""
    with serve(model={"smollm2": "a", "second": "b"}, alias={"gpt-*": "smollm2"}, max_body_bytes=100_000) as url:
        yield url


@pytest.fixture(scope="session")
def keyed_url() -> Iterator[str]:
    """A server that asks for a key."""
    with serve(api_key=[KEY, "another-key"]) as url:
        yield url


@pytest.fixture(scope="session")
def http(url: str) -> Iterator[httpx.Client]:
    """One client, so mostly one kept-alive connection, for all tests of a run."""
    with httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture(scope="session")
def client(url: str) -> Iterator[openai.OpenAI]:
    """The official package."""
    with openai.OpenAI(base_url=f"{url}/v1", api_key="unused", max_retries=0) as client:
        yield client


@pytest.fixture
async def async_client(url: str) -> AsyncIterator[openai.AsyncOpenAI]:
    """The official package, asynchronous."""
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="unused", max_retries=0) as client:
        yield client
