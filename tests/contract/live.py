"""A server on a real port, in a thread of its own, and what tests say to it."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import uvicorn
import uvloop

from antiphon.engine.pool import Pool
from antiphon.server.app import build_app
from antiphon.server.serve import build_config
from antiphon.settings import Settings

DEADLINE_S = 60.0
"""That something comes at last, on the slowest machine."""
COMPLETIONS = "/v1/chat/completions"


@contextmanager
def serve(pool: Pool | None = None, **settings: Any) -> Iterator[str]:
    """The base URL of a running server with the scripted engine, or the engines of `pool`. What it keeps is its own,
    unless the settings say where.
    """
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        app = build_app(Settings(engine="scripted", **{"data_dir": folder, **settings}), pool)
        server = uvicorn.Server(build_config(app))

        async def run() -> None:
            async with app.router.lifespan_context(app):
                await server.serve(sockets=[listener])

        thread = threading.Thread(target=uvloop.run, args=(run(),), daemon=True)
        thread.start()
        wait_for(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(DEADLINE_S)


def wait_for(condition: Callable[[], object], limit_s: float = DEADLINE_S) -> None:
    """Return when `condition` holds; fail when it takes too long."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.005)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def body(content: Any = "Hello there", **fields: Any) -> dict[str, Any]:
    """A request body with one user message."""
    return {"model": "smollm2", "messages": [{"role": "user", "content": content}], **fields}


def script(*events: Any) -> str:
    """A user message that is a script: texts stand for text events."""
    return json.dumps([{"event": "text", "text": event} if isinstance(event, str) else event for event in events])


def frames(text: str) -> list[str]:
    """The data of each server-sent event."""
    events = text.split("\n\n")
    assert events.pop() == "", "the last event ends with an empty line"
    assert all(event.startswith("data: ") and "\n" not in event for event in events)
    return [event.removeprefix("data: ") for event in events]


def error_of(response: httpx.Response) -> dict[str, Any]:
    """The error of an answer, whose form is checked."""
    return check_error(response.json())


def check_error(answer: Any) -> dict[str, Any]:
    """The four fields of the one error object there is."""
    assert list(answer) == ["error"]
    error: dict[str, Any] = answer["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert isinstance(error["message"], str) and error["message"]
    assert isinstance(error["type"], str) and error["type"]
    assert all(error[field] is None or isinstance(error[field], str) for field in ("param", "code"))
    return error
