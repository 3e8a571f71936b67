"""Everything a host of models and its guests say to each other, one struct per message.

Sent as MessagePack frames over a unix socket. A hold is known by the number its guest gave it.
"""

import msgspec
from msgspec import Struct

from antiphon.engine.llama.upkeep import Standing
from antiphon.engine.residency import State

SOCKET = "engines"
"""Where a host listens, in the folder that it shares with its guests."""

# To the host.


class Hold(Struct, frozen=True, tag=True):
    """Have the model loaded, and keep it so until `Release`."""

    number: int
    model: str


class Release(Struct, frozen=True, tag=True):
    """The end of a hold, also of one that waits."""

    number: int


# From the host.


class Held(Struct, frozen=True, tag=True):
    """The model is there."""

    number: int


class Refused(Struct, frozen=True, tag=True):
    """The hold ends here: the model cannot be loaded."""

    number: int
    reason: str


class TooLarge(Struct, frozen=True, tag=True):
    """The hold ends here: the model alone takes more than all may; both in bytes."""

    number: int
    num_bytes: int
    limit_bytes: int


class Told(Struct, frozen=True, tag=True):
    """How it is with a model now."""

    model: str
    state: State
    standing: Standing


class Begun(Struct, frozen=True, tag=True):
    """What was to be there from the start is there."""


ToHost = Hold | Release
FromHost = Held | Refused | TooLarge | Told | Begun

decode_to_host = msgspec.msgpack.Decoder(ToHost).decode
decode_from_host = msgspec.msgpack.Decoder(FromHost).decode
