"""What a model thinks: in the field that `--reasoning-field` says, counted in any case, and never in the content."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import httpx
import pytest

from antiphon.settings import ReasoningField
from tests.contract.live import COMPLETIONS, body, frames, script, serve
from tests.contract.scripts import thought

FIELDS: tuple[ReasoningField, ...] = get_args(ReasoningField)
SAID = script(*thought("H", "m."), "So", ".")
NAMES = {"reasoning_content", "reasoning"}


@pytest.fixture(scope="module", params=FIELDS)
def field(request: pytest.FixtureRequest) -> ReasoningField:
    """Each choice of the setting."""
    chosen: ReasoningField = request.param
    return chosen


@pytest.fixture(scope="module")
def http(field: ReasoningField) -> Iterator[httpx.Client]:
    """A client of a server with that setting."""
    with serve(reasoning_field=field) as url, httpx.Client(base_url=url) as client:
        yield client


def ask(http: httpx.Client, content: str = SAID, **fields: Any) -> dict[str, Any]:
    """A whole answer."""
    answer = http.post(COMPLETIONS, json=body(content, **fields))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def stream(http: httpx.Client, content: str = SAID, **fields: Any) -> list[dict[str, Any]]:
    """The chunks of a stream, the usage last."""
    asked = body(content, stream=True, stream_options={"include_usage": True}, **fields)
    *chunks, done = frames(http.post(COMPLETIONS, json=asked).text)
    assert done == "[DONE]"
    return [json.loads(chunk) for chunk in chunks]


def thoughts(message: dict[str, Any]) -> dict[str, str]:
    """What a message says that was thought."""
    return {name: message[name] for name in NAMES if name in message}


def test_thoughts_of_a_whole_answer(http: httpx.Client, field: ReasoningField) -> None:
    """They stand in the one field that was chosen; with `none` nowhere. Content is the answer alone."""
    message = ask(http)["choices"][0]["message"]
    assert thoughts(message) == ({} if field == "none" else {field: "Hm."})
    assert message["content"] == "So."


def test_thoughts_of_a_stream(http: httpx.Client, field: ReasoningField) -> None:
    """Each piece is a delta of its own, before the content, whose first is null until then."""
    deltas = [chunk["choices"][0]["delta"] for chunk in stream(http)[:-1]]
    pieces = [] if field == "none" else [{field: "H"}, {field: "m."}]
    assert deltas == [
        {"role": "assistant", "content": None, "refusal": None},
        *pieces,
        {"content": "So"},
        {"content": "."},
        {},
    ]


@pytest.mark.parametrize("n", [1, 3])
def test_thoughts_are_counted(http: httpx.Client, n: int) -> None:
    """Usage tells how many tokens were thought, sent or not, in each choice and in both modes."""
    usage, last = ask(http, n=n)["usage"], stream(http, n=n)[-1]
    assert last["usage"] == usage and last["choices"] == []
    details = usage["completion_tokens_details"]
    assert (usage["completion_tokens"], details["reasoning_tokens"], details["text_tokens"]) == (4 * n, 2 * n, 2 * n)


def test_log_probabilities_of_thoughts(http: httpx.Client, field: ReasoningField) -> None:
    """Their tokens have entries as those of the content have; what is not sent is not told by them either."""
    tokens = ["So", "."] if field == "none" else ["H", "m.", "So", "."]
    content = ask(http, logprobs=True)["choices"][0]["logprobs"]["content"]
    assert [entry["token"] for entry in content] == tokens
    parts = [choice["logprobs"] for chunk in stream(http, logprobs=True) for choice in chunk["choices"]]
    assert [entry["token"] for part in parts if part for entry in part["content"]] == tokens


def test_a_limit_within_thoughts(http: httpx.Client, field: ReasoningField) -> None:
    """An answer that was cut before it began has thoughts and no content, and says that it was cut."""
    choice = ask(http, max_completion_tokens=1)["choices"][0]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("length", None)
    assert thoughts(choice["message"]) == ({} if field == "none" else {field: "H"})


def test_thoughts_are_kept(http: httpx.Client) -> None:
    """A stored completion has the message as it was answered."""
    answer = ask(http, store=True)
    kept = http.get(f"{COMPLETIONS}/{answer['id']}").json()
    assert kept["choices"] == answer["choices"] and kept["usage"] == answer["usage"]
    listed = http.get(COMPLETIONS).json()["data"]
    assert [one["choices"] for one in listed if one["id"] == answer["id"]] == [answer["choices"]]


def test_an_answer_can_be_given_back(http: httpx.Client, field: ReasoningField) -> None:
    """The message of an answer, thoughts and all, is part of the next request, and is kept as input."""
    message = ask(http)["choices"][0]["message"]
    messages = [{"role": "user", "content": "Hi"}, message, {"role": "user", "content": "Thanks"}]
    answer = http.post(COMPLETIONS, json=body(store=True) | {"messages": messages})
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"] == "Thanks"
    shown = http.get(f"{COMPLETIONS}/{answer.json()['id']}/messages").json()["data"][1]
    assert shown.get("reasoning_content") == (None if field == "none" else "Hm.")
