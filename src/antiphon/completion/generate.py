"""The life of one completion: find the engine, prepare, and turn its events into chunks as they come."""

import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from antiphon.completion.accumulate import Accumulator
from antiphon.completion.assemble import Assembler, Envelope
from antiphon.completion.prepare import build_conversation, build_decoding
from antiphon.engine.pool import Pool
from antiphon.schema.completion import ChatCompletion, Chunk
from antiphon.schema.request import CreateChatCompletion

Chunks = AsyncGenerator[Chunk, None]


def new_id() -> str:
    """`chatcmpl-` and 29 characters that begin with the time, so that ids sort by it."""
    return f"chatcmpl-{time.time_ns() // 1_000_000:012x}{secrets.token_hex(9)[:17]}"


async def stream_chunks(pool: Pool, request: CreateChatCompletion, *, tenant: str, include_usage: bool) -> Chunks:
    """Chunks of an answer as they are made. Raises an `ApiError`, before the first chunk when the
    request cannot be served. Closing it stops the computation.
    """
    model, engine = pool.find(request.model)
    events = engine.generate(build_conversation(request.messages), build_decoding(request), tenant=tenant)
    assembler: Assembler | None = None
    async with aclosing(events):
        async for event in events:
            assembler = assembler or Assembler(
                Envelope(
                    id=new_id(),
                    created=int(time.time()),
                    model=model,
                    fingerprint=engine.fingerprint,
                    service_tier=None if request.service_tier is None else "default",
                    include_usage=include_usage,
                )
            )
            for chunk in assembler.feed(event):
                yield chunk


async def accumulate(chunks: Chunks) -> ChatCompletion:
    """The whole answer out of its chunks, which must carry usage."""
    accumulator = Accumulator()
    async with aclosing(chunks):
        async for chunk in chunks:
            accumulator.feed(chunk)
    return accumulator.completion()
