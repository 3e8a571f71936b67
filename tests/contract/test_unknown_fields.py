"""`--unknown-fields ignore`: what nobody knows is left out and named in a header, and the rest works as ever."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import httpx
import openai
import pytest

from tests.contract.able import serve_able
from tests.contract.live import COMPLETIONS, body, error_of, frames, serve
from tests.unit.schema.request.cases import RICH
from tests.unit.schema.request.cases.base import function
from tests.unit.schema.request.cases.places import Steps, is_free, path_of, places, replaced, value_at


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that ignores what it does not know, and can do everything but media."""
    with serve_able(unknown_fields="ignore") as url:
        yield url


@pytest.fixture(scope="module")
def http(url: str) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=url) as client:
        yield client


def ignored(answer: httpx.Response) -> list[str]:
    """The fields that the header names."""
    assert answer.status_code == 200, answer.text
    header = answer.headers.get("antiphon-ignored")
    return [] if header is None else [unquote(path) for path in header.split(", ")]


HI = {"role": "user", "content": "Hi"}
CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, []),
    "at the top": ({"repetition_penalty": 1.1, "chat_template_kwargs": {"a": 1}},
                   ["repetition_penalty", "chat_template_kwargs"]),
    "in a message": ({"messages": [HI | {"cache_control": {"type": "ephemeral"}}]}, ["messages[0].cache_control"]),
    "in a part": ({"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi", "cache_control": {}}]}]},
                  ["messages[0].content[0].cache_control"]),
    "in a tool": ({"tools": [function() | {"cache_control": {}}]}, ["tools[0].cache_control"]),
    "in a function": ({"tools": [function(), function("g", returns={})]}, ["tools[1].function.returns"]),
    "in a choice": ({"tools": [function()], "tool_choice": "none", "extra": None}, ["extra"]),
    "in a past call": (
        {"messages": [{"role": "assistant", "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": "", "strict": {}}}]}, HI]},
        ["messages[0].tool_calls[0].function.strict"],
    ),
    "in stream options": ({"stream": True, "stream_options": {"continuous_usage_stats": True}},
                          ["stream_options.continuous_usage_stats"]),
    "odd names": ({"日本": 1, "a\r\nset-cookie: b=c": 2, "a, b": 3}, ["日本", "a\r\nset-cookie: b=c", "a, b"]),
    "control characters": ({"\x00\x7f\x1b[2J": 1, "\u2028\ufeff": 1}, ["\x00\x7f\x1b[2J", "\u2028\ufeff"]),
    "no name": ({"": 1}, [""]),
}  # fmt: skip


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_unknown_fields_are_named(http: httpx.Client, name: str, stream: bool) -> None:
    """Each is named by its path, wherever it stands, whole or streamed, and the answer is what it is without."""
    fields, paths = CASES[name]
    answer = http.post(COMPLETIONS, json=body("Hi") | {"stream": stream} | fields)
    assert sorted(ignored(answer)) == sorted(paths)
    assert "set-cookie" not in answer.headers
    if answer.headers["content-type"].startswith("text/event-stream"):
        deltas = [json.loads(frame)["choices"][0]["delta"] for frame in frames(answer.text)[:-1]]
        assert "".join(delta.get("content") or "" for delta in deltas) == "Hi"
    else:
        assert answer.json()["choices"][0]["message"]["content"] == "Hi"


def objects(request: Any) -> list[Steps]:
    """The places of all objects that have only certain fields."""
    inner = (path for path in places(request) if isinstance(value_at(request, path), dict))
    return [(), *(path for path in inner if not is_free(path))]


@pytest.mark.parametrize("name", ["tools", "functions", "choice of a custom tool"])
def test_wherever_it_stands(http: httpx.Client, name: str) -> None:
    """There is no object of a request in which an unknown field would be refused, or dropped without a word."""
    request = RICH[name]
    if name == "choice of a custom tool":
        called = '[{"event": "tool_call", "name": "calculate", "kind": "custom"}]'
        request = request | {"messages": [*request["messages"], {"role": "user", "content": called}]}
    missed = []
    for path in objects(request):
        place = (*path, "novelty")
        answer = http.post(COMPLETIONS, json=replaced(request, place, {"type": "text"}))
        if answer.headers.get("antiphon-ignored") != path_of(place):
            missed.append(
                (path_of(place), answer.status_code, answer.headers.get("antiphon-ignored"), answer.text[:150])
            )
    assert missed == []


def test_all_at_once(http: httpx.Client) -> None:
    """An unknown field in every object of a request: as many are named as a header should have, and it is answered."""
    request = RICH["tools"]
    paths = objects(request)
    for path in paths:
        request = replaced(request, (*path, "novelty"), 1)
    named = set(ignored(http.post(COMPLETIONS, json=request)))
    assert named <= {path_of((*path, "novelty")) for path in paths} and len(named) > 10


def test_what_is_bad_stays_bad(http: httpx.Client) -> None:
    """Whoever leaves out what is unknown still refuses what is bad."""
    answer = http.post(COMPLETIONS, json=body(n=0, novelty=1))
    assert (answer.status_code, error_of(answer)["param"]) == (400, "n")


def test_very_many_unknown_fields(http: httpx.Client) -> None:
    """With ten thousand of them the header stays one that clients can read."""
    answer = http.post(COMPLETIONS, json=body("Hi") | {f"novelty_{number}": number for number in range(10_000)})
    assert len(ignored(answer)) > 10 and len(answer.headers["antiphon-ignored"]) < 8192


@pytest.mark.parametrize(
    "name", ["k" * 100_000, "日" * 30_000, "🎉" * 1000], ids=["long", "of another script", "emoji"]
)
def test_a_very_long_name(http: httpx.Client, name: str) -> None:
    """A name of any length and script leaves the header valid and short."""
    answer = http.post(COMPLETIONS, json=body("Hi") | {name: 1})
    header = answer.headers["antiphon-ignored"]
    assert answer.status_code == 200 and header.isascii() and len(header) < 8192


def test_hints_and_unknown_fields_stand_together() -> None:
    """One header names both: what the model cannot make use of, and what nobody knows."""
    with serve(unknown_fields="ignore") as plain:
        answer = httpx.post(plain + COMPLETIONS, json=body("Hi", service_tier="flex", novelty=1))
    assert ignored(answer) == ["service_tier", "novelty"]


def test_the_package_reads_the_header(url: str) -> None:
    """`extra_body` of the official package works, and its raw response has the header."""
    with openai.OpenAI(base_url=f"{url}/v1", api_key="unused") as client:
        answer = client.chat.completions.with_raw_response.create(
            model="smollm2", messages=[{"role": "user", "content": "Hi"}], extra_body={"novelty": 1}
        )
    assert answer.headers["antiphon-ignored"] == "novelty"
    assert answer.parse().choices[0].message.content == "Hi"
