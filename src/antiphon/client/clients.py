"""`Client` and `AsyncClient`: the same calls, carried out by httpx in either way."""

import os
import time
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, Unpack

import httpx

import antiphon
from antiphon.client.attempts import Attempts, Outcome, Pause, Step, attempt
from antiphon.client.call import Call, Page, encode_body
from antiphon.client.errors import Misconfigured
from antiphon.client.options import CallOptions, Options
from antiphon.client.pages import AsyncPages, Pages
from antiphon.client.records import Record
from antiphon.client.services import Chat, Models
from antiphon.client.stream import AsyncStream, Stream
from antiphon.client.tls import LazyContext

LOCAL = "http://127.0.0.1:8000/v1"
H = TypeVar("H", httpx.Client, httpx.AsyncClient)
T = TypeVar("T")
R = TypeVar("R", bound=Record)


class Connection(ABC, Generic[H]):
    """Where a server is, and what goes with every call. base_url, api_key, organization, project: from the environment
    where they are not given (`OPENAI_BASE_URL`, `OPENAI_API_KEY`, `OPENAI_ORG_ID`, `OPENAI_PROJECT_ID`); without an
    address it is the server on this machine. http: to use in place of one of our own. options: see `CallOptions`.
    """

    def __init__(
        self,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        organization: str | None = None,
        project: str | None = None,
        http: H | None = None,
        **options: Unpack[CallOptions],
    ) -> None:
        self.base_url = check_address(base_url or os.environ.get("OPENAI_BASE_URL") or LOCAL)
        headers = {
            "user-agent": f"antiphon/{antiphon.__version__}",
            "authorization": bearer(api_key or os.environ.get("OPENAI_API_KEY")),
            "openai-organization": organization or os.environ.get("OPENAI_ORG_ID"),
            "openai-project": project or os.environ.get("OPENAI_PROJECT_ID"),
        }
        self.options = Options(headers=headers).with_options(options)
        self.http: H = http or self._open()

    @abstractmethod
    def _open(self) -> H: ...

    def attempts(self, call: Call[Any], options: Options) -> Attempts:
        """The life of a call under these options, and those of its own."""
        options = options.with_options(call.options)
        content = None
        if call.body is not None:
            body = {**call.body, **options.extra_body}
            content = encode_body({name: body[name] for name in body if options.extra_body.get(name, body) is not None})

        def build(more: dict[str, str]) -> httpx.Request:
            own = {"content-type": "application/json"} if content is not None else {}
            headers = {**own, **more, **options.headers}
            return build_request(
                self.http,
                call.method,
                f"{self.base_url}/{call.path}",
                params={
                    name: value for name, value in {**call.query, **options.extra_query}.items() if value is not None
                },
                headers={name: value for name, value in headers.items() if value is not None},
                content=content,
                timeout=options.timeout,
            )

        return attempt(build, options.max_retries)


class Client(Connection[httpx.Client]):
    """Calls that wait. Use it as a context manager, or `close()` it."""

    def _open(self) -> httpx.Client:
        return httpx.Client(follow_redirects=True, verify=LazyContext())

    @property
    def chat(self) -> "Chat[Client]":
        """Conversations."""
        return Chat(self, self.options)

    @property
    def models(self) -> "Models[Client]":
        """What can be asked."""
        return Models(self, self.options)

    def run(self, call: Call[T], options: Options) -> T:
        """Its answer."""
        return call.read(self.send(call, options, whole=True).content)

    def send(self, call: Call[Any], options: Options, *, whole: bool) -> httpx.Response:
        """A good response, whose body is read where it is wanted whole."""
        attempts, outcome = self.attempts(call, options), None
        while True:
            try:
                step = attempts.send(outcome)
            except StopIteration as done:
                response: httpx.Response = done.value
                return response
            outcome = self._take(step, whole=whole)

    def _take(self, step: Step, *, whole: bool) -> Outcome:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        try:
            response = self.http.send(step.request, stream=True)
            if whole or response.is_error:
                response.read()
        except httpx.RequestError as fault:
            return fault
        return response

    def pages(self, call: Call[Page[R]], options: Options) -> Pages[R]:
        """A list, fetched when it is walked through."""
        return Pages(lambda call: self.run(call, options), call)

    def stream(self, call: Call[Any], options: Options) -> Stream:
        """A stream, which begins where it is entered."""
        return Stream(lambda: self.send(call, options, whole=False), call)

    def close(self) -> None:
        """Close its connections."""
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


class AsyncClient(Connection[httpx.AsyncClient]):
    """Calls to be awaited. Use it as an asynchronous context manager, or `await close()`."""

    def _open(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(follow_redirects=True, verify=LazyContext())

    @property
    def chat(self) -> "Chat[AsyncClient]":
        """Conversations."""
        return Chat(self, self.options)

    @property
    def models(self) -> "Models[AsyncClient]":
        """What can be asked."""
        return Models(self, self.options)

    async def run(self, call: Call[T], options: Options) -> T:
        """Its answer."""
        return call.read((await self.send(call, options, whole=True)).content)

    async def send(self, call: Call[Any], options: Options, *, whole: bool) -> httpx.Response:
        """A good response, whose body is read where it is wanted whole."""
        attempts, outcome = self.attempts(call, options), None
        while True:
            try:
                step = attempts.send(outcome)
            except StopIteration as done:
                response: httpx.Response = done.value
                return response
            outcome = await self._take(step, whole=whole)

    async def _take(self, step: Step, *, whole: bool) -> Outcome:
        if isinstance(step, Pause):
            from asyncio import sleep  # noqa: PLC0415 (whoever awaits has it; a client that waits starts faster without)

            await sleep(step.seconds)
            return None
        try:
            response = await self.http.send(step.request, stream=True)
            if whole or response.is_error:
                await response.aread()
        except httpx.RequestError as fault:
            return fault
        return response

    def pages(self, call: Call[Page[R]], options: Options) -> AsyncPages[R]:
        """A list, fetched when it is walked through."""
        return AsyncPages(lambda call: self.run(call, options), call)

    def stream(self, call: Call[Any], options: Options) -> AsyncStream:
        """A stream, which begins where it is entered."""
        return AsyncStream(lambda: self.send(call, options, whole=False), call)

    async def close(self) -> None:
        """Close its connections."""
        await self.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()


def build_request(http: httpx.Client | httpx.AsyncClient, method: str, url: str, **parts: Any) -> httpx.Request:
    """Raises `Misconfigured` for what no header can hold."""
    try:
        return http.build_request(method, url, **parts)
    except UnicodeEncodeError as error:
        raise Misconfigured(f"A header has characters that none can have: {error.object!r:.100}.") from None


def check_address(base_url: str) -> str:
    """Without a slash at its end. Raises `Misconfigured`."""
    base_url = str(base_url)
    try:
        address = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise Misconfigured(f"'{base_url}' is no address of a server: {error}.") from None
    if address.scheme not in ("http", "https") or not address.host or address.query or address.fragment:
        raise Misconfigured(f"'{base_url}' is no address of a server: one looks like {LOCAL}.")
    return base_url.rstrip("/")


def bearer(api_key: str | None) -> str | None:
    """As a header has it. Raises `Misconfigured`."""
    if api_key and not (api_key.isascii() and api_key.isprintable()):
        raise Misconfigured("The API key has characters that no key has, such as the end of a line.")
    return f"Bearer {api_key}" if api_key else None
