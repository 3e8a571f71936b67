"""The complete answer as the accumulated stream. Knows chunks only."""

from msgspec import UNSET, UnsetType

from antiphon.errors import InternalError
from antiphon.schema.response.calls import CalledCustom, CalledFunction, CustomToolCall, FunctionToolCall
from antiphon.schema.response.chunk import AudioDelta, Chunk, ChunkChoice, Delta, FunctionDelta, ToolCallDelta
from antiphon.schema.response.completion import Audio, ChatCompletion, Choice, FinishReason, ResponseMessage
from antiphon.schema.response.logprobs import Logprobs, TokenLogprob
from antiphon.schema.response.usage import Usage


class Accumulator:
    """Feed it all chunks of an answer, with usage; then ask for the completion."""

    def __init__(self) -> None:
        self.last: Chunk | None = None
        self.usage: Usage | None = None
        self.choices: dict[int, OpenChoice] = {}

    def feed(self, chunk: Chunk) -> None:
        """Take the next chunk."""
        self.last, self.usage = chunk, chunk.usage or None
        for choice in chunk.choices:
            self.choices.setdefault(choice.index, OpenChoice(choice.index)).feed(choice)

    def completion(self, metadata: dict[str, str] | None = None) -> ChatCompletion:
        """The whole answer. An answer that did not end is a fault of ours."""
        if self.last is None or self.usage is None:
            raise InternalError
        return ChatCompletion(
            id=self.last.id,
            created=self.last.created,
            model=self.last.model,
            choices=[self.choices[index].close() for index in sorted(self.choices)],
            usage=self.usage,
            metadata=UNSET if metadata is None else metadata,
            service_tier=self.last.service_tier,
            system_fingerprint=self.last.system_fingerprint,
        )


class OpenChoice:
    """One choice, growing."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.content: list[str] = []
        self.refusal: list[str] = []
        self.reasoning_content: list[str] = []
        self.reasoning: list[str] = []
        self.calls: dict[int, OpenCall] = {}
        self.function_call: OpenCall | None = None
        self.audio: OpenAudio | None = None
        self.content_logprobs: list[TokenLogprob] = []
        self.refusal_logprobs: list[TokenLogprob] = []
        self.has_logprobs = False
        self.finish_reason: FinishReason | None = None

    def feed(self, choice: ChunkChoice) -> None:
        """Take this choice's part of a chunk."""
        self._feed_delta(choice.delta)
        if choice.logprobs:
            self.has_logprobs = True
            self.content_logprobs += choice.logprobs.content or ()
            self.refusal_logprobs += choice.logprobs.refusal or ()
        self.finish_reason = choice.finish_reason or self.finish_reason

    def _feed_delta(self, delta: Delta) -> None:
        if isinstance(delta.content, str):
            self.content.append(delta.content)
        if isinstance(delta.refusal, str):
            self.refusal.append(delta.refusal)
        if isinstance(delta.reasoning_content, str):
            self.reasoning_content.append(delta.reasoning_content)
        if isinstance(delta.reasoning, str):
            self.reasoning.append(delta.reasoning)
        for call in delta.tool_calls or ():
            self.calls.setdefault(call.index, OpenCall()).feed(call)
        if delta.function_call:
            self.function_call = self.function_call or OpenCall()
            self.function_call.feed_function(delta.function_call)
        if delta.audio:
            self.audio = self.audio or OpenAudio()
            self.audio.feed(delta.audio)

    def close(self) -> Choice:
        """The finished choice."""
        if self.finish_reason is None:
            raise InternalError
        message = ResponseMessage(
            content=joined(self.content),
            refusal=joined(self.refusal),
            reasoning_content="".join(self.reasoning_content) if self.reasoning_content else UNSET,
            reasoning="".join(self.reasoning) if self.reasoning else UNSET,
            annotations=[],
            tool_calls=[self.calls[index].close() for index in sorted(self.calls)] or UNSET,
            function_call=self.function_call.close_function() if self.function_call else UNSET,
            audio=self.audio.close() if self.audio else UNSET,
        )
        return Choice(index=self.index, message=message, logprobs=self._logprobs(), finish_reason=self.finish_reason)

    def _logprobs(self) -> Logprobs | None:
        if not self.has_logprobs:
            return None
        return Logprobs(content=self.content_logprobs or None, refusal=self.refusal_logprobs or None)


class OpenCall:
    """One call, growing."""

    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.custom = False
        self.texts: list[str] = []

    def feed(self, delta: ToolCallDelta) -> None:
        """Take what a chunk adds."""
        self.id = delta.id or self.id
        if delta.function:
            self.feed_function(delta.function)
        if delta.custom:
            self.custom = True
            self._take(delta.custom.name, delta.custom.input)

    def feed_function(self, delta: FunctionDelta) -> None:
        """Take what a chunk adds to a function's call."""
        self._take(delta.name, delta.arguments)

    def _take(self, name: str | UnsetType, text: str | UnsetType) -> None:
        self.name = name or self.name
        self.texts.append(text or "")

    def close(self) -> FunctionToolCall | CustomToolCall:
        """The finished call."""
        if self.custom:
            return CustomToolCall(id=self.id, custom=CalledCustom(name=self.name, input="".join(self.texts)))
        return FunctionToolCall(id=self.id, function=self.close_function())

    def close_function(self) -> CalledFunction:
        """The finished call of a function."""
        return CalledFunction(name=self.name, arguments="".join(self.texts))


class OpenAudio:
    """A spoken answer, growing."""

    def __init__(self) -> None:
        self.id = ""
        self.transcript: list[str] = []
        self.data: list[str] = []
        self.expires_at: int | None = None
        self.unspoken: str | UnsetType = UNSET

    def feed(self, delta: AudioDelta) -> None:
        """Take what a chunk adds."""
        self.id = delta.id or self.id
        self.transcript.append(delta.transcript or "")
        self.data.append(delta.data or "")
        self.expires_at = delta.expires_at or self.expires_at
        self.unspoken = delta.unspoken or self.unspoken

    def close(self) -> Audio:
        """The finished recording."""
        if self.expires_at is None:
            raise InternalError
        return Audio(
            id=self.id,
            data="".join(self.data),
            expires_at=self.expires_at,
            transcript="".join(self.transcript),
            unspoken=self.unspoken,
        )


def joined(texts: list[str]) -> str | None:
    """Null where there was nothing, not even an empty text."""
    return "".join(texts) if texts else None
