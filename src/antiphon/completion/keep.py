"""From a finished completion to what is kept of it."""

from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from antiphon.completion.prepare import Prepared
from antiphon.errors import NotStored, StoreUnavailable
from antiphon.schema.response.completion import ChatCompletion
from antiphon.store.completions import Completions
from antiphon.store.record import Record


async def keep(
    completions: Completions, prepared: Prepared, answer: ChatCompletion, *, project: str, request_id: str
) -> None:
    """Return when the completion is kept. Raises `NotStored`."""
    try:
        await completions.add(build_record(prepared, answer, project=project, request_id=request_id))
    except StoreUnavailable as error:
        raise NotStored(error.reason) from error


def build_record(prepared: Prepared, answer: ChatCompletion, *, project: str, request_id: str) -> Record:
    """The answer, what was asked as it was sent, and how it was decoded."""
    asked: dict[str, Any] = prepared.request.model_dump(by_alias=True, exclude_unset=True)
    messages, metadata = asked.pop("messages"), asked.pop("metadata", None)
    return Record(
        project=project,
        id=answer.id,
        created=answer.created,
        model=answer.model,
        request_id=request_id,
        metadata=metadata or {},
        answer=render(replace(answer, metadata=UNSET)),
        request=render(asked | decoded(prepared)),
        messages=render(messages),
    )


def decoded(prepared: Prepared) -> dict[str, Any]:
    """The parameters that always have a value, with the one that was used."""
    decoding = prepared.decoding
    return {
        "temperature": decoding.temperature,
        "top_p": decoding.top_p,
        "presence_penalty": decoding.presence_penalty,
        "frequency_penalty": decoding.frequency_penalty,
        "seed": decoding.seed,
    }


def render(value: Any) -> str:
    """Compact JSON."""
    return msgspec.json.encode(value).decode()
