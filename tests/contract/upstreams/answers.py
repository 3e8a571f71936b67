"""Answers of an upstream as it should be: a stream with one chunk for each token, or the whole at once."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.contract.upstreams.chunks import (
    DONE,
    Json,
    argued,
    called,
    chunk,
    counted,
    finished,
    frame,
    logprobs_of,
    role,
    said,
    thought,
    whole,
)
from tests.contract.upstreams.wire import Asked, Wire


@dataclass(frozen=True)
class Call:
    """A tool call: its name, and its arguments token by token."""

    name: str
    arguments: Sequence[str] = ("{}",)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Says the same for each choice. It obeys the request in what changes the form: n, logprobs, usage, most tokens.
    finish_reason: None to tell what is so. pace_s: between tokens. usage: None to count.
    """

    tokens: Sequence[str] = ("Hel", "lo")
    reasoning: Sequence[str] = ()
    calls: Sequence[Call] = ()
    finish_reason: str | None = None
    usage: Json | None = None
    pace_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        if not asked.body.get("stream"):
            await send_json(wire, self.build_whole(asked.body))
            return
        await wire.head(headers=self.headers)
        for piece in self.chunks(asked.body):
            await wire.send(frame(piece))
            await asyncio.sleep(self.pace_s)
        await wire.send(DONE)
        await wire.end()

    def chunks(self, body: Json) -> Iterator[Json]:
        """All chunks of the stream."""
        numbers = range(body.get("n") or 1)
        limit = body.get("max_completion_tokens") or body.get("max_tokens")
        tokens = self.tokens[:limit]
        yield from (role(number) for number in numbers)
        yield from (thought(text, number) for text in self.reasoning for number in numbers)
        for text in tokens:
            told = logprobs_of(text, body.get("top_logprobs") or 0) if body.get("logprobs") else None
            yield from (said(text, number, logprobs=told) for number in numbers)
        yield from self.call_chunks()
        reason = "length" if len(tokens) < len(self.tokens) else "tool_calls" if self.calls else "stop"
        yield from (finished(self.finish_reason or reason, number) for number in numbers)
        if (body.get("stream_options") or {}).get("include_usage"):
            count = len(numbers) * (len(tokens) + len(self.reasoning) + sum(len(call.arguments) for call in self.calls))
            yield counted(count_prompt(body), count) if self.usage is None else chunk([], usage=self.usage)

    def call_chunks(self) -> Iterator[Json]:
        """Those of the calls."""
        for number, call in enumerate(self.calls):
            yield called(call.name, "", number)
            yield from (argued(text, number) for text in call.arguments)

    def build_whole(self, body: Json) -> Json:
        """The same, not streamed."""
        calls = [
            {"id": f"call_{number}", "type": "function"}
            | {"function": {"name": call.name, "arguments": "".join(call.arguments)}}
            for number, call in enumerate(self.calls)
        ]
        message: Json = {"role": "assistant", "content": "".join(self.tokens)} | (
            {"tool_calls": calls} if calls else {}
        )
        usage = self.usage or counted(count_prompt(body), len(self.tokens))["usage"]
        return whole(message, finish_reason=self.finish_reason or ("tool_calls" if calls else "stop"), usage=usage)


def count_prompt(body: Json) -> int:
    """A prompt is longer where the model is told of tools."""
    return 27 if body.get("tools") else 7


async def send_json(wire: Wire, value: Any, status: int = 200, **headers: str) -> None:
    """JSON with its length; a text is sent as it is."""
    text = (value if isinstance(value, str) else json.dumps(value)).encode()
    await wire.head(status, kind="application/json", framing="length", length=len(text), headers=headers)
    await wire.send(text)
