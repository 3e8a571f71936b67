"""Messages with what is not text in its place, as parts in their order. Pure.

In texts a character stands for each medium (dialect/medium.py). None of these may reach an upstream: it would be shown
a rare ideograph. They are looked for only where they are put, in what users say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from antiphon.dialect.medium import Medium, Picture, Recording, Transcript
from antiphon.engine.remote.kinds import Kind
from antiphon.engine.remote.request.messages import Message
from antiphon.engine.remote.request.picture import write_picture
from antiphon.engine.remote.request.plan import Plan
from antiphon.engine.remote.request.recording import write_recording

Part = dict[str, Any]


def with_media(plan: Plan, media: Mapping[str, Medium], kind: Kind) -> Plan:
    """The plan with its messages, and the plainer ones, so filled. media: by the characters that stand for them. May
    take a while: pictures may have to be encoded. Raises `InvalidMedium`.
    """
    if not media:
        return plan
    parts = {mark: write_medium(medium, kind) for mark, medium in media.items()}
    messages = fill(plan.body["messages"], parts)
    plainer = plan.plainer and fill(plan.plainer, parts)
    return replace(plan, body={**plan.body, "messages": messages}, plainer=plainer)


def write_medium(medium: Medium, kind: Kind) -> Part | str:
    """What stands for it. Raises `InvalidMedium`."""
    match medium:
        case Picture():
            return write_picture(medium, kind)
        case Recording():
            return write_recording(medium, kind)
        case Transcript(text):
            return text


def fill(messages: Sequence[Message], parts: Mapping[str, Part | str]) -> list[Message]:
    """The messages with these in place of their characters."""
    pattern = re.compile(f"([{''.join(parts)}])")
    return [
        {**message, "content": fill_content(pattern.split(message["content"]), parts)}
        if message["role"] == "user" and pattern.search(message["content"])
        else message
        for message in messages
    ]


def fill_content(pieces: Sequence[str], parts: Mapping[str, Part | str]) -> str | list[Part]:
    """pieces: texts, and the characters between them. A text where nothing else is left."""
    content = list(join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces)))
    if len(content) == 1 and isinstance(content[0], str):
        return content[0]
    return [part for number in range(len(content)) if (part := build_part(content, number))]


def join(pieces: Iterator[Part | str]) -> Iterator[Part | str]:
    """With texts that follow each other as one, also where they are empty: before, between and behind all else."""
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
        else:
            yield text
            yield piece
            text = ""
    yield text


def build_part(content: Sequence[Part | str], number: int) -> Part | None:
    """One of them as a part; None for an empty text. The line break goes that set it apart from its neighbours."""
    piece = content[number]
    if not isinstance(piece, str):
        return piece
    text = piece.removeprefix("\n") if number else piece
    text = text.removesuffix("\n") if number + 1 < len(content) else text
    return {"type": "text", "text": text} if text else None
