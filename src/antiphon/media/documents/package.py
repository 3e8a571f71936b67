"""A zip archive whose members are XML, as Word writes them, read within bounds. Only what is asked for is unpacked.

What an archive says of its sizes is checked before anything is unpacked, and what comes out is counted, too, as it may
say anything. XML never has a document type here, so that there are no entities, and is never nested deeper than
MOST_DEEP.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from antiphon.media.unreadable import UnreadableError

MOST_MEMBERS = 10_000
MOST_BYTES = 512 * 2**20
"""Of all members together, pictures, too."""

MOST_RATIO = 150
"""Of these to the file; XML comes to 50."""

FREE_BYTES = 16 * 2**20
"""So much may come of any file."""

MOST_PART_BYTES = 64 * 2**20
MOST_DEEP = 128
MOST_ELEMENTS = 2_000_000

BROKEN = "is a broken Word document"
FAULTS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)
"""What reading a broken archive raises."""


class Package:
    """An archive that is open. Raises UnreadableError if it is none, or a bomb."""

    def __init__(self, data: bytes) -> None:
        self.archive = open_archive(data)
        self.names = frozenset(self.archive.namelist())
        check_sizes(self.archive.infolist(), len(data))

    def read(self, name: str) -> bytes | None:
        """A member, unpacked; None if there is none of that name."""
        if name not in self.names:
            return None
        info = self.archive.getinfo(name)
        if info.flag_bits & 1:
            raise UnreadableError("is encrypted; send it without a password")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableError(BROKEN)
        try:
            with self.archive.open(info) as member:
                data = member.read(MOST_PART_BYTES + 1)
        except FAULTS:
            raise UnreadableError(BROKEN) from None
        if len(data) > MOST_PART_BYTES:
            raise UnreadableError(f"has a part of more than {MOST_PART_BYTES // 2**20} MiB when unpacked")
        return data

    def read_xml(self, name: str, *, take: Callable[[Element], None] | None = None) -> Element | None:
        """A member, parsed. take: see Parts."""
        data = self.read(name)
        return None if data is None else parse_xml(data, take)


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Its list of members, which is counted before it is made. Nothing is unpacked."""
    if data.count(b"PK\1\2") > MOST_MEMBERS:
        raise UnreadableError(f"is an archive of more than {MOST_MEMBERS:,} files")
    try:
        return zipfile.ZipFile(BytesIO(data))
    except FAULTS:
        raise UnreadableError("is a broken zip archive") from None


def check_sizes(members: list[zipfile.ZipInfo], size: int) -> None:
    """Refuses what would become far more than it is."""
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_BYTES or (unpacked > FREE_BYTES and unpacked > MOST_RATIO * size):
        raise UnreadableError(f"has {size:,} bytes that unpack to {unpacked:,}, which is far more than documents do")


class Parts:
    """What the parser calls. take: gets each child of the body as soon as it is there, which then is forgotten."""

    def __init__(self, take: Callable[[Element], None] | None) -> None:
        self.take = take
        self.builder = TreeBuilder()
        self.data, self.close = self.builder.data, self.builder.close
        self.opened: list[Element] = []
        self.num_elements = 0

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        """Comes before anything in it is read."""
        raise UnreadableError("is a Word document with a document type in it, which none has that Word writes")

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        """Counts, and refuses what is too much."""
        self.num_elements += 1
        if len(self.opened) == MOST_DEEP:
            raise UnreadableError(f"has more than {MOST_DEEP} levels of content within each other")
        if self.num_elements > MOST_ELEMENTS:
            raise UnreadableError(f"has more than {MOST_ELEMENTS:,} elements of content")
        self.opened.append(self.builder.start(tag, attributes))
        return self.opened[-1]

    def end(self, tag: str) -> Element:
        """Hands on what is complete."""
        element = self.builder.end(tag)
        self.opened.pop()
        if self.take is not None and len(self.opened) == 2 and local_name(self.opened[-1]) == "body":
            self.take(element)
            self.opened[-1].clear()
        return element


def parse_xml(data: bytes, take: Callable[[Element], None] | None = None) -> Element:
    """The root."""
    parser = XMLParser(target=Parts(take))  # noqa: S314 - Parts refuses document types, and with them all entities
    try:
        parser.feed(data)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError):
        raise UnreadableError(BROKEN) from None
    return root


def local_name(element: Element) -> str:
    """Without its namespace: Word writes two sets of them, of which only the names differ."""
    return element.tag.rpartition("}")[2]
