"""A small writer of Word documents out of their XML, right ones and wrong ones."""

import struct
import zipfile
from io import BytesIO

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
NAMESPACES = f'xmlns:w="{MAIN}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def write_zip(members: dict[str, bytes | str]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # which has no time of its own
    return buffer.getvalue()


def write_word(body: str, *, before: str = "", main: str = "word/document.xml", **parts: str) -> bytes:
    """parts: the content of further ones such as styles, each of which the main one is related to."""
    members: dict[str, bytes | str] = {
        "_rels/.rels": write_relations({"officeDocument": main}),
        main: f"{before}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        f"word/_rels/{main.removeprefix('word/')}.rels": write_relations({kind: f"{kind}.xml" for kind in parts}),
    }
    for kind, content in parts.items():
        members[f"word/{kind}.xml"] = f"<w:{kind} {NAMESPACES}>{content}</w:{kind}>"
    return write_zip(members)


def write_relations(targets: dict[str, str]) -> str:
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>'


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def item(text: str, number: int, depth: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def level(depth: int, form: str, pattern: str, start: int = 1) -> str:
    begin = f'<w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
    return f'<w:lvl w:ilvl="{depth}">{begin}<w:lvlText w:val="{pattern}"/></w:lvl>'


def numbering(*levels: str) -> str:
    """A list of these levels, under the numbers 1 and 2."""
    nums = "".join(f'<w:num w:numId="{number}"><w:abstractNumId w:val="7"/></w:num>' for number in (1, 2))
    return f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>{nums}'


def lie_on_size(data: bytes, name: str, size: int) -> bytes:
    """Everywhere the archive says that this member has this size unpacked."""
    changed = bytearray(data)
    for signature, at, name_at in ((b"PK\3\4", 22, 30), (b"PK\1\2", 24, 46)):
        start = changed.find(signature)
        while start != -1:
            if changed[start + name_at :].startswith(name.encode()):
                struct.pack_into("<I", changed, start + at, size)
            start = changed.find(signature, start + 4)
    return bytes(changed)
