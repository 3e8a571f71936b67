"""Reads `unicode.json` out of the engine. `python -m tests.unit.constraint.gbnf.tables` writes it, in about a minute,
for when the engine has a new version of Unicode.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from antiphon.constraint.gbnf import unicode
from tests.unit.constraint.gbnf.engine import Range, read_class

CATEGORIES = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm",
    "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co",
]  # fmt: skip
CASED = ["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Nl", "So"]
LONGEST_CASED = 3_000
"""Scripts of more characters in a row have no case."""


def write_ranges(ranges: Iterable[Range]) -> str:
    """As the file has them."""
    return " ".join(f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in ranges)


def write_set(ranges: Iterable[Range]) -> str:
    """As a pattern has them."""
    return "[" + "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in ranges) + "]"


def read_points(pattern: str) -> Iterator[int]:
    """The characters that a pattern of one character matches."""
    for first, last in read_class(pattern):
        yield from range(first, last + 1)


def read_folds() -> Iterator[str]:
    """Characters that are one but for case."""
    seen: set[int] = set()
    for first, last in sorted(pair for name in CASED for pair in read_class(rf"\p{{{name}}}")):
        for point in range(first, last + 1) if last - first < LONGEST_CASED else ():
            group = [] if point in seen else [*read_points(rf"(?i)\x{{{point:x}}}")]
            seen.update(group)
            if len(group) > 1:
                yield "".join(map(chr, group))


def main() -> None:
    """Writes the file."""
    categories = {name: write_ranges(read_class(rf"\p{{{name}}}")) for name in CATEGORIES}
    tables = {"categories": categories, "folds": " ".join(read_folds())}
    Path(unicode.__file__).with_name("unicode.json").write_text(json.dumps(tables, indent=1) + "\n")


if __name__ == "__main__":
    main()
