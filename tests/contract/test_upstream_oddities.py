"""What upstreams may do: odd forms that are no faults, and what is passed on as it is."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.relayed import ask, ask_and_see, count_faults, read, relay, settle
from tests.contract.upstreams.answers import Answer, Call
from tests.contract.upstreams.chunks import DONE, argued, called, counted, finished, role, said
from tests.contract.upstreams.faults import Ending, Stream
from tests.contract.upstreams.table.calls import TOOLS
from tests.contract.upstreams.table.harmless import EMPTY, HARMLESS, HELLO
from tests.contract.upstreams.upstream import Upstream

MODEL = "one"


@pytest.fixture(scope="module")
def running() -> Iterator[Upstream]:
    """One that parses tool calls itself."""
    with Upstream() as running:
        yield running


@pytest.fixture
def upstream(running: Upstream) -> Upstream:
    """The same, which behaves well, and was asked nothing yet."""
    running.behave(Answer())
    return running


@pytest.fixture(scope="module")
def client(running: Upstream) -> Iterator[httpx.Client]:
    """Of the server before it."""
    with relay({MODEL: [running]}) as client:
        yield client


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(("name", "text"), [*((name, "Hello") for name in HARMLESS), *((name, "") for name in EMPTY)])
def test_what_is_odd_is_no_fault(upstream: Upstream, client: httpx.Client, name: str, text: str, stream: bool) -> None:
    """An answer comes of it, at the first attempt, nothing is counted, and the next request is answered."""
    upstream.behaviour = (HARMLESS | EMPTY)[name]
    before = count_faults(client, MODEL)
    assert read(ask(client, MODEL, stream=stream), stream=stream) == (text, None)
    assert (len(upstream.chats), count_faults(client, MODEL)) == (1, before)
    upstream.behaviour = Answer()
    assert read(ask(client, MODEL), stream=False) == ("Hello", None)
    settle(upstream)


@pytest.mark.parametrize("ending", ["closed", "reset"])
def test_a_connection_may_break_after_the_last_word(upstream: Upstream, client: httpx.Client, ending: Ending) -> None:
    """Once all has been said, it is no fault that the framing has no end; the connection is not used again."""
    upstream.behaviour = Stream(*HELLO, DONE, ending=ending)
    before = count_faults(client, MODEL)
    answer = ask_and_see(client, MODEL, upstream, "[DONE]")
    assert (read(answer, stream=True), count_faults(client, MODEL)) == (("Hello", None), before)
    upstream.behaviour = Answer()
    assert read(ask(client, MODEL), stream=False) == ("Hello", None)


def test_connections_are_used_again(upstream: Upstream, client: httpx.Client) -> None:
    """Answers that end well leave their connections open for the next; few are new, however busy the machine is."""
    before = upstream.num_accepted
    for stream in (True, False) * 10:
        ask(client, MODEL, stream=stream)
    assert upstream.num_accepted - before <= 5


def call_of(answer: httpx.Response) -> list[tuple[str, str]]:
    """Names and arguments of the calls of a whole answer."""
    calls = answer.json()["choices"][0]["message"].get("tool_calls", [])
    return [(call["function"]["name"], call["function"]["arguments"]) for call in calls]


@pytest.mark.parametrize(
    "arguments",
    ['{"city', "", "Oslo", '{"city": "Oslo"}}', "null", '{"city": "Oslo", "city": 1}', "{'city': 1}", "\ufeff{}"],
)
def test_arguments_that_are_not_strict_pass_as_they_are(
    upstream: Upstream, client: httpx.Client, arguments: str
) -> None:
    """What a model wrote is never mended; nor is it a fault."""
    upstream.behaviour = Answer(tokens=(), calls=[Call("get_weather", [arguments])])
    answer = ask(client, MODEL, **TOOLS)
    assert call_of(answer) == [("get_weather", arguments)]
    assert answer.json()["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize("numbers", [(0, 1), (1, 2), (0, 5), (3, 1)])
def test_calls_are_numbered_anew(upstream: Upstream, client: httpx.Client, numbers: tuple[int, int]) -> None:
    """However the upstream numbers them, the first is 0 and the next 1."""
    first, second = numbers
    upstream.behaviour = Stream(
        role(), called("get_weather", "", first), argued("{}", first), called("get_time", "{}", second),
        finished("tool_calls"), counted(),
    )  # fmt: skip
    assert call_of(ask(client, MODEL, **TOOLS)) == [("get_weather", "{}"), ("get_time", "{}")]
    *chunks, _ = ask(client, MODEL, stream=True, **TOOLS).text.split("\n\n")[:-1]
    deltas = [
        call["index"]
        for chunk in chunks
        for choice in httpx.Response(200, text=chunk.removeprefix("data: ")).json()["choices"]
        for call in choice["delta"].get("tool_calls", [])
    ]
    assert sorted(set(deltas)) == [0, 1] and deltas == sorted(deltas)


@pytest.mark.parametrize("fields", [{"id": None}, {"id": ""}, {"id": "x" * 10_000}, {"type": "banana"}, {"type": None}])
def test_a_calls_own_words_are_not_needed(upstream: Upstream, client: httpx.Client, fields: dict[str, Any]) -> None:
    """A call has an id of bearable length and its type, whatever the upstream says."""
    upstream.behaviour = Stream(role(), called("get_weather", "{}", **fields), finished("tool_calls"), counted())
    (call,) = ask(client, MODEL, **TOOLS).json()["choices"][0]["message"]["tool_calls"]
    assert call["id"] and len(call["id"]) < 1000 and call["type"] == "function"


@pytest.mark.parametrize(
    "text", ["\0", "\u2028", "\r\n", "data: [DONE]\n\n", "<|im_end|>", "\U0001f389", "\ufeff", "\x1b[2J", "\ufffe"]
)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_text_is_exact(upstream: Upstream, client: httpx.Client, text: str, stream: bool) -> None:
    """Whatever is in it, it comes out as it went in."""
    upstream.behaviour = Stream(role(), said(text), said(text), finished(), counted())
    assert read(ask(client, MODEL, stream=stream), stream=stream) == (text * 2, None)


def test_usage_is_the_upstreams(upstream: Upstream, client: httpx.Client) -> None:
    """With its details; the total is added up here."""
    details = {"prompt_tokens_details": {"cached_tokens": 3}, "completion_tokens_details": {"reasoning_tokens": 1}}
    upstream.behaviour = Stream(role(), said("a"), finished(), counted(7, 2, total_tokens=99, **details))
    usage = ask(client, MODEL).json()["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (7, 2, 9)
    assert usage["prompt_tokens_details"]["cached_tokens"] == 3
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 1
