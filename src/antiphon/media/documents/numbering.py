"""The numbers and bullets of a Word document's lists, which are not in its text: Word counts them anew each time.

ECMA-376, part 1, section 17.9.
"""

import re
from xml.etree.ElementTree import Element

from msgspec import Struct

from antiphon.media.documents.package import local_name

BULLET = "-"
LONGEST = 60
"""Characters of the text around a number."""

ROMAN = {
    "m": 1000, "cm": 900, "d": 500, "cd": 400, "c": 100, "xc": 90, "l": 50, "xl": 40, "x": 10, "ix": 9, "v": 5, "iv": 4,
    "i": 1,
}  # fmt: skip


class Level(Struct, frozen=True):
    """pattern: such as "%1.%2", where %2 is the number of the second level."""

    format: str = "decimal"
    pattern: str = "%1."
    start: int = 1


class Numbering:
    """Counts as the paragraphs come by."""

    def __init__(self, root: Element | None) -> None:
        abstract = {value_of(item, "abstractNumId"): item for item in children(root, "abstractNum")}
        self.levels: dict[str, dict[int, Level]] = {}
        self.lists: dict[str, str] = {}
        """Of each number the list that it counts in: several share one."""
        self.counts: dict[str, list[int | None]] = {}
        for item in children(root, "num"):
            number, shared = value_of(item, "numId"), text_of(item, "abstractNumId")
            self.levels[number] = read_levels(abstract.get(shared)) | read_overrides(item)
            self.lists[number] = number if find(item, "lvlOverride") is not None else shared

    def label(self, number: str, depth: int) -> str:
        """What stands before the next paragraph of this list at this depth (0 to 8)."""
        levels = self.levels.get(number, {})
        level = levels.get(depth)
        if level is None or level.format == "none":
            return ""
        if level.format == "bullet":
            return BULLET
        counts = self.counts.setdefault(self.lists[number], [None] * 9)
        count = counts[depth]
        counts[depth] = level.start if count is None else count + 1
        counts[depth + 1 :] = [None] * (8 - depth)

        def write(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            of = levels.get(other, Level())
            known = counts[other]
            return write_number(of.start if known is None else known, of.format)

        return re.sub("%([1-9])", write, level.pattern)


def read_levels(abstract: Element | None) -> dict[int, Level]:
    """Of a list, by depth."""
    return {to_int(value_of(item, "ilvl"), most=8): read_level(item) for item in children(abstract, "lvl")}


def read_level(item: Element) -> Level:
    """One of them."""
    return Level(
        format=text_of(item, "numFmt") or "decimal",
        pattern=text_of(item, "lvlText")[:LONGEST],
        start=to_int(text_of(item, "start") or "1"),
    )


def read_overrides(num: Element) -> dict[int, Level]:
    """Levels that this number has for itself."""
    return {
        to_int(value_of(override, "ilvl"), most=8): read_level(item)
        for override in children(num, "lvlOverride")
        for item in children(override, "lvl")
    }


def write_number(number: int, form: str) -> str:
    """As the form says, in digits where it is not known."""
    if form in ("lowerLetter", "upperLetter") and 1 <= number <= 260:
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif form in ("lowerRoman", "upperRoman") and 1 <= number < 4000:
        text = write_roman(number)
    else:
        text = f"{number:02}" if form == "decimalZero" else str(number)
    return text.upper() if form.startswith("upper") else text


def write_roman(number: int) -> str:
    """In small letters."""
    text = ""
    for letters, value in ROMAN.items():
        text += letters * (number // value)
        number %= value
    return text


def children(element: Element | None, name: str) -> list[Element]:
    """Those of this name, whatever their namespace."""
    return [child for child in element if local_name(child) == name] if element is not None else []


def find(element: Element | None, *names: str) -> Element | None:
    """The first child of the first name, of that the first of the second, and so on."""
    for name in names:
        element = next(iter(children(element, name)), None)
    return element


def value_of(element: Element | None, name: str = "val") -> str:
    """An attribute, whatever its namespace; empty without."""
    attributes = {} if element is None else element.attrib
    return next((value for key, value in attributes.items() if key.rpartition("}")[2] == name), "")


def text_of(element: Element | None, *names: str) -> str:
    """The value of a child."""
    return value_of(find(element, *names))


def to_int(text: str, *, most: int = 99_999) -> int:
    """Between 0 and most; 0 for what is no number."""
    return min(int(text), most) if re.fullmatch(r"[0-9]{1,9}", text) else 0
