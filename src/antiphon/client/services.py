"""The operations as methods: `client.chat.completions.create(…)`. Written once for both clients: what such a method
returns depends on whose service it is.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeVar, Unpack, overload

from antiphon.client import operations
from antiphon.client.call import Call, Page
from antiphon.client.options import CallOptions, Options
from antiphon.client.records import Record

if TYPE_CHECKING:
    from antiphon.client.clients import AsyncClient, Client
    from antiphon.client.pages import AsyncPages, Pages
    from antiphon.client.stream import AsyncStream, Stream

C = TypeVar("C", "Client", "AsyncClient")
P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound=Record)


class Service(Generic[C]):
    """A part of the API as a client has it. options: of every call of it."""

    def __init__(self, client: C, options: Options) -> None:
        self.client: C = client
        self.options = options

    def with_options(self, **later: Unpack[CallOptions]) -> Self:
        """The same with other options."""
        return type(self)(self.client, self.options.with_options(later))


class Operation(Generic[P, T]):
    """A method that gives an answer, or something to await for it."""

    def __init__(self, build: Callable[P, Call[T]]) -> None:
        self.build = build

    @overload
    def __get__(self, service: "Service[Client]", owner: object) -> Callable[P, T]: ...
    @overload
    def __get__(self, service: "Service[AsyncClient]", owner: object) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, service: Any, owner: object) -> Any:
        return bind(self.build, service, "run")


class Listing(Generic[P, R]):
    """A method that gives a list."""

    def __init__(self, build: Callable[P, Call[Page[R]]]) -> None:
        self.build = build

    @overload
    def __get__(self, service: "Service[Client]", owner: object) -> Callable[P, "Pages[R]"]: ...
    @overload
    def __get__(self, service: "Service[AsyncClient]", owner: object) -> Callable[P, "AsyncPages[R]"]: ...
    def __get__(self, service: Any, owner: object) -> Any:
        return bind(self.build, service, "pages")


class Streaming(Generic[P]):
    """A method that gives a stream to enter."""

    def __init__(self, build: Callable[P, Call[Any]]) -> None:
        self.build = build

    @overload
    def __get__(self, service: "Service[Client]", owner: object) -> Callable[P, "Stream"]: ...
    @overload
    def __get__(self, service: "Service[AsyncClient]", owner: object) -> Callable[P, "AsyncStream"]: ...
    def __get__(self, service: Any, owner: object) -> Any:
        return bind(self.build, service, "stream")


def bind(build: Callable[..., Call[Any]], service: Service[Any] | None, way: str) -> Callable[..., Any]:
    """What `build` makes, carried out that way; of the class itself, only what describes it."""
    if service is None:
        return build

    @wraps(build)
    def method(*args: Any, **kwargs: Any) -> Any:
        return getattr(service.client, way)(build(*args, **kwargs), service.options)

    return method


class CompletionMessages(Service[C]):
    """`client.chat.completions.messages`."""

    list = Listing(operations.list_messages)


class Completions(Service[C]):
    """`client.chat.completions`."""

    create = Operation(operations.create)
    stream = Streaming(operations.stream)
    list = Listing(operations.list_completions)
    retrieve = Operation(operations.retrieve)
    update = Operation(operations.update)
    delete = Operation(operations.delete)

    @property
    def messages(self) -> CompletionMessages[C]:
        """What stored completions answered."""
        return CompletionMessages(self.client, self.options)


class Chat(Service[C]):
    """`client.chat`."""

    @property
    def completions(self) -> Completions[C]:
        """Answers."""
        return Completions(self.client, self.options)


class Models(Service[C]):
    """`client.models`."""

    list = Listing(operations.list_models)
