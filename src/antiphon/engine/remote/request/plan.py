"""A request for an upstream, and how its answer is to be read. A value."""

from typing import Any

from msgspec import Struct

from antiphon.engine.remote.answer.manner import Manner
from antiphon.engine.remote.request.messages import Message

Body = dict[str, Any]


class Plan(Struct, frozen=True):
    """body: all of the request. plainer: messages for an upstream that refuses these. suspect: the field that is most
    likely at fault where it refuses a grammar.
    """

    body: Body
    manner: Manner
    plainer: list[Message] | None = None
    suspect: str | None = None
