"""Stored completions as lines of JSON: what `antiphon store export` writes, `import` reads, and training takes."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Raw, Struct

from antiphon.errors import InvalidRequest
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.parse import validate
from antiphon.schema.response.completion import ChatCompletion
from antiphon.store.record import Record, is_id
from antiphon.values import PROJECT

encode = msgspec.json.encode
read_fields = msgspec.json.Decoder(dict[str, Raw]).decode
OF_TOOLS = ("tools", "parallel_tool_calls", "functions")
LAST_SECOND = 253_402_300_799
"""Of the year 9999."""


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stored completion with all that is kept of it. created: Unix seconds."""

    id: str
    project: str
    created: int
    model: str
    request_id: str
    metadata: dict[str, str]
    completion: Raw
    request: Raw
    messages: Raw


class Used(Struct):
    """What every kept request says, because something was used."""

    temperature: float
    top_p: float
    presence_penalty: float
    frequency_penalty: float
    seed: int


read_line = msgspec.json.Decoder(Line).decode


def render_line(record: Record) -> bytes:
    """A record as a line, without its end."""
    line = Line(
        id=record.id,
        project=record.project,
        created=record.created,
        model=record.model,
        request_id=record.request_id,
        metadata=record.metadata,
        completion=Raw(record.answer),
        request=Raw(record.request),
        messages=Raw(record.messages),
    )
    return encode(line)


def parse_line(text: bytes, *, project: str | None = None) -> Record:
    """The record of a line, exactly as it was rendered. project: whose it shall be, its own without one.
    Raises `InvalidRequest`.
    """
    try:
        text.decode()
        line = read_line(text)
        answer = msgspec.json.decode(line.completion, type=ChatCompletion)
        request = msgspec.json.decode(line.request, type=dict[str, Any])
        msgspec.convert(request, Used)
        messages = msgspec.json.decode(line.messages)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(f"This is no exported completion: {error}.") from None
    check_line(line, answer)
    if "messages" in request or "metadata" in request:
        raise InvalidRequest("'request' must not have messages or metadata of its own.", param="request")
    validate({**request, "messages": messages, "metadata": line.metadata}, CreateChatCompletion)
    return Record(
        project=project or line.project,
        id=line.id,
        created=line.created,
        model=line.model,
        request_id=line.request_id,
        metadata=line.metadata,
        answer=bytes(line.completion).decode(),
        request=bytes(line.request).decode(),
        messages=bytes(line.messages).decode(),
    )


def check_line(line: Line, answer: ChatCompletion) -> None:
    """What a server could have written, and the same in both places. Raises `InvalidRequest`."""
    if not is_id(line.id) or not is_id(line.request_id):
        raise InvalidRequest("'id' and 'request_id' have letters, digits, '.', '_', ':' and '-', at most 128.")
    if not PROJECT.fullmatch(line.project):
        raise InvalidRequest("'project' is no name of a project.", param="project")
    if not 0 <= line.created <= LAST_SECOND:
        raise InvalidRequest("'created' is no time that a calendar has.", param="created")
    if (answer.id, answer.created, answer.model) != (line.id, line.created, line.model):
        raise InvalidRequest("'id', 'created' and 'model' must be those of the completion.", param="completion")


def render_training_lines(record: Record) -> Iterator[bytes]:
    """The conversation with each of its answers, in the form that fine-tuning takes."""
    request = read_fields(record.request)
    tools = {name: request[name] for name in OF_TOOLS if name in request and bytes(request[name]) != b"null"}
    messages = msgspec.json.decode(record.messages, type=list[Raw])
    for choice in msgspec.json.decode(record.answer)["choices"]:
        said = {name: value for name, value in choice["message"].items() if value not in (None, [])}
        yield encode({"messages": [*messages, said], **tools})
