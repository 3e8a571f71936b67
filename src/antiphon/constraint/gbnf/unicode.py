"""What characters are, as the engine has it: categories, words, white space, and which differ in case only.

Python knows the same, but of another version of Unicode with each of its own. `unicode.json` is of the engine's; a test
compares both, and can write it anew.
"""

import json
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from antiphon.constraint.gbnf.charset import CharSet, Range, of, one_of

WHITE = of([(9, 13), (32, 32), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
            (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)])  # fmt: skip
ALSO_WORD = of([(0x200C, 0x200D), (0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)])
"""What words have that is no letter, mark, digit or connector: joiners, and letters that are symbols."""
WORD = ("L", "M", "Nd", "Nl", "Pc")


@cache
def read_tables() -> dict[str, Any]:
    """The file: ranges of each category, and characters that are one but for case."""
    tables: dict[str, Any] = json.loads((files(__package__) / "unicode.json").read_text("ascii"))
    return tables


def read_range(text: str) -> Range:
    """Two code points, as hexadecimal numbers, or one."""
    first, _, last = text.partition("-")
    return int(first, 16), int(last or first, 16)


@lru_cache(maxsize=64)
def find_category(name: str) -> CharSet | None:
    """The characters of a general category, such as `Lu`, or of all that begin so, such as `L`."""
    categories: dict[str, str] = read_tables()["categories"]
    if name == "Cn":
        return ~of(read_range(text) for ranges in categories.values() for text in ranges.split())
    found = [ranges for category, ranges in categories.items() if name in (category, category[0])]
    known = of(read_range(text) for ranges in found for text in ranges.split())
    unassigned = find_category("Cn") if name == "C" else None
    return known | unassigned if unassigned else known if found else None


@cache
def find_words() -> CharSet:
    """What `\\w` matches."""
    ranges = [pair for name in WORD for pair in (find_category(name) or ALSO_WORD).ranges]
    return of(ranges) | ALSO_WORD


@cache
def read_folds() -> dict[int, str]:
    """Of each character that has others in another case: it and them."""
    return {ord(letter): group for group in read_tables()["folds"].split() for letter in group}


def fold(chars: CharSet) -> CharSet:
    """These characters, in any case."""
    return fold_one(chars.only) if chars.only is not None else fold_all(chars)


@lru_cache(maxsize=4096)
def fold_one(point: int) -> CharSet:
    """A character, in any case."""
    return one_of(read_folds().get(point, chr(point)))


def fold_all(chars: CharSet) -> CharSet:
    """Several characters, in any case."""
    folds = read_folds()
    if sum(last - first for first, last in chars.ranges) < 1000:
        points = (point for first, last in chars.ranges for point in range(first, last + 1))
        return chars | one_of("".join(folds.get(point, "") for point in points))
    return chars | one_of(
        "".join(group for group in read_tables()["folds"].split() if any(ord(one) in chars for one in group))
    )
