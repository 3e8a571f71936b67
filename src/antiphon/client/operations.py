"""The operations of the API, each a function from its parameters to a call. Services bind them to clients."""

from collections.abc import Mapping
from typing import Any, Unpack
from urllib.parse import quote

from antiphon.client.call import Call, Page, encode_body, page_of
from antiphon.client.errors import Misconfigured
from antiphon.client.options import CallOptions
from antiphon.client.params import CreateParams, ListParams, MessageListParams
from antiphon.client.responses import ChatCompletion, Chunk, CompletionDeleted, Model, StoredMessage

COMPLETIONS = "chat/completions"
NONE = CallOptions()


def create(*, options: CallOptions = NONE, **params: Unpack[CreateParams]) -> Call[ChatCompletion]:
    """Have a conversation answered, and wait for the whole answer."""
    if "stream" in params:
        raise TypeError("create() waits for the whole answer; stream() gives it piece by piece")
    return Call(method="POST", path=COMPLETIONS, read=ChatCompletion.parse, body=params, options=options)


def stream(*, options: CallOptions = NONE, **params: Unpack[CreateParams]) -> Call[Chunk]:
    """Have a conversation answered piece by piece: `with client.chat.completions.stream(…) as stream: for event in
    stream: …`. Usage is asked for, unless `stream_options` are given.
    """
    body = {"stream_options": {"include_usage": True}, **params, "stream": True}
    return Call(method="POST", path=COMPLETIONS, read=Chunk.parse, body=body, options=options)


def list_completions(*, options: CallOptions = NONE, **params: Unpack[ListParams]) -> Call[Page[ChatCompletion]]:
    """Stored completions, those of all pages."""
    return Call(method="GET", path=COMPLETIONS, read=page_of(ChatCompletion), query=flatten(params), options=options)


def retrieve(completion_id: str, *, options: CallOptions = NONE) -> Call[ChatCompletion]:
    """A stored completion."""
    return Call(method="GET", path=path_of(completion_id), read=ChatCompletion.parse, options=options)


def update(
    completion_id: str, *, metadata: Mapping[str, str] | None, options: CallOptions = NONE
) -> Call[ChatCompletion]:
    """Give a stored completion other metadata."""
    return Call(
        method="POST",
        path=path_of(completion_id),
        read=ChatCompletion.parse,
        body={"metadata": metadata},
        options=options,
    )


def delete(completion_id: str, *, options: CallOptions = NONE) -> Call[CompletionDeleted]:
    """Delete a stored completion."""
    return Call(method="DELETE", path=path_of(completion_id), read=CompletionDeleted.parse, options=options)


def list_messages(
    completion_id: str, *, options: CallOptions = NONE, **params: Unpack[MessageListParams]
) -> Call[Page[StoredMessage]]:
    """The messages that a stored completion answered, those of all pages."""
    return Call(
        method="GET",
        path=f"{path_of(completion_id)}/messages",
        read=page_of(StoredMessage),
        query=flatten(params),
        options=options,
    )


def list_models(*, options: CallOptions = NONE) -> Call[Page[Model]]:
    """The models that can be asked."""
    return Call(method="GET", path="models", read=page_of(Model), options=options)


def path_of(completion_id: str) -> str:
    """Of a stored completion. Raises `Misconfigured` for an id that would be the path of something else."""
    if completion_id in ("", ".", ".."):
        raise Misconfigured(f"No completion can have the id '{completion_id}'.")
    return f"{COMPLETIONS}/{quote(completion_id, safe='')}"


def flatten(params: Mapping[str, Any]) -> dict[str, Any]:
    """metadata[key]=value, as the API has it; anything else that is no plain value goes as JSON."""
    query: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, Mapping):
            query |= {f"{name}[{key}]": as_text(item) for key, item in value.items()}
        else:
            query[name] = as_text(value)
    return query


def as_text(value: Any) -> Any:
    """For a query."""
    return value if value is None or isinstance(value, str | int | float) else encode_body(value).decode()
