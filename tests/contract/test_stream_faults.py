"""Streams on the wire: their frames and padding, and how they end when something fails or the client leaves."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

import httpx
import openai
import pytest

from antiphon.dialect.conversation import Conversation
from antiphon.engine.base import Decoding, Service
from antiphon.engine.events import Event
from antiphon.engine.pool import Pool
from antiphon.engine.scripted import ScriptedEngine
from antiphon.server.sse import BUCKET
from tests.contract.live import COMPLETIONS, body, check_error, error_of, frames, script, serve, wait_for

FAIL, BREAK = {"event": "fail"}, {"event": "break"}
SLOW = {"event": "pause", "seconds": 30}


class WatchedEngine(ScriptedEngine):
    """Counts the generators that are open, and those that have ended."""

    def __init__(self) -> None:
        self.num_open = 0
        self.num_closed = 0

    async def generate(
        self, conversation: Conversation, decoding: Decoding, service: Service
    ) -> AsyncGenerator[Event, None]:
        """As the scripted engine, watched."""
        self.num_open += 1
        try:
            async with aclosing(super().generate(conversation, decoding, service)) as events:
                async for event in events:
                    yield event
        finally:
            self.num_open -= 1
            self.num_closed += 1


@pytest.fixture(scope="module")
def watched() -> Iterator[tuple[WatchedEngine, str]]:
    """An engine that can be watched, and the server that has it."""
    engine = WatchedEngine()
    with serve(Pool({"smollm2": engine}, {}), request_timeout=2) as url:
        yield engine, url


def test_a_stream_is_server_sent_events(http: httpx.Client) -> None:
    """Each event is one `data:` line and an empty line; the last says [DONE]."""
    answer = http.post(COMPLETIONS, json=body("one two", stream=True))
    assert answer.headers["content-type"].split(";")[0] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-cache"
    *chunks, done = frames(answer.text)
    assert done == "[DONE]"
    assert {json.loads(chunk)["object"] for chunk in chunks} == {"chat.completion.chunk"}


@pytest.mark.parametrize("options", [None, {}, {"include_obfuscation": True}, {"include_obfuscation": None}])
def test_chunks_are_padded_to_like_sizes(http: httpx.Client, options: dict[str, bool] | None) -> None:
    """By default every chunk has an `obfuscation` field that makes its length a multiple of the bucket."""
    answer = http.post(COMPLETIONS, json=body("a lengthier one", stream=True, stream_options=options))
    *chunks, _ = frames(answer.text)
    assert all("obfuscation" in json.loads(chunk) and len(chunk.encode()) % BUCKET == 0 for chunk in chunks)


def test_padding_can_be_asked_away(http: httpx.Client) -> None:
    """`include_obfuscation: false` leaves the field out, which saves bandwidth."""
    answer = http.post(COMPLETIONS, json=body("a b", stream=True, stream_options={"include_obfuscation": False}))
    assert "obfuscation" not in answer.text


@pytest.mark.parametrize(("fault", "code"), [(FAIL, "engine_crashed"), (BREAK, "internal_error")])
def test_a_fault_in_mid_stream_is_told(http: httpx.Client, fault: dict[str, str], code: str) -> None:
    """After the first byte an error is a frame of its own, then [DONE]: nobody takes half an answer for a whole."""
    answer = http.post(COMPLETIONS, json=body(script("Hel", fault), stream=True))
    assert answer.status_code == 200
    *chunks, error, done = frames(answer.text)
    assert (len(chunks), done) == (2, "[DONE]")
    assert check_error(json.loads(error))["code"] == code
    assert all(json.loads(chunk)["choices"][0]["finish_reason"] is None for chunk in chunks)


def test_the_official_package_raises_on_a_fault_in_mid_stream(client: openai.OpenAI) -> None:
    """Clients of the official package see an exception after the text that came."""
    stream = client.chat.completions.create(
        model="smollm2", stream=True, messages=[{"role": "user", "content": script("Hel", "lo", FAIL)}]
    )
    said = [next(stream).choices[0].delta.content for _ in range(3)]
    with pytest.raises(openai.APIError) as caught:
        next(stream)
    assert said == ["", "Hel", "lo"]
    assert caught.value.code == "engine_crashed"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("events", [(FAIL,), (BREAK,), ({"event": "pause", "seconds": 0.01}, FAIL)])
def test_a_fault_before_the_first_text_is_500(http: httpx.Client, events: tuple[object, ...], stream: bool) -> None:
    """What fails before anything was said is an HTTP error, streamed or not."""
    answer = http.post(COMPLETIONS, json=body(script(*events), stream=stream))
    assert answer.status_code == 500
    assert error_of(answer)["type"] == "server_error"


def test_half_a_whole_answer_is_500(http: httpx.Client) -> None:
    """A whole answer that fails at its end is an error and no text."""
    answer = http.post(COMPLETIONS, json=body(script("Hel", "lo", FAIL)))
    assert (answer.status_code, error_of(answer)["code"]) == (500, "engine_crashed")


def test_a_client_that_leaves_a_stream_ends_its_work(watched: tuple[WatchedEngine, str]) -> None:
    """Closing the connection in mid-stream ends the engine's generator at once."""
    engine, url = watched
    closed = engine.num_closed
    content = script("Hel", SLOW, "lo")
    with httpx.stream("POST", f"{url}{COMPLETIONS}", json=body(content, stream=True)) as answer:
        lines = answer.iter_lines()  # kept: collecting it would close the connection
        assert "Hel" in "".join(next(lines) for _ in range(3))
        assert engine.num_open == 1
    wait_for(lambda: engine.num_closed == closed + 1, 15)
    assert engine.num_open == 0


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_leaves_before_the_first_text(watched: tuple[WatchedEngine, str], stream: bool) -> None:
    """Closing the connection while nothing was said yet ends the generator too, streamed or not."""
    engine, url = watched
    closed = engine.num_closed
    async with httpx.AsyncClient(base_url=url) as client:
        asking = asyncio.create_task(client.post(COMPLETIONS, json=body(script(SLOW), stream=stream)))
        await asyncio.to_thread(wait_for, lambda: engine.num_open == 1)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    await asyncio.to_thread(wait_for, lambda: engine.num_closed == closed + 1, 15)


async def test_the_official_packages_close_ends_the_work(watched: tuple[WatchedEngine, str]) -> None:
    """`stream.close()` of the official package frees the place."""
    engine, url = watched
    closed = engine.num_closed
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="unused") as client:
        stream = await client.chat.completions.create(
            model="smollm2", stream=True, messages=[{"role": "user", "content": script("Hel", SLOW)}]
        )
        await anext(aiter(stream))
        await stream.close()
        await asyncio.to_thread(wait_for, lambda: engine.num_closed == closed + 1, 15)


def test_a_completion_that_takes_too_long_is_504(watched: tuple[WatchedEngine, str]) -> None:
    """A completion past `request_timeout` is stopped and told as 504 `request_timeout`."""
    engine, url = watched
    answer = httpx.post(f"{url}{COMPLETIONS}", json=body(script("Hel", SLOW)))
    assert (answer.status_code, error_of(answer)["code"]) == (504, "request_timeout")
    wait_for(lambda: engine.num_open == 0)


def test_a_stream_that_takes_too_long_ends_with_an_error(watched: tuple[WatchedEngine, str]) -> None:
    """A stream past `request_timeout` ends with an error frame and [DONE]."""
    engine, url = watched
    answer = httpx.post(f"{url}{COMPLETIONS}", json=body(script("Hel", SLOW), stream=True))
    *_, error, done = frames(answer.text)
    assert (check_error(json.loads(error))["code"], done) == ("request_timeout", "[DONE]")
    wait_for(lambda: engine.num_open == 0)
