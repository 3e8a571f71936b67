"""Bytes that are written as text: base64, and data URLs (RFC 2397). Pure.

Strict, as what is read leniently is read differently elsewhere; white space in base64 is what mailers and shells put
there. How much it is, is known before anything is decoded.
"""

import binascii
import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from antiphon.media.unreadable import UnreadableError

SCHEME = "data:"
LONGEST_HEAD = 1_000
"""Characters before the comma."""
MOST_ESCAPES = 100_000
"""Percent signs: what they stand for takes many times its size to decode; base64 does not."""
BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")
NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
WHITE = b" \t\r\n"


class DataUrl(NamedTuple):
    """media_type: as it says of itself, in lower case and without parameters. data: never empty."""

    media_type: str
    data: bytes


def is_data_url(text: str) -> bool:
    """Whether this is meant to be one."""
    return text[: len(SCHEME)].lower() == SCHEME


def parse_data_url(url: str, most_bytes: int) -> DataUrl:
    """Its type and its content. Raises `UnreadableError`."""
    comma = url.find(",", 0, LONGEST_HEAD)
    if not is_data_url(url) or comma < 0:
        raise UnreadableError("is not a data URL; they are written data:TYPE;base64,DATA")
    media_type, *parameters = [part.strip().lower() for part in url[len(SCHEME) : comma].split(";")]
    if media_type and not MEDIA_TYPE.fullmatch(media_type):
        raise UnreadableError("is a data URL without a proper type; they are written data:TYPE;base64,DATA")
    is_base64 = parameters[-1:] == ["base64"]
    num_escapes = url.count("%", comma)
    if len(url) - comma - 1 - 2 * num_escapes > (longest_base64(most_bytes) if is_base64 else most_bytes):
        raise too_large(most_bytes)
    if num_escapes > MOST_ESCAPES:
        raise UnreadableError(f"is a data URL with more than {MOST_ESCAPES} percent signs; write it as base64")
    data = unescape(url[comma + 1 :])
    return DataUrl(media_type or "text/plain", unpack(data, most_bytes) if is_base64 else check(data, most_bytes))


def decode_base64(text: str, most_bytes: int) -> bytes:
    """What base64 stands for. Raises `UnreadableError` for what is none, empty, or stands for more bytes than that."""
    if is_data_url(text):
        raise UnreadableError("is a data URL; base64 alone is expected, which is what comes after 'base64,' in it")
    if len(text) > longest_base64(most_bytes):
        raise too_large(most_bytes)
    return unpack(text.encode("utf-8", "replace"), most_bytes)


def longest_base64(most_bytes: int) -> int:
    """Characters that so many bytes may take, line breaks included."""
    packed = (most_bytes + 2) // 3 * 4
    return packed + packed // 16 + 64


def unpack(text: bytes, most_bytes: int) -> bytes:
    """Base64 to bytes."""
    packed = text.translate(None, WHITE)
    if len(packed) // 4 * 3 - packed[-2:].count(b"=") > most_bytes:
        raise too_large(most_bytes)
    try:
        data = b"" if is_padded_oddly(packed) else binascii.a2b_base64(packed, strict_mode=True)
    except ValueError:
        data = b""
    if packed and not data:
        raise UnreadableError(f"is not base64: {find_fault(packed)}")
    return check(data, most_bytes)


def is_padded_oddly(packed: bytes) -> bool:
    """What Python's decoder takes in some versions, strict as it is told to be."""
    return len(packed) % 4 != 0 or packed.endswith(b"===")


def find_fault(packed: bytes) -> str:
    """The commonest mistakes by name."""
    odd = {sign[0] for sign in NO_BASE64.finditer(packed, 0, LONGEST_HEAD)}
    if odd and odd <= {b"-", b"_"}:
        return "it is in the alphabet for URLs; write '+' and '/' for '-' and '_'"
    if odd or NO_BASE64.search(packed):
        return "there are characters in it that base64 has not"
    if len(packed) % 4:
        return "it is cut off, or its padding ('=') is missing"
    return "its padding ('=') is in the wrong place"


def unescape(text: str) -> bytes:
    """Text of a URL to bytes, %41 and the like included."""
    data = text.encode("utf-8", "replace")
    if BROKEN_ESCAPE.search(data):
        raise UnreadableError("is a data URL with a percent sign that is not followed by two hexadecimal digits")
    return unquote_to_bytes(data)


def check(data: bytes, most_bytes: int) -> bytes:
    """The same, unless it is nothing or too much."""
    if not data:
        raise UnreadableError("is empty")
    if len(data) > most_bytes:
        raise too_large(most_bytes)
    return data


def too_large(most_bytes: int) -> UnreadableError:
    """Known before it is decoded."""
    return UnreadableError(f"is larger than {most_bytes / 1e6:g} MB")
