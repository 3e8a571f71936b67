"""Word's documents (.docx) as Markdown: headings, paragraphs, lists with their numbers, tables, text boxes and notes.

It walks the XML itself, in the order of the text, since the libraries for it leave out content controls, insertions,
text boxes and notes. What was deleted or is hidden is left out, and so are headers, footers, comments and pictures.
ECMA-376, part 1, section 17.
"""

import posixpath
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from antiphon.media.documents.blocks import Block, join_blocks, render_table
from antiphon.media.documents.numbering import Numbering, children, find, text_of, to_int, value_of
from antiphon.media.documents.package import BROKEN, Package, local_name
from antiphon.media.documents.styles import Style, read_outline, read_styles
from antiphon.media.unreadable import UnreadableError

LEFT_OUT = frozenset({"del", "moveFrom", "Fallback", "rt", "delText", "instrText"})
"""Fallback: what it is in place of is read. rt: how the characters below it are spoken."""

SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
SYMBOLS = {0xA8: "☐", 0x6F: "☐", 0xFE: "☑", 0xFD: "☒", 0xFC: "✓", 0xFB: "✗", 0xE0: "→"}
"""Of the font Wingdings, which forms use."""

MOST_SPANNED = 63
"""Columns that a table may have in Word."""


def read_word(data: bytes) -> str:
    """The text. Raises UnreadableError if it is no Word document, or a broken one."""
    package = Package(data)
    main = find_related(package, "", "officeDocument") or "word/document.xml"
    styles = package.read_xml(find_related(package, main, "styles"))
    numbering = package.read_xml(find_related(package, main, "numbering"))
    walk = Walk(read_styles(styles), Numbering(numbering))
    blocks: list[Block] = []
    if package.read_xml(main, take=lambda element: blocks.extend(walk.blocks([element]))) is None:
        raise UnreadableError(f"{BROKEN}: its text is missing")
    for kind in ("footnote", "endnote"):
        if walk.notes[kind]:
            blocks += walk.read_notes(kind, package.read_xml(find_related(package, main, f"{kind}s")))
    return join_blocks(blocks)


def find_related(package: Package, part: str, kind: str) -> str:
    """The name of what a part has of this kind within the archive, "" if nothing. Nothing outside is ever looked at."""
    folder, name = posixpath.split(part)
    relations = package.read_xml(posixpath.join(folder, "_rels", f"{name}.rels"))
    for relation in relations if relations is not None else ():
        if value_of(relation, "Type").endswith(f"/{kind}") and value_of(relation, "TargetMode") != "External":
            return posixpath.normpath(posixpath.join("/", folder, value_of(relation, "Target"))).lstrip("/")
    return ""


class Walk:
    """Through elements in the order of the text. notes: the ids of those that it has come by, in this order."""

    def __init__(self, styles: dict[str, Style], numbering: Numbering) -> None:
        self.styles = styles
        self.numbering = numbering
        self.notes: dict[str, dict[str, int]] = {"footnote": {}, "endnote": {}}
        self.boxes: list[Element] = []

    def blocks(self, elements: Iterable[Element]) -> Iterator[Block]:
        """Of all in these."""
        for element in elements:
            name = local_name(element)
            if name == "p":
                yield from self.paragraph(element)
            elif name == "tbl":
                yield Block(render_table(self.rows(element)))
            elif not is_left_out(element):
                yield from self.blocks(element)

    def paragraph(self, element: Element) -> Iterator[Block]:
        """And after it the text boxes that are tied to it."""
        outer, self.boxes = self.boxes, []
        text = "".join(self.inline(element)).strip()
        boxes, self.boxes = self.boxes, outer
        yield self.style(text, find(element, "pPr"))
        yield from self.blocks(boxes)

    def style(self, text: str, properties: Element | None) -> Block:
        """A paragraph as what it is: a heading, an item of a list, or text."""
        style = self.styles.get(text_of(properties, "pStyle")) or self.styles[""]
        own = text_of(properties, "numPr", "numId")
        number = own or style.number
        depth = to_int(text_of(properties, "numPr", "ilvl"), most=8) if own else style.depth
        label = self.numbering.label(number, depth) if number else ""
        if not text:
            return Block("")
        labelled = f"{label} {text}" if label else text
        heading = read_outline(properties) or style.heading
        if heading:
            return Block(f"{'#' * heading} {labelled}".replace("\n", " "))
        return Block("  " * depth + labelled, is_item=True) if label else Block(text)

    def inline(self, element: Element) -> Iterator[str]:
        """The text within a paragraph."""
        for child in element:
            name = local_name(child)
            if name == "t":
                yield child.text or ""
            elif name in SIGNS:
                yield SIGNS[name]
            elif name == "sym":
                yield read_symbol(value_of(child, "char"))
            elif name in ("footnoteReference", "endnoteReference"):
                yield self.note(name.removesuffix("Reference"), value_of(child, "id"))
            elif name == "txbxContent":
                self.boxes.append(child)
            elif not is_left_out(child):
                yield from self.inline(child)

    def note(self, kind: str, identifier: str) -> str:
        """The mark of a note."""
        known = self.notes[kind]
        return write_mark(kind, known.setdefault(identifier, len(known) + 1))

    def read_notes(self, kind: str, root: Element | None) -> Iterator[Block]:
        """The texts of those that were come by."""
        texts = {value_of(note, "id"): note for note in children(root, kind)}
        known = dict(self.notes[kind])
        for identifier, number in known.items():
            text = join_blocks(self.blocks(texts.get(identifier, ())))
            yield Block(f"{write_mark(kind, number)}: {text}")

    def rows(self, table: Element) -> Iterator[list[str]]:
        """The cells' texts, row by row."""
        for row in find_all(table, "tr"):
            if find(row, "trPr", "del") is None:
                cells: list[str] = []
                for cell in find_all(row, "tc"):
                    spanned = to_int(text_of(cell, "tcPr", "gridSpan"), most=MOST_SPANNED)
                    cells += [join_blocks(self.blocks(cell)), *[""] * (spanned - 1)]
                yield cells


def is_left_out(element: Element) -> bool:
    """Whether it is about the text, hidden, or no longer in it."""
    name = local_name(element)
    if name == "r":
        hidden = find(element, "rPr", "vanish")
        return hidden is not None and value_of(hidden) not in ("0", "false", "off")
    return name in LEFT_OUT or name.endswith("Pr")


def find_all(element: Element, name: str) -> Iterator[Element]:
    """Those of this name, also within what only wraps them."""
    for child in element:
        if local_name(child) == name:
            yield child
        elif not is_left_out(child) and local_name(child) not in ("tbl", "p"):
            yield from find_all(child, name)


def read_symbol(code: str) -> str:
    """A sign that only its font knows is written as a bullet."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    return (
        SYMBOLS.get(number & 0xFF, "•") if 0xF000 <= number <= 0xF0FF else chr(number) if 32 < number < 0xD800 else ""
    )


def write_mark(kind: str, number: int) -> str:
    """Of a note, as Markdown has it."""
    return f"[^{number}]" if kind == "footnote" else f"[^e{number}]"
