"""Lists, walked through page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Generic, TypeVar

from antiphon.client.call import Call, Page, next_call
from antiphon.client.records import Record

R = TypeVar("R", bound=Record)


class Pages(Generic[R]):
    """Iterate over it for the items of all pages, over `pages()` for the pages; `first()` is the first one only."""

    def __init__(self, fetch: Callable[[Call[Page[R]]], Page[R]], call: Call[Page[R]]) -> None:
        self._fetch = fetch
        self._call = call

    def first(self) -> Page[R]:
        """One request, one page."""
        return self._fetch(self._call)

    def pages(self) -> Iterator[Page[R]]:
        """Each is asked for when it is needed."""
        call: Call[Page[R]] | None = self._call
        seen = {self._call.query["after"]} if "after" in self._call.query else set()
        while call:
            page = self._fetch(call)
            yield page
            call = next_call(call, page, seen)

    def __iter__(self) -> Iterator[R]:
        for page in self.pages():
            yield from page.data


class AsyncPages(Generic[R]):
    """The same, with `async for`."""

    def __init__(self, fetch: Callable[[Call[Page[R]]], Awaitable[Page[R]]], call: Call[Page[R]]) -> None:
        self._fetch = fetch
        self._call = call

    async def first(self) -> Page[R]:
        """One request, one page."""
        return await self._fetch(self._call)

    async def pages(self) -> AsyncIterator[Page[R]]:
        """Each is asked for when it is needed."""
        call: Call[Page[R]] | None = self._call
        seen = {self._call.query["after"]} if "after" in self._call.query else set()
        while call:
            page = await self._fetch(call)
            yield page
            call = next_call(call, page, seen)

    async def __aiter__(self) -> AsyncIterator[R]:
        async for page in self.pages():
            for item in page.data:
                yield item
