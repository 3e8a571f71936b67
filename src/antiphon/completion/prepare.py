"""From a validated request to all that its completion needs: an engine that is ready, a conversation, how to decode."""

import secrets
import time
from contextlib import AsyncExitStack

from msgspec import Struct

from antiphon.completion.conversation import build_conversation
from antiphon.completion.decoding import build_decoding
from antiphon.completion.gather import gather
from antiphon.completion.review import review
from antiphon.completion.schemas import check_schemas
from antiphon.completion.senses import Senses
from antiphon.completion.speech import Speech, check_voice, prepare_speech
from antiphon.dialect.conversation import Conversation
from antiphon.engine.base import Decoding, Engine
from antiphon.engine.pool import Pool
from antiphon.schema.request.create import CreateChatCompletion


class Prepared(Struct, frozen=True, kw_only=True):
    """A completion that can begin. created: Unix seconds. model: its own name. ignored: hints that mean nothing to
    this model. speech: who speaks it, if it is to be spoken.
    """

    id: str
    created: int
    model: str
    engine: Engine
    conversation: Conversation
    decoding: Decoding
    ignored: tuple[str, ...]
    request: CreateChatCompletion
    speech: Speech | None = None


async def prepare(
    pool: Pool, senses: Senses, request: CreateChatCompletion, *, project: str, until: AsyncExitStack
) -> Prepared:
    """Find the engine, wait until it can answer, and see what it can do of what is asked. It is held, so that it can
    answer, until that stack is closed, whatever becomes of the completion. project: whose uploads count. Raises an
    `ApiError`.
    """
    model, engine = await until.enter_async_context(pool.hold(request.model))
    ignored = review(request, engine.capabilities, pool.who_can)
    check_schemas(request)
    check_voice(request, senses)
    gathered = await gather(request.messages, senses, engine.capabilities, project=project)
    now_ms = time.time_ns() // 1_000_000
    return Prepared(
        id=new_id(now_ms),
        created=now_ms // 1000,
        model=model,
        engine=engine,
        ignored=ignored,
        conversation=build_conversation(request, gathered),
        decoding=build_decoding(request),
        request=request,
        speech=await prepare_speech(request, senses, project=project, until=until),
    )


def new_id(now_ms: int) -> str:
    """`chatcmpl-` and 29 characters that begin with the time, so that ids sort by it. now_ms: Unix milliseconds."""
    return f"chatcmpl-{now_ms:012x}{secrets.token_hex(9)[:17]}"
