"""What the styles of a Word document say of its paragraphs: which are headings, which are items of lists."""

from xml.etree.ElementTree import Element

from msgspec import Struct

from antiphon.media.documents.numbering import children, find, text_of, to_int, value_of

MOST_BASES = 11
"""Styles, one based on the other, as Word allows."""


class Style(Struct, frozen=True):
    """heading: 1 to 6, 0 if none. number, depth: of its list, if it has one."""

    heading: int = 0
    number: str = ""
    depth: int = 0


def read_styles(root: Element | None) -> dict[str, Style]:
    """Of paragraphs, by id; by "" the one that is meant where none is named."""
    known = {
        value_of(item, "styleId"): item for item in children(root, "style") if value_of(item, "type") == "paragraph"
    }
    styles = {identifier: read_style(item, known) for identifier, item in known.items()}
    default = next((styles[key] for key, item in known.items() if value_of(item, "default") in ("1", "true")), Style())
    return {"": default, **styles}


def read_style(item: Element, known: dict[str, Element]) -> Style:
    """With what it has from those that it is based on."""
    heading, number, depth = 0, "", 0
    current: Element | None = item
    for _ in range(MOST_BASES):
        heading = heading or read_heading(current)
        number = number or text_of(current, "pPr", "numPr", "numId")
        depth = depth or to_int(text_of(current, "pPr", "numPr", "ilvl"), most=8)
        current = known.get(text_of(current, "basedOn"))
        if current is None:
            break
    return Style(heading, number, depth)


def read_heading(item: Element | None) -> int:
    """By name, which is English in files of every language, or by its level in the outline."""
    name = text_of(item, "name").lower()
    if name == "title":
        return 1
    if name.startswith("heading "):
        return min(to_int(name.removeprefix("heading ")), 6)
    return read_outline(find(item, "pPr"))


def read_outline(properties: Element | None) -> int:
    """Of a paragraph: 1 to 6, 0 if it is in no outline, which is the tenth level."""
    level = text_of(properties, "outlineLvl")
    return 0 if level in ("", "9") else min(to_int(level) + 1, 6)
