"""From what is kept to what the wire shows of it. An answer may be long, so its parts are passed on as they are."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from antiphon.errors import UnknownCursor
from antiphon.store.record import Entry

encode, decode = msgspec.json.encode, msgspec.json.decode
read_fields = msgspec.json.Decoder(dict[str, Raw]).decode
NULL, DEFAULT = Raw(b"null"), Raw(b'"default"')
SHOWN = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "tools", "tool_choice",
         "response_format")  # fmt: skip
"""Parameters of the request that a stored completion carries."""
OF_MESSAGE = ("role", "name", "tool_calls", "function_call", "tool_call_id", "annotations", "audio")
"""Fields of a message that are shown as they were sent, when they were."""

NUMBER = re.compile("0|[1-9][0-9]{0,8}")


def render_completion(entry: Entry) -> bytes:
    """A `StoredCompletion` as JSON."""
    answer, request = read_fields(entry.answer), read_fields(entry.request)
    shown = {name: request.get(name, NULL) for name in SHOWN}
    beside = {"metadata": entry.metadata, "request_id": entry.request_id, "input_user": request.get("user", NULL)}
    return encode({**answer, "service_tier": answer.get("service_tier", DEFAULT), **beside, **shown})


def render_message(completion: str, number: int, message: bytes) -> bytes:
    """A `StoredMessage` as JSON: content as text where it was one, and otherwise in parts. Null is left out."""
    sent = without_null(decode(message))
    content = sent.get("content")
    in_parts = isinstance(content, list)
    kept = {name: sent[name] for name in OF_MESSAGE if name in sent}
    if thoughts := sent.get("reasoning_content") or sent.get("reasoning"):
        kept["reasoning_content"] = thoughts
    kept |= {"id": message_id(completion, number), "refusal": sent.get("refusal")}
    return encode(kept | {"content": None if in_parts else content, "content_parts": content if in_parts else None})


def without_null(value: Any) -> Any:
    """A message without what is null, however deep."""
    if isinstance(value, dict):
        return {name: without_null(item) for name, item in value.items() if item is not None}
    return [without_null(item) for item in value] if isinstance(value, list) else value


def render_list(ids: Sequence[str], items: Sequence[bytes], *, has_more: bool) -> bytes:
    """A page as JSON, made of items that are JSON."""
    ends = {"first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None, "has_more": has_more}
    return encode({"object": "list", "data": [Raw(item) for item in items], **ends})


def message_id(completion: str, number: int) -> str:
    """What an input message is called."""
    return f"{completion}-{number}"


def choose_messages(completion: str, *, after: str | None, descending: bool) -> Callable[[int], Sequence[int]]:
    """What numbers of messages come after a page, of how many messages. What it gives raises `UnknownCursor`."""

    def choose(count: int) -> Sequence[int]:
        numbers = range(count)[::-1] if descending else range(count)
        if after is None:
            return numbers
        found = NUMBER.fullmatch(after.removeprefix(f"{completion}-"))
        if found is None or not after.startswith(f"{completion}-") or int(found[0]) not in numbers:
            raise UnknownCursor(after)
        return numbers[numbers.index(int(found[0])) + 1 :]

    return choose
