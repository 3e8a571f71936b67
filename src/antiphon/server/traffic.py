"""Every request's id, duration and log line, and how many are under way, which a graceful stop waits for."""

import asyncio
import json
import logging
import secrets
import time
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from antiphon.metrics import REQUESTS

log = logging.getLogger("antiphon.access")

NOTES = "antiphon.notes"
"""Where in a request's scope others put what is to stand in its log line."""


REQUEST_ID = "antiphon.request_id"
"""Where in a request's scope its id stands."""

AT_END = "antiphon.at_end"
"""Where in a request's scope an `AsyncExitStack` stands, which is closed when it has been answered, or has failed."""


class Traffic:
    """What is under way on this server. draining: whether it takes nothing new. retiring: whether others take what is
    new, so that connections are closed when they have been answered. last_began: when, by `time.monotonic`.
    """

    def __init__(self) -> None:
        self.num_requests = 0
        self.draining = False
        self.retiring = False
        self.last_began = 0.0
        self._quiet = asyncio.Event()
        self._quiet.set()

    def enter(self) -> None:
        """A request begins."""
        self.num_requests += 1
        self.last_began = time.monotonic()
        self._quiet.clear()

    def leave(self) -> None:
        """A request has ended."""
        self.num_requests -= 1
        if not self.num_requests:
            self._quiet.set()

    async def drain(self, limit_s: float) -> None:
        """Take nothing new; wait for what is under way, `limit_s` seconds at most."""
        self.draining = True
        try:
            await asyncio.wait_for(self._quiet.wait(), limit_s)
        except TimeoutError:
            log.warning("%d requests are cut off after %g s", self.num_requests, limit_s)


class TrafficLog:
    """Counts requests, and adds `x-request-id` and `openai-processing-ms` to every answer."""

    def __init__(self, app: ASGIApp, *, traffic: Traffic) -> None:
        self.app = app
        self.traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers added."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request_id, began, status = f"req_{secrets.token_hex(16)}", time.perf_counter(), 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers["openai-processing-ms"] = str(elapsed_ms(began))
                if self.traffic.retiring:
                    headers["connection"] = "close"
            await send(message)

        notes: dict[str, Any] = {}
        scope[NOTES], scope[REQUEST_ID] = notes, request_id
        self.traffic.enter()
        try:
            async with AsyncExitStack() as scope[AT_END]:
                await self.app(scope, receive, send_with_headers)
        except asyncio.CancelledError:
            log.info("cut off, because the server stops: %s", request_id)
        finally:
            self.traffic.leave()
            REQUESTS.labels(scope["method"], path_of(scope), str(status)).inc()
            told = f" {json.dumps(notes)}" if notes else ""  # JSON in ASCII: a line stays a line, whatever clients send
            log.info(
                "%s %s %d %d ms %s%s",
                scope["method"],
                quote(scope["path"]),
                status,
                elapsed_ms(began),
                request_id,
                told,
            )


def path_of(scope: Scope) -> str:
    """A route's, without what stands for its parameters, so that there are few."""
    return getattr(scope.get("route"), "path", "other")


def elapsed_ms(began: float) -> int:
    """Whole milliseconds since `began`."""
    return round((time.perf_counter() - began) * 1000)
