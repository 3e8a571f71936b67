"""The complete answer as the accumulated stream. Knows chunks only."""

from antiphon.errors import InternalError
from antiphon.schema.completion import (
    ChatCompletion,
    Choice,
    Chunk,
    ChunkChoice,
    FinishReason,
    Logprobs,
    ResponseMessage,
    TokenLogprob,
    Usage,
)


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

    def completion(self) -> ChatCompletion:
        """The whole answer. An answer that did not end is a fault of ours."""
        if self.last is None or self.usage is None:
            raise InternalError
        return ChatCompletion(
            id=self.last.id,
            created=self.last.created,
            model=self.last.model,
            choices=[self.choices[index].close() for index in sorted(self.choices)],
            usage=self.usage,
            service_tier=self.last.service_tier,
            system_fingerprint=self.last.system_fingerprint,
        )


class OpenChoice:
    """One choice, growing."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.content: list[str] = []
        self.logprobs: list[TokenLogprob] | None = None
        self.finish_reason: FinishReason | None = None

    def feed(self, choice: ChunkChoice) -> None:
        """Take this choice's part of a chunk."""
        self.content.append(choice.delta.content or "")
        if choice.logprobs and choice.logprobs.content is not None:
            self.logprobs = (self.logprobs or []) + choice.logprobs.content
        self.finish_reason = choice.finish_reason or self.finish_reason

    def close(self) -> Choice:
        """The finished choice."""
        if self.finish_reason is None:
            raise InternalError
        message = ResponseMessage(content="".join(self.content), refusal=None, annotations=[])
        logprobs = None if self.logprobs is None else Logprobs(content=self.logprobs, refusal=None)
        return Choice(index=self.index, message=message, logprobs=logprobs, finish_reason=self.finish_reason)
