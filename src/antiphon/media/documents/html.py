"""Web pages as Markdown: title, headings, paragraphs, lists, tables, and nothing of what a browser would not show.

Elements are written as they come by; no tree is built, so that neither depth nor size costs more than they are long.
"""

import re
from typing import NamedTuple

from lxml import etree

from antiphon.media.documents.blocks import Block, join_blocks, render_table
from antiphon.media.documents.charset import clean_text, decode
from antiphon.media.unreadable import UnreadableError

HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
BLOCK_TAGS = """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form header hgroup hr html legend li main menu nav ol optgroup option p pre search section select summary
    table tbody td tfoot th thead title tr ul
"""
BLOCKS = frozenset(BLOCK_TAGS.split()) | frozenset(HEADINGS)
UNREAD_TAGS = """
    script style template noscript iframe noframes object embed applet audio video canvas svg datalist rp rt
"""
LEFT_OUT = frozenset(UNREAD_TAGS.split())
"""What is not text, or is there for browsers that cannot show something else. rp, rt: how what is below is spoken."""

HIDDEN = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
SPACE = re.compile(r"[ \t\n\r\f]+")
DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
MOST_DEEP = 1_000
"""Elements within each other; browsers show no more than 512."""

DEEPEST_INDENT = 8
FED = 2**16
"""Characters at a time, as what Page raises comes only at the end of them."""


def read_html(data: bytes) -> str:
    """The text that it shows. Raises UnreadableError if its bytes are no text."""
    declared = DECLARED.search(data[:1024])
    text = clean_text(decode(data, declared[1].decode() if declared else None))
    parser = etree.HTMLParser(target=Page(), encoding="utf-8", huge_tree=True)
    try:
        for start in range(0, len(text), FED):
            parser.feed(text[start : start + FED].encode())
        page: str = parser.close()
    except etree.LxmlError:
        raise UnreadableError("is HTML that cannot be read") from None
    return page


class Opened(NamedTuple):
    """What is to be done at an element's end."""

    tag: str
    is_cell: bool
    is_hidden: bool


class Page:
    """What the parser calls, in the order of the text. Each start has its end."""

    def __init__(self) -> None:
        self.opened: list[Opened] = []
        self.line: list[str] = []
        self.frames: list[list[Block]] = [[]]
        """Of the page, and of each cell that is open."""
        self.tables: list[list[list[str]]] = []
        self.lists: list[int | None] = []
        """Of each list that is open: its last number, None without numbers."""
        self.prefix = ""
        self.num_pre = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Whatever is a block by itself ends the paragraph before it."""
        if len(self.opened) == MOST_DEEP:
            raise UnreadableError(f"has more than {MOST_DEEP:,} elements within each other")
        hidden = self.is_hidden() or is_hidden(tag, attributes)
        is_cell = tag in ("td", "th") and bool(self.tables) and not hidden
        self.opened.append(Opened(tag, is_cell, hidden))
        if hidden:
            return
        if tag in BLOCKS:
            self.end_block()
        if tag == "pre":
            self.num_pre += 1
        elif tag in ("ul", "ol", "menu", "dir"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif is_cell:
            self.frames.append([])
        self.prefix = self.find_prefix(tag, attributes)

    def end(self, tag: str) -> None:
        """Puts what is complete where it belongs."""
        opened = self.opened.pop()
        if opened.is_hidden:
            return
        if tag == "br":
            self.line.append("\n")
        if tag in BLOCKS:
            self.end_block()
        if tag == "li" or tag in HEADINGS:
            self.prefix = ""
        if tag == "pre":
            self.num_pre -= 1
        elif tag in ("ul", "ol", "menu", "dir"):
            self.lists.pop()
        elif tag == "table":
            self.frames[-1].append(Block(render_table(self.tables.pop())))
        elif opened.is_cell:
            cell = join_blocks(self.frames.pop())
            if not self.tables[-1]:
                self.tables[-1].append([])
            self.tables[-1][-1].append(cell)

    def data(self, data: str) -> None:
        """Text, or a part of one."""
        if not self.is_hidden():
            self.line.append(data if self.num_pre else SPACE.sub(" ", data))

    def close(self) -> str:
        """The page as text."""
        self.end_block()
        return join_blocks(self.frames[0])

    def is_hidden(self) -> bool:
        """Whether what comes now is not shown."""
        return bool(self.opened) and self.opened[-1].is_hidden

    def find_prefix(self, tag: str, attributes: dict[str, str]) -> str:
        """What the next block begins with."""
        if tag != "li":
            return f"{HEADINGS[tag]} " if tag in HEADINGS else self.prefix
        indent = "  " * min(len(self.lists) - 1, DEEPEST_INDENT)
        if not self.lists or self.lists[-1] is None:
            return f"{indent}- "
        given = attributes.get("value", "")
        self.lists[-1] = int(given) if re.fullmatch("[0-9]{1,6}", given) else self.lists[-1] + 1
        return f"{indent}{self.lists[-1]}. "

    def end_block(self) -> None:
        """Ends the paragraph that is being written, if one is."""
        text = "".join(self.line)
        self.line.clear()
        if not text.strip():
            return
        if self.num_pre:
            text = f"```\n{text.strip(chr(10))}\n```"
        else:
            text = "\n".join(line.strip() for line in re.sub(" +", " ", text).strip().split("\n"))
        if self.prefix.startswith("#"):
            text = text.replace("\n", " ")
        self.frames[-1].append(Block(self.prefix + text, is_item=bool(self.prefix) and not self.prefix.startswith("#")))
        self.prefix = ""


def is_hidden(tag: str, attributes: dict[str, str]) -> bool:
    """Whether a browser shows nothing of an element."""
    if tag in LEFT_OUT or "hidden" in attributes or (tag == "dialog" and "open" not in attributes):
        return True
    return bool(HIDDEN.search(attributes.get("style", "")))
