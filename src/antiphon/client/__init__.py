"""A typed client of the Chat Completions API, for this server and any other: `Client` and `AsyncClient`.

from antiphon.client import Client, user_message

with Client() as client:
    completion = client.chat.completions.create(model="smollm2", messages=[user_message("Say hello.")])
    print(completion.text)
"""

from antiphon.client.accumulator import Accumulator
from antiphon.client.call import Page
from antiphon.client.clients import AsyncClient, Client
from antiphon.client.errors import (
    BadRequest,
    ClientError,
    Conflict,
    ConnectionFailed,
    InternalError,
    Misconfigured,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServerError,
    StreamEndedEarly,
    StreamFailed,
    TimedOut,
    TooLarge,
    Unauthenticated,
    Unprocessable,
    Unreadable,
)
from antiphon.client.messages import (
    assistant_message,
    audio_part,
    developer_message,
    file_part,
    function_message,
    image_part,
    refusal_part,
    system_message,
    text_part,
    tool_message,
    user_message,
    user_message_parts,
)
from antiphon.client.options import CallOptions
from antiphon.client.pages import AsyncPages, Pages
from antiphon.client.responses import ChatCompletion, Chunk
from antiphon.client.stream import AsyncStream, Stream

__all__ = [
    "Accumulator",
    "AsyncClient",
    "AsyncPages",
    "AsyncStream",
    "BadRequest",
    "CallOptions",
    "ChatCompletion",
    "Chunk",
    "Client",
    "ClientError",
    "Conflict",
    "ConnectionFailed",
    "InternalError",
    "Misconfigured",
    "NotFound",
    "Page",
    "Pages",
    "PermissionDenied",
    "RateLimited",
    "ServerError",
    "Stream",
    "StreamEndedEarly",
    "StreamFailed",
    "TimedOut",
    "TooLarge",
    "Unauthenticated",
    "Unprocessable",
    "Unreadable",
    "assistant_message",
    "audio_part",
    "developer_message",
    "file_part",
    "function_message",
    "image_part",
    "refusal_part",
    "system_message",
    "text_part",
    "tool_message",
    "user_message",
    "user_message_parts",
]
