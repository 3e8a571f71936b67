"""Chunks to the bytes of server-sent events.

Obfuscation: how long a chunk is tells a listener on the wire how long a token was. Chunks are
padded with random characters to a multiple of `BUCKET` bytes.
"""

import json
import secrets

from antiphon.errors import ApiError
from antiphon.schema.response.chunk import Chunk

BUCKET = 64
FIELD = b',"obfuscation":"'
POOL_BYTES = 1024
DONE = b"data: [DONE]\n\n"


def render_chunk(chunk: Chunk, *, obfuscate: bool) -> bytes:
    """One event with one chunk."""
    data = chunk.json_bytes()
    return b"data: %b\n\n" % (padded(data) if obfuscate else data)


def padded(data: bytes) -> bytes:
    """A JSON object with an `obfuscation` field that brings it to the next multiple of `BUCKET` bytes."""
    length = -(len(data) + len(FIELD) + 1) % BUCKET
    return b'%b%b%b"}' % (data[:-1], FIELD, PADDING.take(length))


class Padding:
    """Random letters, none of them used twice; the system is asked for many at a time."""

    def __init__(self) -> None:
        self.letters = b""

    def take(self, length: int) -> bytes:
        """So many more."""
        if len(self.letters) < length:
            self.letters = secrets.token_hex(POOL_BYTES).encode()
        taken, self.letters = self.letters[:length], self.letters[length:]
        return taken


PADDING = Padding()


def render_error(error: ApiError) -> bytes:
    """One event with an error, for a stream that has begun."""
    return b"data: %b\n\n" % json.dumps(error.body()).encode()
