"""The answer to one request, streamed or whole, with its text and why it ended; and how it is asked for.

Invariant: whatever goes wrong is noted in the answer, never raised.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from antiphon.bench.reply import Reply


@dataclass
class Answer(Reply):
    """A reply that is read for what it says, not only for when it came."""

    finish_reason: str | None = None

    def read_whole(self, body: bytes, now_s: float) -> None:
        """A completion that was not streamed is one chunk."""
        try:
            completion = json.loads(body)
            choices = [{**choice, "delta": choice["message"]} for choice in completion["choices"]]
            self._read_chunk({**completion, "choices": choices}, now_s)
        except (ValueError, TypeError, AttributeError, LookupError):
            self.fail(f"a completion of unknown shape: {body.decode(errors='replace')}")
        self._read_data(b"[DONE]", now_s)

    def _read_chunk(self, chunk: dict[str, Any], now_s: float) -> None:
        super()._read_chunk(chunk, now_s)
        for choice in chunk.get("choices") or ():
            self.finish_reason = choice.get("finish_reason") or self.finish_reason
            if self.finish_reason and not self.arrivals_s:
                # The beginning of a call shows no text; but by now a token was computed.
                self.arrivals_s.append(now_s)


async def fetch_answer(client: httpx.AsyncClient, body: Mapping[str, Any], *, timeout_s: float) -> Answer:
    """Send one request and read its answer."""
    # Made before the clock starts: the client's own work on a large body is not the server's.
    content = json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    answer = Answer(started_s=time.perf_counter())
    try:
        async with (
            asyncio.timeout(timeout_s),
            client.stream("POST", "/chat/completions", content=content, headers=headers) as response,
        ):
            if response.status_code != httpx.codes.OK:
                answer.fail(f"HTTP {response.status_code}: {(await response.aread()).decode(errors='replace')}")
            elif body["stream"]:
                async for data in response.aiter_bytes():
                    answer.feed(data, time.perf_counter())
            else:
                answer.read_whole(await response.aread(), time.perf_counter())
    except TimeoutError:
        answer.fail(f"not finished within {timeout_s:g} s")
    except httpx.HTTPError as error:
        answer.fail(f"{type(error).__name__}: {str(error) or 'no details'}")
    answer.finish(time.perf_counter())
    return answer
