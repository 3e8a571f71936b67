"""What a file is: first by its bytes, as anything may be in its name, and among kinds of text by its name."""

import re
from pathlib import PurePosixPath

from antiphon.media.documents.charset import is_utf8
from antiphon.media.documents.document import Kind
from antiphon.media.documents.package import open_archive
from antiphon.media.unreadable import UnreadableError

TAKEN = "PDF, Word (.docx), HTML and text files are taken"

TEXTS: dict[str, Kind] = {
    "md": "markdown", "markdown": "markdown", "mdx": "markdown", "csv": "csv", "tsv": "tsv", "tab": "tsv",
    "json": "json", "jsonl": "json", "ndjson": "json", "geojson": "json", "ipynb": "json",
    "html": "html", "htm": "html", "xhtml": "html", "xml": "xml", "xsd": "xml", "xsl": "xml", "xslt": "xml",
    "svg": "xml", "rss": "xml", "atom": "xml",
}  # fmt: skip

SOURCE_ENDINGS = """
    ada asm astro awk bas bash bat bib c cc cfg clj cljs cmake cmd cob conf cpp cs css cu cxx d dart diff dockerfile
    ejs el elm env erb erl ex exs f f90 fish for fs fsx gd go gradle graphql groovy h hbs hcl hh hpp hrl hs hxx ini
    j2 java jinja jinja2 jl js json5 jsonc jsx kt kts less lisp lua m make mjs mk ml mli mm mustache nim nix pas
    patch php pl pm po proto ps1 py pyi pyx r rb rkt rs s sass scala scm scss sh sol sql sty sv svelte swift tcl tex
    tf toml ts tsx twig v vb vhd vhdl vim vue wat yaml yml zig zsh
"""
SOURCES = frozenset(SOURCE_ENDINGS.split())
SOURCE_NAMES = frozenset({"makefile", "dockerfile", "rakefile", "gemfile", "jenkinsfile", "procfile", "justfile"})

HTML = re.compile(
    rb"(?>\s+|<\?xml[^>]{0,200}>|<!--.{0,5000}?-->)*+<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
"""What pages begin with. Nothing in it is tried twice."""

SIGNATURES = (
    (b"\x89PNG\r\n", "a PNG image"), (b"\xff\xd8\xff", "a JPEG image"), (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"), (b"II*\0", "a TIFF image"), (b"MM\0*", "a TIFF image"), (b"\0\0\1\0", "an icon"),
    (b"8BPS", "a Photoshop image"), (b"ID3", "audio"), (b"\xff\xfb", "audio"), (b"OggS", "audio"), (b"fLaC", "audio"),
    (b"\x1aE\xdf\xa3", "video"), (b"\x1f\x8b", "a gzip archive"), (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"), (b"7z\xbc\xaf", "a 7z archive"), (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"Rar!", "a RAR archive"), (b"\x7fELF", "an executable"), (b"MZ", "an executable"),
    (b"\xcf\xfa\xed\xfe", "an executable"), (b"\xca\xfe\xba\xbe", "an executable"), (b"\0asm", "an executable"),
    (b"SQLite format 3\0", "an SQLite database"), (b"PAR1", "a Parquet file"), (b"wOF", "a font"),
    (b"\0\1\0\0", "a font"), (b"GGUF", "a model's weights"), (b"%!PS", "PostScript"),
)  # fmt: skip
"""What a binary begins with, and what it then seems to be."""

CONTAINERS = {b"WEBP": "a WebP image", b"WAVE": "audio", b"AVI ": "video"}
MEMBERS = {
    "xl/": "an Excel workbook; save its sheets as CSV", "ppt/": "a PowerPoint presentation; save it as PDF",
    "content.xml": "an OpenDocument file; save it as PDF or .docx", "META-INF/container.xml": "an EPUB book",
}  # fmt: skip
"""Of zip archives: what the name of a member begins with."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")


def find_kind(data: bytes, name: str) -> Kind:
    """Raises UnreadableError with what it seems to be if it is none that can be read."""
    if not data.strip():
        raise UnreadableError("is empty")
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK\3\4"):
        return check_zip(data)
    if data.startswith(OLE):
        if ENCRYPTED_OFFICE in data:
            raise UnreadableError("is encrypted; send it without a password")
        raise refuse("an old Word, Excel or PowerPoint file; save it as .docx or PDF")
    if data.startswith(b"{\\rtf"):
        raise refuse("an RTF document; save it as .docx or PDF")
    if has_pdf(data):
        return "pdf"
    if b"\0" in data or not is_utf8(data):
        check_binary(data)
    return find_text_kind(data, name)


def has_pdf(data: bytes) -> bool:
    """Whether there is one after something else, as readers allow within 1024 bytes. Text on PDF has no end of one."""
    return b"%PDF-" in data[:1024] and b"%%EOF" in data[-2048:]


def check_zip(data: bytes) -> Kind:
    """Refuses all archives but those that Word writes."""
    names = open_archive(data).namelist()
    if any(name.startswith("word/") for name in names):
        return "docx"
    for start, what in MEMBERS.items():
        if any(name.startswith(start) for name in names):
            raise refuse(what)
    raise refuse("a zip archive")


def check_binary(data: bytes) -> None:
    """Refuses what is not UTF-8 and begins as something else that is known."""
    what = "an image or video" if data[4:8] == b"ftyp" else "a tar archive" if data[257:262] == b"ustar" else None
    what = CONTAINERS.get(data[8:12]) if data.startswith(b"RIFF") else what
    for signature, meaning in SIGNATURES:
        if data.startswith(signature):
            what = meaning
    if what is not None:
        raise refuse(what)


def refuse(what: str) -> UnreadableError:
    """For what it seems to be."""
    return UnreadableError(f"seems to be {what}; {TAKEN}")


def find_text_kind(data: bytes, name: str) -> Kind:
    """Of text. A page of HTML is one under any name but that of source code, which may be a template of it."""
    path = PurePosixPath(name.replace("\\", "/").lower())
    ending = path.suffix.removeprefix(".")
    if ending in SOURCES or path.name in SOURCE_NAMES:
        return "source"
    kind = TEXTS.get(ending, "text")
    return "html" if kind != "markdown" and HTML.match(data.removeprefix(b"\xef\xbb\xbf")) else kind
