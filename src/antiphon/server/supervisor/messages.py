"""Everything the supervisor and an API process say to each other, one struct per message.

Sent as MessagePack frames over a pair of sockets, which is also the line of life: who loses it ends.
"""

from typing import Any

import msgspec
from msgspec import Struct

# To the API process.


class Assignment(Struct, frozen=True, kw_only=True, tag=True):
    """Comes first. flags: of the command line; the rest of the settings is read anew. listener: the socket's file
    descriptor. folder, slot, num_slots: see `Workplace`. kept: settings that must be as they were. language: see
    `engine/hosting/language.py`.
    """

    flags: dict[str, Any]
    listener: int
    folder: str
    slot: int
    num_slots: int
    kept: dict[str, Any]
    language: str


class Retire(Struct, frozen=True, tag=True):
    """Another one has taken the place: finish what is under way, and end."""


class Drain(Struct, frozen=True, tag=True):
    """All is stopped: take nothing new, and end within so many seconds."""

    limit_s: float


class End(Struct, frozen=True, tag=True):
    """At once."""


# From the API process.


class Ready(Struct, frozen=True, tag=True):
    """It answers, and what is to be there from the start is there. asks_key: whether clients need one."""

    asks_key: bool


class Note(Struct, frozen=True, tag=True):
    """What has become of a model that is not of the supervisor; each API process has its own, and says the same."""

    model: str
    what: str


class Failed(Struct, frozen=True, tag=True):
    """It cannot be; `reason` is a sentence for a person."""

    reason: str


Order = Retire | Drain | End
ToApi = Assignment | Order
FromApi = Ready | Note | Failed

decode_to_api = msgspec.msgpack.Decoder(ToApi).decode
decode_from_api = msgspec.msgpack.Decoder(FromApi).decode
