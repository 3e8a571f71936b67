"""The ground outgoing wire models stand on: they are as they were built, by us.

Imports no Pydantic, so that clients start fast. A text below a field says what it is; `server/openapi.py` reads it
there.
"""

import msgspec
from msgspec import Struct

encode = msgspec.json.Encoder().encode


class Outgoing(Struct, frozen=True, kw_only=True):
    """An object we send; fields that are `UNSET` are left out of the JSON. A struct, not a Pydantic model:
    one is made for every token, while the model that makes the tokens has the CPU's caches.
    """

    def json_bytes(self) -> bytes:
        """Compact UTF-8 JSON."""
        return encode(self)
