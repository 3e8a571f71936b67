"""The head of a form's part to its name and its file's name, which may be hostile. Knows no field.

A file's name is what people see. It is never a path of ours; it has no folders, and nothing that breaks a line.
"""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from antiphon.errors import InvalidMultipart, InvalidRequest
from antiphon.schema.request.words import shorten

LONGEST_NAME = 255
PARAMETER = re.compile(r"""\s*;\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;"\s]*)\s*""", re.DOTALL)
ESCAPED = re.compile(r"""\\(["\\])""")
WRITTEN = {"%22": '"', "%0D": "\r", "%0A": "\n"}
"""How forms write what would end a name; a percent sign itself is written as it is."""
EXTENDED = re.compile(r"utf-8'[\w-]*'(.*)", re.IGNORECASE | re.DOTALL)
BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's categories of controls and separators."""


class Part(NamedTuple):
    """A part of a form. filename: None where it is no file."""

    name: str
    filename: str | None


def parse_parameters(value: str) -> tuple[str, dict[str, str]] | None:
    """What stands before the first semicolon of a header, in lower case, and the parameters behind it; None when it is
    malformed, or says something twice.
    """
    value = value.rstrip("; \t")
    kind = value.partition(";")[0]
    place, found = len(kind), dict[str, str]()
    while place < len(value):
        one = PARAMETER.match(value, place)
        if one is None or one[1].lower() in found:
            return None
        text = one[2]
        found[one[1].lower()] = ESCAPED.sub(r"\1", text[1:-1]) if text.startswith('"') else text
        place = one.end()
    return kind.strip().lower(), found


def parse_disposition(value: bytes) -> Part:
    """A `Content-Disposition`. Raises `InvalidRequest`."""
    try:
        parsed = parse_parameters(value.decode())
    except UnicodeDecodeError:
        raise InvalidMultipart("a part's Content-Disposition is not in UTF-8") from None
    if parsed is None or parsed[0] != "form-data":
        raise InvalidMultipart("a part's Content-Disposition is malformed")
    parameters = parsed[1]
    name = read_written(parameters.get("name", ""))
    if not name:
        raise InvalidMultipart("a part has no name")
    filename = parameters.get("filename")
    if filename is not None:
        filename = read_written(filename)
    if "filename*" in parameters:
        filename = read_extended(parameters["filename*"], name)
    if filename is not None and (fault := find_fault(filename)):
        told = f"Invalid '{shorten(name)}': the file's name {fault}."
        raise InvalidRequest(told, param=shorten(name), code="invalid_value")
    return Part(name, filename)


def read_written(text: str) -> str:
    """A name as a form writes it."""
    for written, meant in WRITTEN.items():
        text = text.replace(written, meant)
    return text


def read_extended(text: str, name: str) -> str:
    """A name as RFC 5987 has it, which some clients send for other letters than English ones."""
    given = EXTENDED.fullmatch(text)
    try:
        if given:
            return unquote_to_bytes(given[1]).decode()
    except UnicodeDecodeError:
        pass
    raise InvalidMultipart("the file's name is not in UTF-8", param=shorten(name))


def find_fault(filename: str) -> str | None:
    """Why this cannot be a file's name, as the end of a sentence; None when it can."""
    if filename in ("", ".", ".."):
        return "is missing"
    if len(filename) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} characters"
    if "/" in filename or "\\" in filename:
        return "has folders in it: leave them out"
    if any(unicodedata.category(character) in BREAKING for character in filename):
        return "has control characters in it"
    return None
