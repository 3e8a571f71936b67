"""Our typed client against a server: both clients, all operations, and the same answer whole and streamed."""

import copy
import pickle
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from antiphon.client import (
    AsyncClient,
    BadRequest,
    ChatCompletion,
    Client,
    ClientError,
    ConnectionFailed,
    Misconfigured,
    NotFound,
    StreamEndedEarly,
    TimedOut,
    Unauthenticated,
    Unreadable,
    user_message,
)
from tests.contract.live import body, script
from tests.contract.recorder import record, respond
from tests.contract.scripts import SCRIPTS, wanted

ID = re.compile(r"(call_|chatcmpl-)[0-9a-f]{8,}")


@pytest.fixture(scope="module")
def ours(url: str) -> Iterator[Client]:
    """One that waits."""
    with Client(base_url=f"{url}/v1/", max_retries=0) as client:
        yield client


@pytest.fixture
async def ours_async(url: str) -> AsyncIterator[AsyncClient]:
    """One to await."""
    async with AsyncClient(base_url=f"{url}/v1", max_retries=0) as client:
        yield client


def comparable(completion: ChatCompletion) -> dict[str, Any]:
    """Without what is another one each time: ids that were drawn, and when it was."""
    fields = {name: value for name, value in completion.to_dict().items() if name not in ("id", "created")}
    for choice in fields["choices"]:
        for call in choice["message"].get("tool_calls") or ():
            call["id"] = ID.sub("id", call["id"])
    return fields


@pytest.mark.parametrize("name", SCRIPTS)
def test_streamed_is_whole(ours: Client, name: str) -> None:
    """The accumulated completion is that of `create`, field by field; no chunk and no event is untyped."""
    asked = wanted(name)
    whole = ours.chat.completions.create(**asked)
    with ours.chat.completions.stream(**asked) as stream:
        streamed = stream.final()
    assert comparable(streamed) == comparable(whole)
    for completion in (whole, streamed):
        assert completion.extra_fields == {}
        for choice in completion.choices:
            assert choice.finish_reason.is_known and choice.message.role.is_known and choice.message.extra_fields == {}


@pytest.mark.parametrize("name", SCRIPTS)
async def test_both_clients_are_alike(ours: Client, ours_async: AsyncClient, name: str) -> None:
    """What one gets, the other gets."""
    asked = wanted(name)
    whole = await ours_async.chat.completions.create(**asked)
    assert comparable(whole) == comparable(ours.chat.completions.create(**asked))
    async with ours_async.chat.completions.stream(**asked) as stream:
        events = [event.type async for event in stream]
        assert comparable(stream.snapshot) == comparable(whole)
    with ours.chat.completions.stream(**asked) as waiting:
        assert [event.type for event in waiting] == events


def test_the_life_of_a_stored_completion(ours: Client) -> None:
    """Created, found, listed, given other metadata, its messages read, deleted."""
    mark = {"test": "life"}
    made = ours.chat.completions.create(**body("Hello there"), store=True, metadata=mark)
    ours.chat.completions.create(**body("Another"), store=True, metadata=mark)
    assert ours.chat.completions.retrieve(made.id).choices == made.choices
    found = list(ours.chat.completions.list(metadata=mark, limit=1, order="asc"))
    assert [one.text for one in found] == ["Hello there", "Another"]
    assert len(ours.chat.completions.list(metadata=mark, limit=1).first().data) == 1
    assert ours.chat.completions.update(made.id, metadata={"test": "over"}).metadata == {"test": "over"}
    assert [message.content for message in ours.chat.completions.messages.list(made.id)] == ["Hello there"]
    for one in found:
        assert ours.chat.completions.delete(one.id).deleted
    with pytest.raises(NotFound) as caught:
        ours.chat.completions.retrieve(made.id)
    assert (caught.value.status_code, caught.value.code) == (404, "completion_not_found")
    assert caught.value.param == "completion_id" and caught.value.request_id


async def test_the_same_awaited(ours_async: AsyncClient) -> None:
    """All operations of the asynchronous client."""
    completions, mark = ours_async.chat.completions, {"test": "awaited"}
    made = [await completions.create(**body(text), store=True, metadata=mark) for text in ("a", "b", "c")]
    assert [one.id async for one in completions.list(metadata=mark, limit=2)] == [one.id for one in made]
    assert len((await completions.list(metadata=mark, limit=2).first()).data) == 2
    assert (await completions.update(made[0].id, metadata=None)).metadata in (None, {})
    assert (await completions.retrieve(made[0].id)).text == "a"
    assert [one.role async for one in completions.messages.list(made[0].id)] == ["user"]
    for one in made:
        assert (await completions.delete(one.id)).deleted
    with pytest.raises(NotFound):
        await completions.retrieve(made[0].id)


def test_models(ours: Client) -> None:
    """What can be asked, aliases too."""
    assert {"smollm2", "second"} <= {model.id for model in ours.models.list()}


def test_an_answer_goes_into_the_next_question(ours: Client) -> None:
    """A message is taken back as it came, calls and all."""
    first = ours.chat.completions.create(**wanted("thoughts and calls"))
    past = [user_message("Look"), first.choices[0].message]
    answered = [
        {"role": "tool", "tool_call_id": call.id, "content": "7"} for call in first.choices[0].message.tool_calls or ()
    ]
    again = ours.chat.completions.create(model="smollm2", messages=[*past, *answered, user_message("So?")])
    assert again.text == "So?"


def test_errors_are_typed(ours: Client, keyed_url: str) -> None:
    """With what the server says: status, type, code, parameter and request."""
    with pytest.raises(BadRequest) as caught:
        ours.chat.completions.create(**body(), temperature=9)
    assert (caught.value.param, caught.value.type, caught.value.status_code) == (
        "temperature", "invalid_request_error", 400,
    )  # fmt: skip
    with Client(base_url=f"{keyed_url}/v1", api_key="wrong") as client, pytest.raises(Unauthenticated):
        client.chat.completions.list().first()
    with pytest.raises(BadRequest), ours.chat.completions.stream(**body(), temperature=9):
        pass


def test_leaving_a_stream_cancels_it(ours: Client) -> None:
    """The connection is closed in the middle, and the client goes on with another one."""
    with ours.chat.completions.stream(**body(script(*["word "] * 1000))) as stream:
        assert next(iter(stream.texts())) == "word "
    assert ours.chat.completions.create(**body("Still there")).text == "Still there"


def test_what_nobody_knows_yet() -> None:
    """Fields and words of a later server are kept, told apart from what is known, and fail nothing."""
    later = {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m", "mood": {"a": [1]}, "service_tier": "turbo",
        "choices": [{"index": 0, "finish_reason": "bored", "message": {"role": "oracle", "content": None, "aura": 1}}],
    }  # fmt: skip
    with record(respond(later)) as server, Client(base_url=server.url) as client:
        answer = client.chat.completions.create(**body())
    choice = answer.choices[0]
    assert (choice.finish_reason, choice.finish_reason.is_known, choice.message.role.is_known) == (
        "bored",
        False,
        False,
    )
    assert answer.service_tier == "turbo" and answer.service_tier and not answer.service_tier.is_known
    assert (answer.extra_fields, choice.message.extra_fields) == ({"mood": {"a": [1]}}, {"aura": 1})
    assert [choice.message.state(name) for name in ("content", "refusal", "role")] == ["null", "missing", "present"]
    assert '"mood": {"a": [1]}' in answer.raw_json


def test_retries() -> None:
    """What is worth it, with the same key each time and no sooner than is asked; what is not, is not."""
    busy = respond({"error": {"message": "Busy."}}, "429 Too Many\r\nretry-after-ms: 5")
    good = respond({"id": "c", "choices": []})
    with record(busy, respond(b"", "503 No"), good) as server, Client(base_url=server.url) as client:
        assert client.chat.completions.create(**body()).id == "c"
    keys = {request.headers["idempotency-key"] for request in server.requests}
    assert len(server.requests) == 3 and len(keys) == 1
    with record(respond({}, "400 Bad")) as server, Client(base_url=server.url) as client, pytest.raises(BadRequest):
        client.chat.completions.create(**body())
    assert len(server.requests) == 1


@pytest.mark.parametrize("error", [
    NotFound(404, {"error": {"message": "No.", "code": "c", "param": "p"}}, request_id="r"), TimedOut("http://a"),
    StreamEndedEarly("text/html", request_id="r"),
])  # fmt: skip
def test_errors_travel(error: ClientError) -> None:
    """They can be copied, and sent to another process."""
    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(other), str(other), vars(other)) == (type(error), str(error), vars(error))


def test_answers_are_what_was_sent() -> None:
    """They cannot be changed by accident, and say what they have."""
    answer = ChatCompletion({"id": "c"})
    with pytest.raises(AttributeError, match="to_dict"):
        answer.id = "d"
    assert {"id", "choices", "usage"} <= set(dir(answer)) and answer.text == ""
    assert pickle.loads(pickle.dumps(answer)) == copy.deepcopy(answer) == answer


@pytest.mark.parametrize(("more", "told"), [
    ({"temperature": float("nan")}, "cannot be sent"), ({"temperature": float("inf")}, "cannot be sent"),
    ({"messages": [user_message("\ud800")]}, "half a character"), ({"user": {"a": b"x"}.keys}, "cannot hold"),
])  # fmt: skip
def test_what_cannot_be_sent(ours: Client, more: dict[str, Any], told: str) -> None:
    """Is told, and never sent as something else."""
    with pytest.raises((Misconfigured, TypeError), match=told):
        ours.chat.completions.create(**(body() | more))


def test_what_is_no_answer() -> None:
    """A broken encoding, a circle of redirects, and no stream are errors of ours."""
    gzip = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc"
    with record(gzip) as server, Client(base_url=server.url) as client, pytest.raises(Unreadable, match="decoded"):
        client.chat.completions.create(**body())
    circle = respond(b"", "302 Found\r\nlocation: /v1/chat/completions/c")
    with (
        record(circle) as server,
        Client(base_url=server.url) as client,
        pytest.raises(ConnectionFailed, match="redirect"),
    ):
        client.chat.completions.retrieve("c")
    with record(respond(b"<html>", kind="text/html")) as server, Client(base_url=server.url) as client:
        stream = client.chat.completions.stream(**body())
        with stream, pytest.raises(StreamEndedEarly, match="text/html"):
            stream.final()


def test_a_list_that_leads_in_a_circle() -> None:
    """Ends where it comes back to."""
    pages = [respond({"data": [{"id": one}], "last_id": one, "has_more": True}) for one in "aba"]
    with record(*pages) as server, Client(base_url=server.url) as client:
        assert [one.id for one in client.chat.completions.list()] == ["a", "b", "a"]


def test_ids_stay_in_their_place(ours: Client) -> None:
    """No id leads elsewhere."""
    for completion_id in ("", ".", ".."):
        with pytest.raises(Misconfigured):
            ours.chat.completions.delete(completion_id)
    with pytest.raises(NotFound):
        ours.chat.completions.retrieve("../models")


def test_passwords_are_not_told() -> None:
    """Errors show an address without them."""
    client = Client(base_url="http://bob:sekret@127.0.0.1:1/v1", max_retries=0)
    with client, pytest.raises(ConnectionFailed) as caught:
        client.models.list().first()
    assert "127.0.0.1:1" in str(caught.value) and "sekret" not in str(caught.value)


def test_an_address_that_is_none() -> None:
    """Is told where the client is made."""
    for address in ("nothing", "http://", "ftp://a", "http://a/v1?b=c"):
        with pytest.raises(Misconfigured, match="no address"):
            Client(base_url=address)


def test_a_server_of_something_else() -> None:
    """Its answer is unreadable, which is an error of its own."""
    with record(respond(b"<html>")) as server, Client(base_url=server.url) as client, pytest.raises(Unreadable):
        client.chat.completions.create(**body())
