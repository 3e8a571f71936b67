"""A conversation as the rest of the server sees it: wire shapes are behind, templates are ahead."""

from typing import Literal

from msgspec import Struct

Role = Literal["system", "user", "assistant", "tool"]


class Turn(Struct, frozen=True):
    """One message: who speaks, and the text. `name` tells participants of one role apart;
    `tool_call_id` says which call a tool's turn answers.
    """

    role: Role
    text: str
    name: str | None = None
    tool_call_id: str | None = None


Conversation = tuple[Turn, ...]
