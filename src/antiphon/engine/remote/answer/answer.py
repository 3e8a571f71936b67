"""An upstream's whole answer: the data of its events in, our events out, the usage last. Pure."""

from collections.abc import Iterator

import msgspec

from antiphon.engine.events import Said, Usage
from antiphon.engine.remote.answer.choice import OpenChoice
from antiphon.engine.remote.answer.chunks import ChunkIn, UsageIn, decode_chunk
from antiphon.engine.remote.answer.malformed import CutShort, Malformed
from antiphon.engine.remote.answer.manner import Manner

DONE = b"[DONE]"


class Reported(Exception):
    """The upstream says in its stream that it failed."""

    def __init__(self, told: object) -> None:
        super().__init__()
        self.told = told


class Answer:
    """num_choices: that were asked for. done: whether the upstream has said its last word, though more may come."""

    def __init__(self, num_choices: int, manner: Manner) -> None:
        self.choices = [OpenChoice(index, manner) for index in range(num_choices)]
        self.adds_up = manner.usage_each
        self.usage: UsageIn | None = None
        self.done = False

    def feed(self, data: bytes) -> Iterator[Said]:
        """The events that an event of the stream makes. Raises `Malformed` and `Reported`."""
        if self.done or not data.strip():
            return
        if data.strip() == DONE:
            self.done = True
            return
        chunk = read_chunk(data)
        if chunk.usage is not None:
            self._count(chunk.usage)
        for given in chunk.choices or ():
            if not 0 <= given.index < len(self.choices):
                raise Malformed("answered with a choice that nobody asked for")
            yield from self.choices[given.index].feed(given)

    def _count(self, usage: UsageIn) -> None:
        if self.usage and self.adds_up:
            tokens = self.usage.completion_tokens + usage.completion_tokens
            usage = msgspec.structs.replace(self.usage, completion_tokens=tokens)
        self.usage = usage

    def end(self) -> Usage:
        """What it took, after all has come. Raises `Malformed`."""
        is_whole = all(choice.finished for choice in self.choices)
        if self.done and not is_whole:
            raise Malformed("said that its answer was complete before it was")
        if not is_whole:
            raise CutShort("closed the connection before its answer was complete")
        if self.usage is None:
            raise Malformed("did not say how many tokens its answer took")
        return build_usage(self.usage, sum(choice.num_thoughts for choice in self.choices))


def read_chunk(data: bytes) -> ChunkIn:
    """Raises `Malformed` and `Reported`."""
    try:
        chunk = decode_chunk(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"sent what cannot be read: {describe(error)}") from None
    if chunk.error is not None:
        raise Reported(chunk.error)
    if chunk.object == "error":
        raise Reported({"message": chunk.message})
    return chunk


def describe(error: Exception) -> str:
    """In a few words, without what was sent."""
    return str(error)[:120] if isinstance(error, msgspec.ValidationError) else "no JSON"


def build_usage(given: UsageIn, num_thoughts: int) -> Usage:
    """num_thoughts: deltas of reasoning, which stand for its tokens where nobody counts them. Raises `Malformed`."""
    prompt, completion = given.prompt_tokens_details, given.completion_tokens_details
    thought = (completion and completion.reasoning_tokens) or given.reasoning_tokens
    accepted = (completion and completion.accepted_prediction_tokens) or 0
    rejected = (completion and completion.rejected_prediction_tokens) or 0
    perceived = (prompt and prompt.multimodal_tokens) or {}
    usage = Usage(
        given.prompt_tokens,
        given.completion_tokens,
        cached_tokens=(prompt and prompt.cached_tokens) or 0,
        reasoning_tokens=thought or max(0, min(num_thoughts, given.completion_tokens - rejected)),
        cache_write_tokens=(prompt and (prompt.cache_write_tokens or prompt.created_cache_tokens)) or 0,
        accepted_prediction_tokens=accepted,
        rejected_prediction_tokens=rejected,
        image_tokens=(prompt and prompt.image_tokens) or perceived.get("image", 0),
        audio_tokens=(prompt and prompt.audio_tokens) or perceived.get("audio", 0),
    )
    seen_or_heard = usage.image_tokens + usage.audio_tokens
    is_too_much = max(usage.cached_tokens, seen_or_heard) > usage.prompt_tokens
    if is_too_much or usage.reasoning_tokens + rejected > usage.completion_tokens:
        raise Malformed("says that a part of its tokens is more than all of them")
    return usage
