"""Servers that keep completions, on each database there is, and who asks them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import openai
import pytest

from tests.contract.live import COMPLETIONS, body, serve
from tests.postgres import Postgres

BACKENDS = ("sqlite", "postgresql")
KEYS = ("team:ours", "team:ours-too", "others:theirs", "single")


@contextmanager
def serve_on(backend: str, request: pytest.FixtureRequest, **settings: Any) -> Iterator[str]:
    """The base URL of a server with a database of its own."""
    if backend == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        settings["database_url"] = postgres.create_database()
    with serve(**settings) as url:
        yield url


class Asker:
    """One key's way to a server: plain HTTP, and the official package."""

    def __init__(self, url: str, key: str, stack: ExitStack) -> None:
        headers = {"authorization": f"Bearer {key}"}
        self.http = stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=60))
        sdk = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
        self.completions = stack.enter_context(sdk).chat.completions

    def store(self, content: Any = "Hello there", **fields: Any) -> str:
        """The id of a completion that is kept."""
        answer = self.http.post(COMPLETIONS, json=body(content, store=True, **fields))
        assert answer.status_code == 200, answer.text
        name: str = answer.json()["id"]
        return name

    def ids(self, **query: Any) -> list[str]:
        """The ids of a page."""
        return [one["id"] for one in self.page(**query)["data"]]

    def page(self, **query: Any) -> dict[str, Any]:
        """A page of the list."""
        answer = self.http.get(COMPLETIONS, params=query)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    def clear(self) -> None:
        """Delete everything."""
        while ids := self.ids(limit=100):
            for name in ids:
                self.http.delete(f"{COMPLETIONS}/{name}")
