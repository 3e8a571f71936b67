"""The words that a Lark grammar is written in. Knows nothing of their order.

Syntax: github.com/guidance-ai/llguidance, docs/syntax.md. What only llguidance has is a word here too, and refused by
its name.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from antiphon.constraint.gbnf.fault import NotExpressible

KINDS = {
    "newline": r"(?:\r?\n)+[ \t]*",
    "space": r"[ \t]+|(?:#|//)[^\n]*",
    "string": r'"(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})|[^"\\\x00-\x1f\x7f])*"i?',
    "regex": r"/(?:\\.|[^/\\])+/[imslux]*",
    "directive": r"%[a-z]+",
    "rule": r"!?[_?]?[a-z][_a-z0-9\-]*",
    "terminal": r"_?[A-Z][_A-Z0-9\-]*",
    "number": r"[+-]?[0-9]+(?![0-9a-zA-Z_])",
    "operator": r"[+*?]",
    "arrow": r"->",
    "sign": r"\.\.|[:.,(){}\[\]~|&]",
    "foreign": r"<[^<>\s]+>|@[a-zA-Z0-9_\-]+|::|=",
}
WORD = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS.items()))
DIRECTIVES = frozenset({"%ignore", "%import"})
SHOWN = 20


class Word(NamedTuple):
    """One of them. kind: a key of `KINDS`; empty behind the last."""

    kind: str
    text: str


def read_words(source: str) -> Iterator[Word]:
    """All words of a grammar but space and comments. Raises `NotExpressible`."""
    at = 0
    while at < len(source):
        found = WORD.match(source, at)
        if found is None:
            raise NotExpressible(f"what begins with {source[at : at + SHOWN]!r} is no word of a grammar")
        kind, at = found.lastgroup or "", found.end()
        if kind == "foreign" or (kind == "directive" and found[0] not in DIRECTIVES):
            raise NotExpressible(f"{found[0][:SHOWN]!r}")
        if kind != "space":
            yield Word(kind, found[0])
