"""What the operations on files take: a form with a file, which comes piece by piece, and which page of a list."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from antiphon.errors import InvalidRequest
from antiphon.schema.base import WHOLE, Incoming
from antiphon.schema.request.disposition import Part
from antiphon.schema.request.multipart import Event
from antiphon.schema.request.parse import Parsed
from antiphon.schema.request.query import INTEGER, parse_query
from antiphon.schema.request.stored import Order
from antiphon.schema.request.words import shorten
from antiphon.schema.response.files import Purpose

LONGEST_FIELD = 1024
"""Bytes. A form's fields are words and numbers."""
OTHER_PURPOSES = ("assistants", "batch", "fine-tune", "evals")
STAND_INS = {"file": "file", "purpose": "user_data"}
STAND_INS_OF_EXPIRY = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}


def as_number(value: Any) -> Any:
    """A form has texts only."""
    return int(value) if isinstance(value, str) and INTEGER.fullmatch(value) else value


class ExpiresAfter(Incoming):
    """How long a file is kept."""

    anchor: Literal["created_at"]
    """From when on it counts."""
    seconds: Annotated[int, Field(ge=3600, le=2_592_000), BeforeValidator(as_number)]
    """How many seconds, from an hour to 30 days."""


class CreateFile(Incoming):
    """A form with a file. Fields of an object are written `expires_after[seconds]`."""

    file: Annotated[str, WithJsonSchema({"type": "string", "format": "binary"})]
    """The file, with its name; the name has no folders."""
    purpose: Purpose
    """What it is for: `user_data` for anything, `vision` for images. Both are kept and used in the same way."""
    expires_after: ExpiresAfter | None = None
    """When it is deleted by itself; never by default."""


class ListFiles(Incoming):
    """A page of the files."""

    after: str | None = None
    """The id of the last file of the page before."""
    limit: Annotated[int, Field(ge=1, le=10_000), WHOLE] = 10_000
    """Files of a page, from 1 to 10,000."""
    order: Order = "desc"
    """`asc` for the oldest first, `desc` for the newest."""
    purpose: str | None = None
    """Only files of this purpose."""


class FileForm:
    """The form as it comes. What is wrong with it is told before the file is taken, as far as that has come then.
    drop_unknown: fields that nobody knows are reported, not refused.
    """

    def __init__(self, *, drop_unknown: bool) -> None:
        self.drop_unknown = drop_unknown
        self.fields: list[tuple[str, str]] = []
        self.part: Part | None = None
        self.text = bytearray()

    def feed(self, event: Event) -> bytes:
        """What the event has of the file. Raises `InvalidRequest`."""
        if isinstance(event, Part):
            self._begin(event)
        elif event == "end":
            self._end()
        elif self.part:
            self._extend(event, self.part)
        else:
            return event
        return b""

    def close(self) -> Parsed[CreateFile]:
        """The form without what is in the file, when all of it has come. Raises `InvalidRequest`."""
        return parse_form(self.fields, drop_unknown=self.drop_unknown)

    def _begin(self, part: Part) -> None:
        if part.name != "file":
            self.part = part
            if part.filename is not None:
                raise refuse(part.name, "expected a text, but got a file")
            return
        if part.filename is None:
            raise refuse(part.name, "expected a file with a name, but got a text")
        self.fields.append((part.name, part.filename))
        names = {name for name, _ in self.fields}
        expires = any(name.startswith("expires_after[") for name in names)
        stand_ins = STAND_INS | (STAND_INS_OF_EXPIRY if expires else {})
        to_come = ((name, text) for name, text in stand_ins.items() if name not in names)
        parse_form([*self.fields, *to_come], drop_unknown=self.drop_unknown)

    def _extend(self, data: bytes, part: Part) -> None:
        self.text += data
        if len(self.text) > LONGEST_FIELD:
            raise refuse(part.name, f"expected a text of at most {LONGEST_FIELD} bytes")

    def _end(self) -> None:
        if self.part:
            try:
                self.fields.append((self.part.name, self.text.decode()))
            except UnicodeDecodeError:
                raise refuse(self.part.name, "expected a text in UTF-8") from None
        self.part = None
        self.text.clear()


def parse_form(fields: Iterable[tuple[str, str]], *, drop_unknown: bool) -> Parsed[CreateFile]:
    """Raises `InvalidRequest`."""
    fields = list(fields)
    for name, text in fields:
        if name == "purpose" and text in OTHER_PURPOSES:
            told = f"'{text}' is for an API that this server does not have. Use 'user_data', or 'vision' for images"
            raise InvalidRequest(f"Unsupported value for 'purpose': {told}.", param=name, code="unsupported_value")
    return parse_query(fields, CreateFile, drop_unknown=drop_unknown)


def refuse(name: str, reason: str) -> InvalidRequest:
    """What is told of a field of the form."""
    param = shorten(name)
    return InvalidRequest(f"Invalid value for '{param}': {reason}.", param=param, code="invalid_value")
