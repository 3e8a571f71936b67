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
DONE = b"data: [DONE]\n\n"


def render_chunk(chunk: Chunk, *, obfuscate: bool) -> bytes:
    """One event with one chunk."""
    data = chunk.json_bytes()
    return b"data: %b\n\n" % (padded(data) if obfuscate else data)


def padded(data: bytes) -> bytes:
    """A JSON object with an `obfuscation` field that brings it to the next multiple of `BUCKET` bytes."""
    length = -(len(data) + len(FIELD) + 1) % BUCKET
    padding = secrets.token_hex((length + 1) // 2)[:length]
    return b'%b%b%b"}' % (data[:-1], FIELD, padding.encode())


def render_error(error: ApiError) -> bytes:
    """One event with an error, for a stream that has begun."""
    return b"data: %b\n\n" % json.dumps(error.body()).encode()
