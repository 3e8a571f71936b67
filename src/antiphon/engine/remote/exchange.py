"""One request to one upstream, and its answer as events: what is wrong with either becomes a `Fault`.

Nothing is held of a request once its answer has begun: an answer may take long, and there may be many.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import aiohttp
from msgspec import Struct

from antiphon.engine.events import Event, ToolCall
from antiphon.engine.remote.answer.answer import Answer, Reported
from antiphon.engine.remote.answer.checking import Broken, Check
from antiphon.engine.remote.answer.malformed import CutShort, Malformed, TooMuch
from antiphon.engine.remote.answer.sse import Splitter, TooLong
from antiphon.engine.remote.asked import Asked
from antiphon.engine.remote.fault import Fault, FaultKind
from antiphon.engine.remote.line import Line
from antiphon.engine.remote.refusal import build_fault, build_report
from antiphon.engine.remote.request.plan import Plan
from antiphon.engine.remote.saying import conceal
from antiphon.errors import ConstraintBroken, ContextLengthExceeded, UpstreamError

OK = 200
MAY_BE_OF_MESSAGES = (400, 422, 500)
"""What upstreams answer whose template refuses some order of messages."""
STREAM = "text/event-stream"
END_LIMIT_S = 0.05
"""For the end of an answer behind its last word, after which the connection can be used again."""


class Begun(Struct):
    """An answer whose head has come, and how it is to be read. checks: of each choice. is_bound: whether more is asked
    than that no tool is called which may not be. suspect: see `Plan`.
    """

    response: aiohttp.ClientResponse
    answer: Answer
    checks: Sequence[Check]
    is_bound: bool
    suspect: str | None


async def begin(line: Line, plan: Plan, asked: Asked) -> Begun:
    """Raises `Fault`. Where these messages may have been refused by a template, plainer ones are tried."""
    refused: Fault | None = None
    for messages in (plan.body["messages"], plan.plainer):
        if messages is None:
            break
        body = {**plan.body, "messages": messages}
        response = await line.open("POST", f"{line.address.base}/chat/completions", body)
        if response.status == OK:
            check_stream(line, response)
            conversation, decoding, _ = asked
            checks = [Check(conversation, has_stops=bool(decoding.stop)) for _ in range(decoding.n)]
            is_bound = bool(conversation.tools or conversation.format)
            return Begun(response, Answer(decoding.n, plan.manner), checks, is_bound, plan.suspect)
        content = await line.read(response)
        refused = refused or build_fault(line, response.status, response.headers, content, plan.suspect)
        if response.status not in MAY_BE_OF_MESSAGES or isinstance(refused.error, ContextLengthExceeded):
            break
    assert refused
    raise refused


def check_stream(line: Line, response: aiohttp.ClientResponse) -> None:
    """Raises `Fault` where it is none."""
    if response.content_type != STREAM:
        response.close()
        reason = "answered with something else than a stream"
        raise Fault("not_a_stream", UpstreamError(line.model, reason), again=True)


async def go_on(line: Line, begun: Begun) -> AsyncGenerator[Event, None]:
    """The events of an answer that has begun. Raises `Fault`. Closing it closes the connection, unless the answer has
    been read to its end.
    """
    answer, content = begun.answer, begun.response.content
    splitter = Splitter()
    try:
        while not answer.done and (piece := await line.receive(content)):
            for data in splitter.feed(piece):
                for event in answer.feed(data):
                    if begun.is_bound or type(event) is ToolCall:
                        begun.checks[event.choice].look(event)
                    yield event
        yield answer.end()
        await let_end(content)
    except Reported as report:
        raise build_report(line, report.told, begun.suspect) from None
    except Broken as broken:
        raise Fault("constraint", ConstraintBroken(line.model, conceal(str(broken), line.secrets))) from None
    except TooLong:
        raise Fault("too_much", UpstreamError(line.model, "sent an event that does not end")) from None
    except TooMuch as error:
        raise Fault("too_much", UpstreamError(line.model, str(error))) from None
    except Malformed as error:
        kind: FaultKind = "closed" if isinstance(error, CutShort) else "malformed"
        raise Fault(kind, UpstreamError(line.model, conceal(str(error), line.secrets)), again=True) from None
    finally:
        begun.response.close()


async def let_end(content: aiohttp.StreamReader) -> None:
    """Read the end that follows a last word, if it does."""
    try:
        async with asyncio.timeout(END_LIMIT_S):
            await content.readany()
    except (TimeoutError, aiohttp.ClientError, OSError):
        return
