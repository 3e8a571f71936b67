"""What goes out: paths, bodies, headers, options that are laid over one another, messages."""

import json
from collections.abc import Iterator
from typing import Any, get_type_hints

import httpx
import pytest

from antiphon.client import (
    AsyncClient,
    CallOptions,
    Client,
    assistant_message,
    audio_part,
    developer_message,
    file_part,
    function_message,
    image_part,
    operations,
    refusal_part,
    system_message,
    text_part,
    tool_message,
    user_message,
    user_message_parts,
)
from antiphon.client.options import Options
from antiphon.client.params import CreateParams
from antiphon.client.responses import ChatCompletion
from antiphon.schema.request.create import CreateChatCompletion

ANSWER = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "choices": []}


class Recorder:
    """Takes the server's place, and keeps what it is asked."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.answers: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, json=self.answers.pop(0) if self.answers else ANSWER)

    @property
    def body(self) -> Any:
        """Of the last request."""
        return json.loads(self.requests[-1].content)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def client(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A client of it."""
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)
    with Client(http=httpx.Client(transport=httpx.MockTransport(recorder))) as client:
        yield client


def test_parameters_are_those_of_the_api() -> None:
    """A new one in `schema/request` is one here, too; `stream` is a method instead."""
    assert set(get_type_hints(CreateParams)) == set(CreateChatCompletion.model_fields) - {"stream"}


def test_create(client: Client, recorder: Recorder) -> None:
    """Says what it was told, also what a judging client would not; walks through iterables, gives records back."""
    earlier = ChatCompletion({"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}}]})
    messages = (message for message in (user_message("a"), earlier.choices[0].message))
    client.chat.completions.create(model="m", messages=messages, temperature=99, seed=None)  # type: ignore[arg-type]
    [request] = recorder.requests
    assert (request.method, str(request.url)) == ("POST", "http://127.0.0.1:8000/v1/chat/completions")
    assert recorder.body == {
        "model": "m",
        "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "Hi"}],
        "temperature": 99,
        "seed": None,
    }
    assert "authorization" not in request.headers
    assert request.headers["user-agent"].startswith("antiphon/")


def test_create_does_not_stream() -> None:
    """It says which method does."""
    with pytest.raises(TypeError, match=r"stream\(\) gives it piece by piece"):
        operations.create(model="m", messages=[], stream=True)  # type: ignore[call-arg]


def test_stored_operations(client: Client, recorder: Recorder) -> None:
    """Each has its method and path; an id is one part of a path, whatever is in it."""
    completions = client.chat.completions
    completions.retrieve("chatcmpl-1/../x?y")
    completions.update("c", metadata={"a": "b"})
    completions.delete("c")
    completions.list(limit=2, metadata={"a": "b"}, order="desc").first  # noqa: B018 (nothing is sent before it is asked)
    assert [(request.method, request.url.raw_path.decode()) for request in recorder.requests] == [
        ("GET", "/v1/chat/completions/chatcmpl-1%2F..%2Fx%3Fy"),
        ("POST", "/v1/chat/completions/c"),
        ("DELETE", "/v1/chat/completions/c"),
    ]
    with pytest.raises(ValueError, match="can have the id"):
        completions.retrieve("")


def test_pages(client: Client, recorder: Recorder) -> None:
    """A list goes on behind the last id, with the same filters, until there is no more."""
    recorder.answers = [
        {"data": [{"id": "a"}, {"id": "b"}], "has_more": True, "last_id": "b"},
        {"data": [{"id": "c"}], "has_more": True},
        {"data": [], "has_more": False},
    ]
    found = client.chat.completions.list(limit=2, metadata={"k": "v"})
    assert [completion.id for completion in found] == ["a", "b", "c"]
    assert [dict(request.url.params) for request in recorder.requests] == [
        {"limit": "2", "metadata[k]": "v"},
        {"limit": "2", "metadata[k]": "v", "after": "b"},
        {"limit": "2", "metadata[k]": "v", "after": "c"},
    ]


def test_a_list_that_does_not_get_on(client: Client, recorder: Recorder) -> None:
    """A server that says the same page again and again is not asked for ever."""
    recorder.answers = [{"data": [{"id": "a"}], "has_more": True, "last_id": "a"}] * 9
    assert len(list(client.chat.completions.messages.list("c"))) == 2


def test_models(client: Client, recorder: Recorder) -> None:
    """Their list has one page."""
    recorder.answers = [{"object": "list", "data": [{"id": "m", "object": "model"}]}]
    assert [model.id for model in client.models.list()] == ["m"]


def test_later_options_win(recorder: Recorder) -> None:
    """Of the client, of a service, of a call: headers whatever their case, fields of the body, of the address."""
    http = httpx.Client(transport=httpx.MockTransport(recorder))
    client = Client(
        http=http, base_url="http://x/v1/", api_key="k", organization="o", project="p",
        headers={"X-A": "client", "X-B": "client"}, extra_body={"e": 1, "f": 1}, timeout=5,
    )  # fmt: skip
    service = client.chat.completions.with_options(headers={"x-a": "service"}, extra_query={"q": "1"})
    later = CallOptions(
        headers={"X-A": "call", "OpenAI-Project": None}, extra_body={"f": 2, "temperature": None}, timeout=7
    )
    service.create(model="m", messages=[], temperature=1, options=later)
    [request] = recorder.requests
    headers = request.headers
    assert (headers["x-a"], headers["x-b"], headers["authorization"]) == ("call", "client", "Bearer k")
    assert headers["openai-organization"] == "o" and "openai-project" not in headers
    assert str(request.url) == "http://x/v1/chat/completions?q=1"
    assert recorder.body == {"model": "m", "messages": [], "e": 1, "f": 2}
    assert request.extensions["timeout"]["read"] == 7
    client.chat.completions.create(model="m", messages=[])
    assert recorder.requests[-1].headers["x-a"] == "client" and recorder.requests[-1].extensions["timeout"]["read"] == 5


def test_the_environment(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Address and keys come from OpenAI's own variables where they are not given."""
    for name, value in {"BASE_URL": "http://e/v1", "API_KEY": "ek", "ORG_ID": "eo", "PROJECT_ID": "ep"}.items():
        monkeypatch.setenv(f"OPENAI_{name}", value)
    with Client(http=httpx.Client(transport=httpx.MockTransport(recorder))) as client:
        client.chat.completions.retrieve("c")
    request = recorder.requests[-1]
    assert request.url.host == "e" and request.headers["authorization"] == "Bearer ek"
    assert (request.headers["openai-organization"], request.headers["openai-project"]) == ("eo", "ep")


async def test_the_same_awaited(recorder: Recorder) -> None:
    """The asynchronous client sends the same."""
    recorder.answers = [ANSWER, {"data": [{"id": "a"}], "has_more": True}, {"data": [{"id": "b"}], "has_more": False}]
    http = httpx.AsyncClient(transport=httpx.MockTransport(recorder))
    async with AsyncClient(http=http) as client:
        answer = await client.chat.completions.create(model="m", messages=[user_message("a")])
        assert answer.id == "chatcmpl-1"
        assert [completion.id async for completion in client.chat.completions.list()] == ["a", "b"]
    assert json.loads(recorder.requests[0].content) == {"model": "m", "messages": [{"role": "user", "content": "a"}]}


def test_methods_tell_what_they_do(client: Client) -> None:
    """`help()` shows the operation's own words and parameters."""
    assert client.chat.completions.retrieve.__doc__ == operations.retrieve.__doc__
    assert client.chat.completions.retrieve.__name__ == "retrieve"


def test_options_do_not_change() -> None:
    """Laying some over others makes new ones."""
    first = Options(headers={"a": "1"})
    assert first.with_options(CallOptions(headers={"B": "2"})).headers == {"a": "1", "b": "2"}
    assert first.headers == {"a": "1"}


def test_messages() -> None:
    """All roles and all parts, as the API has them."""
    assert user_message_parts(
        text_part("t"), image_part("u"), image_part("u", "low"), audio_part(b"ab", "wav"), file_part(file_id="f"),
        file_part(file_data=b"ab", filename="n"), refusal_part("r"),
    ) == {
        "role": "user",
        "content": [
            {"type": "text", "text": "t"},
            {"type": "image_url", "image_url": {"url": "u"}},
            {"type": "image_url", "image_url": {"url": "u", "detail": "low"}},
            {"type": "input_audio", "input_audio": {"data": "YWI=", "format": "wav"}},
            {"type": "file", "file": {"file_id": "f"}},
            {"type": "file", "file": {"file_data": "YWI=", "filename": "n"}},
            {"type": "refusal", "refusal": "r"},
        ],
    }  # fmt: skip
    assert [assistant_message("c"), system_message("c"), developer_message("c"), user_message("c")] == [
        {"role": role, "content": "c"} for role in ("assistant", "system", "developer", "user")
    ]
    assert tool_message("i", "c") == {"role": "tool", "tool_call_id": "i", "content": "c"}
    assert function_message("n", "c") == {"role": "function", "name": "n", "content": "c"}
