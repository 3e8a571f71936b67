"""Messages and their parts, as plain dictionaries: what a request takes."""

import base64
from typing import Any, Literal, NotRequired, TypedDict

Part = dict[str, Any]
AudioFormat = Literal["wav", "mp3"]
Detail = Literal["auto", "low", "high"]


class Message(TypedDict):
    """A message of a request. Which of the optional fields a role may have is judged by the server."""

    role: Literal["developer", "system", "user", "assistant", "tool", "function"]
    content: NotRequired[str | list[Part] | None]
    name: NotRequired[str]
    refusal: NotRequired[str | None]
    tool_calls: NotRequired[list[dict[str, Any]]]
    tool_call_id: NotRequired[str]
    function_call: NotRequired[dict[str, Any] | None]
    audio: NotRequired[dict[str, Any] | None]


def user_message(content: str) -> Message:
    """What a user says."""
    return {"role": "user", "content": content}


def user_message_parts(*parts: Part) -> Message:
    """What a user says in text, images, recordings and files."""
    return {"role": "user", "content": list(parts)}


def assistant_message(content: str) -> Message:
    """What the model said."""
    return {"role": "assistant", "content": content}


def system_message(content: str) -> Message:
    """Instructions."""
    return {"role": "system", "content": content}


def developer_message(content: str) -> Message:
    """Instructions, in the newer form."""
    return {"role": "developer", "content": content}


def tool_message(tool_call_id: str, content: str) -> Message:
    """What a call gave."""
    return {"role": "tool", "tool_call_id": tool_call_id, "content": content}


def function_message(name: str, content: str) -> Message:
    """What a function gave, in the deprecated form."""
    return {"role": "function", "name": name, "content": content}


def text_part(text: str) -> Part:
    """A text."""
    return {"type": "text", "text": text}


def refusal_part(refusal: str) -> Part:
    """What the model said when it refused."""
    return {"type": "refusal", "refusal": refusal}


def image_part(url: str, detail: Detail | None = None) -> Part:
    """An image by its address, which may be a data URL."""
    return {"type": "image_url", "image_url": {"url": url, **({"detail": detail} if detail else {})}}


def audio_part(data: bytes | str, format: AudioFormat) -> Part:  # noqa: A002 (the API's own name)
    """A recording: its bytes, or these in base64."""
    return {"type": "input_audio", "input_audio": {"data": as_base64(data), "format": format}}


def file_part(*, file_id: str | None = None, file_data: bytes | str | None = None, filename: str | None = None) -> Part:
    """A file that was uploaded, or what is in it: its bytes, or these in base64."""
    data = None if file_data is None else as_base64(file_data)
    named = {"file_id": file_id, "file_data": data, "filename": filename}
    return {"type": "file", "file": {name: value for name, value in named.items() if value is not None}}


def as_base64(data: bytes | str) -> str:
    """Text is left as it is."""
    return data if isinstance(data, str) else base64.b64encode(data).decode()
