"""The life of one completion: an engine's events become chunks as they come, and chunks a whole answer."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from msgspec import UNSET
from msgspec.structs import replace

from antiphon.completion.accumulate import Accumulator
from antiphon.completion.assemble import Assembler, Envelope
from antiphon.completion.prepare import Prepared
from antiphon.completion.recite import recite
from antiphon.completion.service import build_service, told_tier
from antiphon.schema.request.tools import NamedCustomChoice, NamedFunctionChoice, NamedTool
from antiphon.schema.response.chunk import Chunk
from antiphon.schema.response.completion import ChatCompletion
from antiphon.settings import ReasoningField

Chunks = AsyncGenerator[Chunk, None]
Keep = Callable[[ChatCompletion], Awaitable[None]]
NAMED = NamedFunctionChoice | NamedCustomChoice | NamedTool
"""Choices that leave the model none."""


async def stream_chunks(
    prepared: Prepared, *, tenant: str, include_usage: bool, reasoning_field: ReasoningField
) -> Chunks:
    """Chunks of an answer as they are made. Raises an `ApiError`, before the first chunk when the
    request cannot be served. Closing it stops the computation.
    """
    service = build_service(prepared.request, tenant=tenant)
    events = prepared.engine.generate(prepared.conversation, prepared.decoding, service)
    if prepared.speech:
        must_call = prepared.conversation.tool_choice.mode == "required"
        events = recite(events, *prepared.speech, must_call=must_call)
    assembler = Assembler(build_envelope(prepared, include_usage=include_usage, reasoning_field=reasoning_field))
    del prepared  # an answer may take long, and there may be many
    async with aclosing(events):
        async for event in events:
            for chunk in assembler.feed(event):
                yield chunk


def build_envelope(prepared: Prepared, *, include_usage: bool, reasoning_field: ReasoningField) -> Envelope:
    """What all chunks of this answer share."""
    request = prepared.request
    return Envelope(
        id=prepared.id,
        created=prepared.created,
        model=prepared.model,
        fingerprint=prepared.engine.fingerprint,
        service_tier=told_tier(request, prepared.engine.capabilities),
        include_usage=include_usage,
        legacy_functions=bool(request.functions),
        spoken=prepared.speech is not None,
        must_call=prepared.conversation.tool_choice.mode == "required",
        named=isinstance(request.tool_choice or request.function_call, NAMED),
        reasoning_field=reasoning_field,
    )


async def keep_at_end(chunks: Chunks, keep: Keep, *, include_usage: bool) -> Chunks:
    """The same chunks, which must carry usage; after the last one the whole answer is kept. Who closes it before has
    kept nothing. Raises what `keep` does. include_usage: whether usage goes on to the client.
    """
    accumulator = Accumulator()
    async with aclosing(chunks):
        async for chunk in chunks:
            accumulator.feed(chunk)
            if include_usage:
                yield chunk
            elif chunk.choices:
                yield replace(chunk, usage=UNSET)
    await keep(accumulator.completion())


async def accumulate(chunks: Chunks, *, metadata: dict[str, str] | None) -> ChatCompletion:
    """The whole answer out of its chunks, which must carry usage, with the request's metadata."""
    accumulator = Accumulator()
    async with aclosing(chunks):
        async for chunk in chunks:
            accumulator.feed(chunk)
    return accumulator.completion(metadata)
