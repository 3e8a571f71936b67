"""One streamed chat completion, read piece by piece.

Feed it the bytes as they come with the time of their coming: it notes when each piece of text arrived, what the
server reports as usage, and why the reply failed if it did. It knows no socket and no clock.
Invariant: once finished, a reply without `error` held text, ended with [DONE] and carried no error frame.
"""

import json
from dataclasses import dataclass, field
from typing import Any

# Text of a reasoning model is output as well; servers disagree on the name of the field.
TEXT_FIELDS = ("content", "reasoning_content", "reasoning")


@dataclass
class Reply:
    """The reply to one request; times are those of the caller's clock, in seconds. accepted_tokens, rejected_tokens:
    of a prediction. text: of all choices, as it came. status: of HTTP. ignored: fields of the request, as told.
    """

    started_s: float
    ended_s: float = 0.0
    arrivals_s: list[float] = field(default_factory=list)
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    accepted_tokens: int = 0
    rejected_tokens: int = 0
    text: str = ""
    status: int | None = None
    ignored: str = ""
    error: str | None = None
    _done: bool = False
    _event: bytes = b""
    _rest: bytes = b""

    @property
    def output_tokens(self) -> int:
        """As the server reports them, without those that it predicted wrongly; else one for each chunk with text."""
        if self.completion_tokens is None:
            return len(self.arrivals_s)
        return self.completion_tokens - self.rejected_tokens

    @property
    def first_token_s(self) -> float:
        """Time to the first token; only of a reply that held text."""
        return self.arrivals_s[0] - self.started_s

    @property
    def took_s(self) -> float:
        """Time to the end."""
        return self.ended_s - self.started_s

    def feed(self, data: bytes, now_s: float) -> None:
        """Read every line that is whole by now."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._read_line(line.rstrip(b"\r"), now_s)

    def fail(self, reason: str) -> None:
        """Note why the reply is lost; the first reason stays."""
        self.error = self.error or " ".join(reason.split())[:300]

    def finish(self, now_s: float) -> None:
        """Tell the reply that nothing more will come."""
        self.feed(b"\n", now_s)
        if not self._done:
            self.ended_s = now_s
            self.fail("the stream ended without [DONE]")
        elif not self.arrivals_s:
            self.fail("the reply held no text")

    def _read_line(self, line: bytes, now_s: float) -> None:
        if line.startswith(b"data:"):
            self._read_data(line[5:].strip(), now_s)
        elif line.startswith(b"event:"):
            self._event = line[6:].strip()
        elif line.startswith(b"error:"):  # llama-server before mid-2025 has its own kind of line for errors
            self.fail(f"error frame: {line[6:].decode(errors='replace')}")
        elif not line:
            self._event = b""

    def _read_data(self, data: bytes, now_s: float) -> None:
        if data == b"[DONE]":
            self._done, self.ended_s = True, now_s
            return
        try:
            self._read_chunk(json.loads(data), now_s)
        except (ValueError, TypeError, AttributeError, LookupError):
            self.fail(f"a chunk of unknown shape: {data.decode(errors='replace')}")

    def _read_chunk(self, chunk: dict[str, Any], now_s: float) -> None:
        if self._event == b"error" or chunk.get("error"):
            self.fail(f"error frame: {json.dumps(chunk.get('error') or chunk)}")
            return
        for choice in chunk["choices"]:
            delta = choice.get("delta") or {}
            self.text += delta.get("content") or ""
            if any(delta.get(name) for name in TEXT_FIELDS):
                self.arrivals_s.append(now_s)
        if usage := chunk.get("usage"):
            self._read_usage(usage)

    def _read_usage(self, usage: dict[str, Any]) -> None:
        self.prompt_tokens = usage["prompt_tokens"]
        self.completion_tokens = usage["completion_tokens"]
        prompt, completion = (usage.get(f"{name}_tokens_details") or {} for name in ("prompt", "completion"))
        self.cached_tokens = prompt.get("cached_tokens")
        self.accepted_tokens = completion.get("accepted_prediction_tokens") or 0
        self.rejected_tokens = completion.get("rejected_prediction_tokens") or 0
