"""Every request's id, its log line, and the count that a graceful stop waits for."""

import asyncio
import json
import logging
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from antiphon.server.traffic import NOTES, Traffic, TrafficLog


def answering(notes: dict[str, Any] | None = None, status: int = 200) -> ASGIApp:
    """An application that notes this and answers."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope[NOTES].update(notes or {})
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


async def run(
    app: ASGIApp, path: str = "/v1/models", method: str = "GET", traffic: Traffic | None = None
) -> dict[str, str]:
    """The headers of the answer to one request."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    await TrafficLog(app, traffic=traffic or Traffic())({"type": "http", "method": method, "path": path}, receive, send)
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


async def test_a_request_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """Method, path, status, duration and the id that the answer carries."""
    caplog.set_level(logging.INFO, logger="antiphon.access")
    headers = await run(answering(status=404), "/nothing")
    (line,) = caplog.messages
    words = line.split()
    assert words[:3] == ["GET", "/nothing", "404"]
    assert words[4] == "ms" and words[5] == headers["x-request-id"]
    assert int(headers["openai-processing-ms"]) >= 0


NOTED: list[dict[str, Any]] = [
    {"user": "ann", "metadata": {"a": "b"}},
    {"user": "ann\nGET /forged 200 0 ms req_0", "safety_identifier": "\r\n\x1b[31m"},
    {"metadata": {"k\n": "v\u2028\u0085"}},
    {"user": "日本語"},
]


@pytest.mark.parametrize("notes", NOTED)
async def test_notes_stand_in_the_line(caplog: pytest.LogCaptureFixture, notes: dict[str, Any]) -> None:
    """What was noted of a request is JSON at the end of its line, which stays one line of ASCII."""
    caplog.set_level(logging.INFO, logger="antiphon.access")
    await run(answering(notes))
    (line,) = caplog.messages
    assert line.isascii() and line.isprintable()
    assert json.loads(line[line.index("{") :]) == notes


@pytest.mark.parametrize("path", ["/v1/\nGET /forged 200 0 ms req_0", "/\r\n", "/\x1b[2J", "/\u2028", "/日本"])
async def test_a_path_cannot_forge_a_line(caplog: pytest.LogCaptureFixture, path: str) -> None:
    """A path comes decoded, with whatever a client wrote; the log line stays one line, without control characters."""
    caplog.set_level(logging.INFO, logger="antiphon.access")
    await run(answering(), path)
    (line,) = caplog.messages
    assert line.isprintable() and len(line.splitlines()) == 1


async def test_a_request_that_fails_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    """What ends in an exception is a line with status 500, and is counted as ended."""
    caplog.set_level(logging.INFO, logger="antiphon.access")

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await run(failing)
    assert " 500 " in caplog.messages[0]


async def test_a_drain_waits_for_what_is_under_way() -> None:
    """A stop waits until the last request has ended, and no longer."""
    traffic = Traffic()
    traffic.enter()
    draining = asyncio.create_task(traffic.drain(10))
    await asyncio.sleep(0)
    assert traffic.draining and not draining.done()
    traffic.leave()
    await asyncio.wait_for(draining, 1)


async def test_a_drain_has_a_limit(caplog: pytest.LogCaptureFixture) -> None:
    """What takes longer than the limit is cut off, and told."""
    traffic = Traffic()
    traffic.enter()
    await traffic.drain(0.01)
    assert "1 requests are cut off" in caplog.text


async def test_who_retires_says_so() -> None:
    """An answer of a process that retires is the last on its connection."""
    traffic = Traffic()
    assert "connection" not in await run(answering(), traffic=traffic)
    traffic.retiring = True
    assert (await run(answering(), traffic=traffic))["connection"] == "close"
