"""Asks one OpenAI-compatible server: which model it has, how long a prompt is, and for replies that are timed.

Nothing here needs what only our server has. Whatever goes wrong with a reply is noted in it; a question that must be
answered raises `NoAnswer`.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from antiphon.bench.reply import Reply
from antiphon.errors import NoAnswer

CONNECT_LIMIT_S = 10.0


@dataclass(frozen=True)
class Server:
    """Whom to ask; `base_url` includes /v1, `model` is empty until known."""

    name: str
    base_url: str
    model: str
    api_key: str | None

    def no_answer(self, question: str, *, reason: str) -> NoAnswer:
        """The error that it left this question open."""
        return NoAnswer(self.name, self.base_url, question, reason=reason)


def open_client(server: Server) -> httpx.AsyncClient:
    """No limit on connections, and no proxy from the environment: it would be measured too."""
    return httpx.AsyncClient(
        base_url=server.base_url,
        headers={"Authorization": f"Bearer {server.api_key}"} if server.api_key else {},
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
        timeout=httpx.Timeout(None, connect=CONNECT_LIMIT_S),
        trust_env=False,
    )


def open_single_use_client(server: Server) -> httpx.AsyncClient:
    """A connection for each request: llama-server closes kept ones, now and then just as the next request goes out."""
    client = open_client(server)
    client.headers["connection"] = "close"
    return client


async def stream_reply(client: httpx.AsyncClient, body: Mapping[str, Any], *, timeout_s: float) -> Reply:
    """Send one request and read its reply."""
    # Made before the clock starts: the client's own work on a large body is not the server's.
    content, headers = json.dumps(body).encode(), {"content-type": "application/json"}
    reply = Reply(started_s=time.perf_counter())
    try:
        async with (
            asyncio.timeout(timeout_s),
            client.stream("POST", "/chat/completions", content=content, headers=headers) as response,
        ):
            reply.status, reply.ignored = response.status_code, response.headers.get("antiphon-ignored", "")
            if response.status_code != httpx.codes.OK:
                reply.fail(f"HTTP {response.status_code}: {(await response.aread()).decode(errors='replace')}")
            else:
                async for data in response.aiter_bytes():
                    reply.feed(data, time.perf_counter())
    except TimeoutError:
        reply.fail(f"not finished within {timeout_s:g} s")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reply.fail(f"{type(error).__name__}: {str(error) or 'no details'}")
    reply.finish(time.perf_counter())
    return reply


async def find_model(server: Server, *, timeout_s: float) -> str:
    """The first model the server lists."""
    answer = await ask(server, "GET /models", timeout_s=timeout_s)
    try:
        return str(answer["data"][0]["id"])
    except (TypeError, LookupError):
        raise server.no_answer("GET /models", reason="it lists no model; name one") from None


async def count_prompt_tokens(server: Server, prompt: str, *, timeout_s: float) -> int:
    """How many tokens the prompt and the server's chat template make together."""
    body = {"model": server.model, "messages": [{"role": "user", "content": prompt}], "max_tokens": 1}
    answer = await ask(server, "POST /chat/completions", body=body, timeout_s=timeout_s)
    try:
        return int(answer["usage"]["prompt_tokens"])
    except (TypeError, LookupError):
        reason = "the length of prompts is not known"
        raise server.no_answer("with usage.prompt_tokens", reason=reason) from None


async def ask(server: Server, question: str, *, body: Mapping[str, Any] | None = None, timeout_s: float) -> Any:
    """What the server answers, read as JSON. question: method and path. Raises `NoAnswer`."""
    method, path = question.split()
    try:
        async with asyncio.timeout(timeout_s), open_client(server) as client:
            response = await client.request(method, path, json=body)
        response.raise_for_status()
        return response.json()
    except httpx.HTTPStatusError as error:
        reason = f"HTTP {error.response.status_code}: {' '.join(error.response.text.split())[:300]}"
    except TimeoutError:
        reason = f"nothing within {timeout_s:g} s"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        reason = str(error) or type(error).__name__
    raise server.no_answer(question, reason=reason)
