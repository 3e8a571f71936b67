"""Stored completions over HTTP: what is kept, shown, changed and deleted, the same on SQLite and PostgreSQL."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from openai.types.chat import ChatCompletion

from tests.contract.kept import BACKENDS, KEYS, Asker, serve_on
from tests.contract.live import COMPLETIONS, body, error_of, frames, script
from tests.contract.test_answers import described

GIVEN: dict[str, Any] = {
    "metadata": {"job": "7", "stage": "x"}, "user": "u", "seed": -5, "temperature": 0.5, "top_p": 0.25,
    "presence_penalty": -1, "frequency_penalty": 2, "service_tier": "auto", "response_format": {"type": "text"},
    "tools": [{"type": "function", "function": {"name": "time", "parameters": {"type": "object", "x": None}}}],
    "tool_choice": "auto",
}  # fmt: skip
SHOWN = {
    **{name: GIVEN[name] for name in GIVEN if name not in ("user", "service_tier")},
    "input_user": "u", "service_tier": "default", "presence_penalty": -1.0, "frequency_penalty": 2.0,
}  # fmt: skip
UNASKED = {
    "metadata": {}, "input_user": None, "temperature": 1.0, "top_p": 1.0, "presence_penalty": 0.0,
    "frequency_penalty": 0.0, "service_tier": "default", "response_format": None, "tools": None, "tool_choice": None,
}  # fmt: skip
CALL = ({"event": "tool_call", "name": "time"}, {"event": "arguments", "text": '{"zone":'})
CUSTOM = {"type": "custom", "custom": {"name": "note"}}
ANSWERS: dict[str, dict[str, Any]] = {
    "text": body(),
    "every parameter": body(**GIVEN),
    "nothing": body(script({"event": "finish"})),
    "choices": body("one two", n=3, stop="two"),
    "logprobs": body("Grüße 🎉", logprobs=True, top_logprobs=2),
    "thoughts": body(script({"event": "reasoning", "text": "Hm."}, "So.")),
    "JSON": body('{"a": 1}', response_format={"type": "json_object"}),
    "a refusal": body(script({"event": "refusal", "text": "No."})),
    "a call": body(script("Well.", *CALL, {"event": "arguments", "text": "1}"}), tools=GIVEN["tools"]),
    "a custom tool": body(script({"event": "tool_call", "name": "note", "kind": "custom"}), tools=[CUSTOM]),
    "functions": body(script(*CALL), functions=[{"name": "time"}], function_call="auto"),
    "cut short": body("one two", max_tokens=1),
    "NUL": body("a\0b", metadata={"\0": "\\0\0"}),
}


@pytest.fixture(scope="module", params=BACKENDS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server with keys of three projects, two of them of one."""
    with serve_on(request.param, request, api_key=KEYS, alias={"gpt-*": "smollm2"}) as url:
        yield url


@pytest.fixture
def askers(url: str) -> Iterator[list[Asker]]:
    """One for each key; nobody has anything yet."""
    with ExitStack() as stack:
        askers = [Asker(url, key.rpartition(":")[2], stack) for key in KEYS]
        for asker in askers:
            asker.clear()
        yield askers


@pytest.fixture
def ours(askers: list[Asker]) -> Asker:
    """One of them."""
    return askers[0]


def create(asker: Asker, request: dict[str, Any], *, stream: bool) -> tuple[str, dict[str, Any], str]:
    """The id, the whole answer where it came whole, and the request's id."""
    answer = asker.http.post(COMPLETIONS, json=request | {"store": True, "stream": stream})
    assert answer.status_code == 200, answer.text
    if not stream:
        return answer.json()["id"], answer.json(), answer.headers["x-request-id"]
    *chunks, done = frames(answer.text)
    assert done == "[DONE]" and all('"usage"' not in chunk for chunk in chunks)
    return json.loads(chunks[0])["id"], {}, answer.headers["x-request-id"]


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_kept_as_it_was_given(ours: Asker, name: str) -> None:
    """What is retrieved is what was answered, with its usage, and the same was kept of a stream."""
    kept = []
    for stream in (False, True):
        name_of_it, answer, request_id = create(ours, ANSWERS[name], stream=stream)
        found = ours.http.get(f"{COMPLETIONS}/{name_of_it}").json()
        assert found.items() >= answer.items()
        assert (found["id"], found["request_id"]) == (name_of_it, request_id)
        page = ours.page(order="desc", limit=1)
        assert found == page["data"][0]
        assert [error.message for error in described("CompletionList").iter_errors(page)] == []
        ChatCompletion.model_validate(found, strict=True)
        kept.append(found)
    varying = {"id", "created", "request_id"} | ({"seed"} if "seed" not in ANSWERS[name] else set())
    whole, streamed = ({key: value for key, value in found.items() if key not in varying} for found in kept)
    assert without_call_ids(whole) == without_call_ids(streamed)


def without_call_ids(completion: Any) -> Any:
    """A completion whose calls have no ids of their own."""
    for choice in completion["choices"]:
        for call in choice["message"].get("tool_calls", ()):
            assert call.pop("id").startswith("call_")
    return completion


@pytest.mark.parametrize(("request_", "shown"), [(body(**GIVEN), SHOWN), (body(), UNASKED)], ids=["given", "default"])
def test_a_completion_tells_what_it_was_asked_for(ours: Asker, request_: Any, shown: Any) -> None:
    """Beside the answer it carries the parameters that were used, those that nobody gave too."""
    name, _, _ = create(ours, request_, stream=False)
    found = ours.http.get(f"{COMPLETIONS}/{name}").json()
    assert {key: found[key] for key in shown} == shown
    assert isinstance(found["seed"], int) and found["system_fingerprint"].startswith("fp_")


def test_the_seed_that_was_drawn_is_told(ours: Asker) -> None:
    """Without a seed each completion has its own, with which it could be asked for again."""
    seeds = [ours.http.get(f"{COMPLETIONS}/{ours.store()}").json()["seed"] for _ in range(3)]
    assert len(set(seeds)) == 3


def test_usage_goes_on_to_who_asked_for_it(ours: Asker) -> None:
    """A stream that is stored has usage exactly when `include_usage` is asked for."""
    request = body(store=True, stream=True, stream_options={"include_usage": True})
    *chunks, done = frames(ours.http.post(COMPLETIONS, json=request).text)
    assert done == "[DONE]"
    assert [json.loads(chunk)["usage"] is None for chunk in chunks] == [True] * (len(chunks) - 1) + [False]
    assert json.loads(chunks[-1])["usage"] == ours.page()["data"][0]["usage"]


@pytest.mark.parametrize("store", [{}, {"store": None}, {"store": False}])
@pytest.mark.parametrize("stream", [False, True])
def test_nothing_is_kept_unasked(ours: Asker, store: dict[str, Any], stream: bool) -> None:
    """Without `store: true` nothing is stored, whatever metadata there is."""
    assert ours.http.post(COMPLETIONS, json=body(metadata={"a": "b"}, stream=stream, **store)).status_code == 200
    assert ours.page() == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


def test_update_replaces_metadata(ours: Asker) -> None:
    """The new pairs take the place of all old ones, also where it is found; everything else stays."""
    name = ours.store(metadata={"a": "1", "b": "2"})
    before = ours.http.get(f"{COMPLETIONS}/{name}").json()
    answer = ours.http.post(f"{COMPLETIONS}/{name}", json={"metadata": {"b": "3", "c": "4"}})
    assert answer.json() == before | {"metadata": {"b": "3", "c": "4"}}
    assert answer.json() == ours.http.get(f"{COMPLETIONS}/{name}").json()
    assert ours.ids(**{"metadata[b]": "3", "metadata[c]": "4"}) == [name]
    assert ours.ids(**{"metadata[a]": "1"}) == ours.ids(**{"metadata[b]": "2"}) == []
    for nothing in ({}, None):
        assert ours.http.post(f"{COMPLETIONS}/{name}", json={"metadata": nothing}).json()["metadata"] == {}
    assert ours.ids(**{"metadata[b]": "3"}) == []
    assert ours.ids() == [name]


def test_what_is_deleted_is_gone(ours: Asker) -> None:
    """Deleting says so once; after that nothing of it is there, for anybody."""
    name = ours.store(metadata={"a": "1"})
    assert ours.http.delete(f"{COMPLETIONS}/{name}").json() == {
        "object": "chat.completion.deleted",
        "id": name,
        "deleted": True,
    }
    for answer in every_operation(ours, name):
        assert (answer.status_code, error_of(answer)["code"]) == (404, "completion_not_found")
    assert ours.ids() == ours.ids(model="smollm2") == ours.ids(**{"metadata[a]": "1"}) == []


def every_operation(asker: Asker, name: str) -> list[Any]:
    """All that can be done to one completion."""
    path = f"{COMPLETIONS}/{name}"
    return [
        asker.http.get(path),
        asker.http.get(f"{path}/messages"),
        asker.http.post(path, json={"metadata": {"stolen": "yes"}}),
        asker.http.delete(path),
    ]


def test_projects_do_not_see_each_other(askers: list[Asker]) -> None:
    """Keys of one project share what is stored; for any other it is not there, and cannot be told from what is not."""
    ours, ours_too, theirs, single = askers
    name = ours.store(metadata={"a": "1"})
    assert ours_too.ids() == ours_too.ids(**{"metadata[a]": "1"}) == [name]
    for other in (theirs, single):
        own = other.store(metadata={"a": "1"})
        assert other.ids() == other.ids(model="smollm2") == other.ids(**{"metadata[a]": "1"}) == [own]
        for answer, unknown in zip(every_operation(other, name), every_operation(other, f"{name[:-1]}x"), strict=True):
            assert answer.status_code == unknown.status_code == 404
            assert answer.text == unknown.text.replace(f"{name[:-1]}x", name)
        cursor = other.http.get(COMPLETIONS, params={"after": name})
        assert (cursor.status_code, error_of(cursor)["param"]) == (400, "after")
    assert ours_too.http.get(f"{COMPLETIONS}/{name}").json()["metadata"] == {"a": "1"}


NO_IDS = ["chatcmpl-nothing", "x", "a%00b", "..%2F..%2Fetc%2Fpasswd", "%2e%2e", "a b", "'; DROP TABLE completions;--",
          "%F0%9F%8E%89", "a" * 5000, "chatcmpl-%25", "*", "chatcmpl-01a20e39276677b7c30217f72a2a0"]  # fmt: skip


@pytest.mark.parametrize("name", NO_IDS)
def test_what_is_no_id_is_404(ours: Asker, name: str) -> None:
    """Whatever stands in the path for an id: it is not there, and never more than that."""
    ours.store()
    for answer in every_operation(ours, name):
        assert answer.status_code in (404, 405)
        error_of(answer)
    assert len(ours.ids()) == 1


UPDATES: list[tuple[Any, str | None, str]] = [
    ({}, "metadata", "missing_required_parameter"),
    ({"metadata": {}, "model": "x"}, "model", "unknown_parameter"),
    ({"metadata": {}, "choices": []}, "choices", "unknown_parameter"),
    ({"metadata": "a"}, "metadata", "invalid_type"),
    ({"metadata": {"a": 1}}, "metadata.a", "invalid_type"),
    ({"metadata": {"a": None}}, "metadata.a", "invalid_type"),
    ({"metadata": {"k" * 65: "v"}}, None, "invalid_value"),
    ({"metadata": {"k": "v" * 513}}, "metadata.k", "invalid_value"),
    ({"metadata": {str(number): "v" for number in range(17)}}, "metadata", "invalid_value"),
    ([], None, "invalid_json"),
]


@pytest.mark.parametrize(("update", "param", "code"), UPDATES)
def test_a_bad_update_is_400(ours: Asker, update: Any, param: str | None, code: str) -> None:
    """Metadata within its limits and nothing else can be changed; a bad update changes nothing."""
    name = ours.store(metadata={"a": "1"})
    answer = ours.http.post(f"{COMPLETIONS}/{name}", json=update)
    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (400, code)
    assert param is None or error["param"] == param
    assert ours.page()["data"][0]["metadata"] == {"a": "1"}


def test_an_update_needs_json(ours: Asker) -> None:
    """A body of another kind, or none, is refused in the same form as everywhere."""
    path = f"{COMPLETIONS}/{ours.store()}"
    assert ours.http.post(path, content=b"metadata=1", headers={"content-type": "text/plain"}).status_code == 415
    broken = ours.http.post(path, content=b"{", headers={"content-type": "application/json"})
    assert (broken.status_code, error_of(broken)["code"]) == (400, "invalid_json")
