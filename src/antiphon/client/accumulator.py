"""From chunks to events, and to the same completion that `create` gives. Knows no I/O."""

import base64
from collections.abc import Iterator
from typing import Any

from antiphon.client import events
from antiphon.client.events import StreamEvent
from antiphon.client.responses import ChatCompletion, Choice, Chunk, TokenLogprob, ToolCall, Usage

Fields = dict[str, Any]
OF_CHUNKS_ONLY = {"choices", "object", "obfuscation"}
OF_DELTAS_ONLY = {"content", "refusal", "tool_calls", "function_call", "audio", "annotations"}
TEXTS: dict[str, type[events.ContentDelta | events.RefusalDelta | events.ReasoningDelta]] = {
    "content": events.ContentDelta,
    "refusal": events.RefusalDelta,
    "reasoning_content": events.ReasoningDelta,
    "reasoning": events.ReasoningDelta,
}


class Accumulator:
    """metadata: of the request, which chunks do not repeat."""

    def __init__(self, metadata: Fields | None = None) -> None:
        self._fields: Fields = {"metadata": metadata} if metadata is not None else {}
        self._choices: dict[int, Answer] = {}

    def add(self, chunk: Chunk) -> Iterator[StreamEvent]:
        """What a chunk means."""
        yield events.ChunkReceived(chunk)
        fields = chunk.to_dict()
        known = {name: value for name, value in fields.items() if name not in OF_CHUNKS_ONLY and value is not None}
        self._fields.update(known)
        for choice in fields.get("choices") or ():
            index = choice.get("index") or 0
            answer = self._choices.get(index)
            if answer is None:
                answer = self._choices[index] = Answer(index)
            yield from answer.add(choice)
        if known.get("usage"):
            yield events.UsageReported(Usage(known["usage"]))

    def completion(self) -> ChatCompletion:
        """All that came so far."""
        choices = [answer.fields() for _, answer in sorted(self._choices.items())]
        return ChatCompletion({**self._fields, "object": "chat.completion", "choices": choices})


class Answer:
    """One choice while it comes."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.finish_reason: str | None = None
        self.role = "assistant"
        self.texts: dict[str, list[str]] = {}
        self.calls: dict[int, Fields] = {}
        self.open_call: int | None = None
        self.function: Fields = {}
        self.audio: Fields = {}
        self.audio_data: list[str] = []
        self.annotations: list[Any] = []
        self.logprobs: Fields | None = None
        self.others: Fields = {}

    def add(self, choice: Fields) -> Iterator[StreamEvent]:
        """What its part of a chunk means."""
        delta = choice.get("delta") or {}
        yield from self._add_texts(delta)
        for call in delta.get("tool_calls") or ():
            yield from self._add_call(call)
        if function := delta.get("function_call"):
            merge_texts(self.function, function)
        if audio := delta.get("audio"):
            yield self._add_audio(audio)
        self.annotations += delta.get("annotations") or ()
        if logprobs := choice.get("logprobs"):
            yield self._add_logprobs(logprobs)
        if reason := choice.get("finish_reason"):
            yield from self._end_call()
            self.finish_reason = reason
            yield events.ChoiceDone(self.index, Choice(self.fields()))

    def fields(self) -> Fields:
        """The choice so far, as `create` has it."""
        texts = {name: "".join(pieces) for name, pieces in self.texts.items()}
        message: Fields = {"role": self.role, "content": None, "refusal": None, **self.others, **texts}
        message["annotations"] = list(self.annotations)
        if self.calls:
            message["tool_calls"] = [copy_call(call) for _, call in sorted(self.calls.items())]
        if self.function:
            message["function_call"] = dict(self.function)
        if self.audio:
            message["audio"] = {**self.audio, "data": join_base64(self.audio_data)}
        return {
            "index": self.index,
            "message": message,
            "logprobs": self.logprobs
            and {name: list(found) if found else found for name, found in self.logprobs.items()},
            "finish_reason": self.finish_reason,
        }

    def _add_texts(self, delta: Fields) -> Iterator[StreamEvent]:
        for name, value in delta.items():
            if name == "role":
                self.role = value or self.role
            elif isinstance(value, str):
                self.texts.setdefault(name, []).append(value)
                if value and (kind := TEXTS.get(name)):
                    yield kind(self.index, value)
            elif name not in OF_DELTAS_ONLY:
                self.others[name] = value

    def _add_call(self, delta: Fields) -> Iterator[StreamEvent]:
        number = delta.get("index") or 0
        call = self.calls.get(number)
        if call is None:
            yield from self._end_call()
            call = self.calls[number] = {"id": "", "type": "custom" if "custom" in delta else "function"}
            self.open_call = number
        call.update({name: delta[name] for name in ("id", "type") if delta.get(name)})
        called = delta.get(call["type"]) or {}
        said = "input" if call["type"] == "custom" else "arguments"
        begins = call["type"] not in call
        merge_texts(call.setdefault(call["type"], {"name": "", said: ""}), called)
        if begins:
            yield events.ToolCallBegun(self.index, number, call["id"], call[call["type"]]["name"])
        if called.get(said):
            yield events.ToolCallDelta(self.index, number, called[said])

    def _end_call(self) -> Iterator[StreamEvent]:
        if self.open_call is not None:
            yield events.ToolCallDone(self.index, self.open_call, ToolCall(copy_call(self.calls[self.open_call])))
            self.open_call = None

    def _add_audio(self, delta: Fields) -> StreamEvent:
        data = delta.get("data") or ""
        if data:
            self.audio_data.append(data)
        merge_texts(self.audio, {name: value for name, value in delta.items() if name != "data"})
        return events.AudioDelta(self.index, data, delta.get("transcript") or "")

    def _add_logprobs(self, delta: Fields) -> StreamEvent:
        if self.logprobs is None:
            self.logprobs = {"content": None, "refusal": None}
        for name, entries in delta.items():
            if entries is not None:
                self.logprobs[name] = (self.logprobs.get(name) or []) + entries
        kinds = [[TokenLogprob(entry) for entry in delta.get(name) or ()] for name in ("content", "refusal")]
        return events.LogprobsDelta(self.index, *kinds)


def copy_call(call: Fields) -> Fields:
    """As it is now."""
    return {name: dict(value) if isinstance(value, dict) else value for name, value in call.items()}


def merge_texts(whole: Fields, more: Fields) -> None:
    """Texts grow, but for an id; all else is what came last."""
    for name, value in more.items():
        if isinstance(value, str) and name != "id":
            whole[name] = whole.get(name, "") + value
        elif value is not None:
            whole[name] = value


def join_base64(pieces: list[str]) -> str:
    """Each was encoded by itself."""
    return base64.b64encode(b"".join(base64.b64decode(piece) for piece in pieces)).decode()
