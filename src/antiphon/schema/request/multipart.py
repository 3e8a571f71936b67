"""A body of `multipart/form-data` to its parts, piece by piece. Does no I/O, knows no field, and keeps nothing but the
head of the part that it is in: what a part says goes on as it comes.
"""

import logging
import re
from typing import Literal

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from antiphon.errors import InvalidMultipart, UnsupportedMediaType
from antiphon.schema.request.disposition import Part, parse_disposition, parse_parameters
from antiphon.schema.request.words import shorten

logging.getLogger("python_multipart").setLevel(logging.ERROR)  # what clients send is no warning to us

FORM = "multipart/form-data"
BOUNDARY = re.compile(r"[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]", re.ASCII)
MOST_PARTS = 16
MOST_HEADERS = 8
LONGEST_HEADER = 4096
PLAIN = (b"", b"binary", b"8bit", b"7bit")
"""Encodings that are none. Others are not for forms, and would be kept undecoded."""

End = Literal["end"]
Event = Part | bytes | End
"""A part begins; some of what it says; it ends."""


class Multipart:
    """content_type: the header of the request. Raises `UnsupportedMediaType` and `InvalidMultipart`."""

    def __init__(self, content_type: str) -> None:
        self.events: list[Event] = []
        self.headers: dict[bytes, bytes] = {}
        self.field, self.value = bytearray(), bytearray()
        self.num_parts = 0
        self.is_complete = False
        self.parser = MultipartParser(
            find_boundary(content_type),
            {
                "on_part_begin": self._begin_part,
                "on_header_field": lambda data, begin, end: self.field.extend(data[begin:end]),
                "on_header_value": lambda data, begin, end: self.value.extend(data[begin:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": lambda data, begin, end: self.events.append(data[begin:end]),
                "on_part_end": lambda: self.events.append("end"),
                "on_end": self._end,
            },
            max_header_count=MOST_HEADERS,
            max_header_size=LONGEST_HEADER,
        )

    def feed(self, data: bytes) -> list[Event]:
        """What comes of the next bytes. Raises `InvalidRequest`."""
        try:
            self.parser.write(data)
        except FormParserError:
            raise InvalidMultipart("it is malformed") from None
        events, self.events = self.events, []
        return events

    def close(self) -> None:
        """Nothing comes any more. Raises `InvalidMultipart` when something is missing."""
        if not self.is_complete:
            raise InvalidMultipart("it ends before its last boundary")

    def _begin_part(self) -> None:
        self.num_parts += 1
        if self.num_parts > MOST_PARTS:
            raise InvalidMultipart(f"it has more than {MOST_PARTS} parts")
        self.headers = {}

    def _end_header(self) -> None:
        name = bytes(self.field).lower()
        if name in self.headers:
            raise InvalidMultipart("a part has a header twice")
        self.headers[name] = bytes(self.value).strip()
        self.field.clear()
        self.value.clear()

    def _end_headers(self) -> None:
        part = parse_disposition(self.headers.get(b"content-disposition", b""))
        if self.headers.get(b"content-transfer-encoding", b"").lower() not in PLAIN:
            raise InvalidMultipart("send it without a Content-Transfer-Encoding", param=shorten(part.name))
        self.events.append(part)

    def _end(self) -> None:
        self.is_complete = True


def find_boundary(content_type: str) -> str:
    """What stands between parts. Raises `UnsupportedMediaType` and `InvalidMultipart`."""
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise UnsupportedMediaType(content_type, expected=FORM)
    parsed = parse_parameters(content_type)
    boundary = parsed[1].get("boundary", "") if parsed else ""
    if not BOUNDARY.fullmatch(boundary):
        raise InvalidMultipart("its Content-Type names no boundary of 1 to 70 characters")
    return boundary
