"""Reads a regular expression of Rust's crate `regex`, as the grammar engine takes it, and makes nodes of it.

The whole text must match, so that greed means nothing, and anchors at the ends neither. Not Python's own parser: what
is between brackets, flags, classes, escapes and white space mean different things there.
"""

import re

from antiphon.constraint.gbnf.charset import ANY, CharSet, one_of, single
from antiphon.constraint.gbnf.expression import Node, chars, choice, repeat, sequence
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.regex.anchors import END, START, settle
from antiphon.constraint.gbnf.regex.brackets import read_set
from antiphon.constraint.gbnf.regex.escapes import read_escape
from antiphon.constraint.gbnf.regex.reader import Reader

FLAGS = frozenset("imsRUux")
GROUP_FLAGS = re.compile(r"\?([a-zA-Z]*)(-?)([a-zA-Z]*)([:)])")
GROUP_NAME = re.compile(r"\?P?<([A-Za-z_][A-Za-z0-9_.\[\]]*)>")
COUNT = re.compile(r"\{ *([0-9]{1,9}) *(?:(,) *(?:([0-9]{1,9}) *)?)?\}")
LOOKS = ("?=", "?!", "?<=", "?<!")
COUNTED = frozenset("*+?{")
COUNTS = {"*": (0, None), "+": (1, None), "?": (0, 1)}
ANCHORS = {"^": START, "$": END, "\\A": START, "\\z": END}
STOP = "stop"
"""A group of this name is a lookahead to the engine."""


def parse_regex(pattern: str, flags: str = "", *, ascii_digits: bool = False) -> Node:
    """The nodes of a pattern. ascii_digits: whether `\\d` is one of ASCII's digits. Raises `NotExpressible`."""
    return settle(Parser(pattern, flags, ascii_digits=ascii_digits).parse())


class Parser:
    """Reads one pattern."""

    def __init__(self, pattern: str, flags: str, *, ascii_digits: bool) -> None:
        self.reader = Reader(pattern, check_flags(flags, ""), ascii_digits=ascii_digits)
        self.names = {STOP}

    def parse(self) -> Node:
        """The whole."""
        node = self.choice()
        if self.reader.peek():
            raise NotExpressible("a bracket that nothing opens")
        return node

    def choice(self) -> Node:
        """What stands in a group, up to where it is closed."""
        options = [self.sequence()]
        while self.reader.take("|"):
            options.append(self.sequence())
        return choice(options)

    def sequence(self) -> Node:
        """What stands between bars."""
        items: list[Node] = []
        num_counts = 0
        while True:
            self.reader.skip_space()
            if self.reader.peek() in ("", "|", ")"):
                return sequence(items)
            if self.reader.peek() in COUNTED:
                num_counts += 1
                self.check_count(items, num_counts)
                items[-1] = self.repeat(items[-1])
            else:
                num_counts = 0
                items += self.atom()

    def check_count(self, items: list[Node], num_counts: int) -> None:
        """Raises `NotExpressible` where nothing is there to repeat, or it is repeated too often."""
        if not items:
            raise NotExpressible("a repetition of nothing")
        for _ in range(num_counts):
            self.reader.enter()
        self.reader.depth -= num_counts

    def repeat(self, node: Node) -> Node:
        """A node so often as is said here."""
        if found := self.reader.match(COUNT):
            least = int(found[1])
            most = int(found[3]) if found[3] else None if found[2] else least
            self.reader.skip_space()
        elif self.reader.peek() == "{":
            raise NotExpressible("a '{' that begins no count")
        else:
            least, most = COUNTS[self.reader.next()]
        self.reader.take("?")  # how greedy it is
        if most is not None and most < least:
            raise NotExpressible("a count whose end is less than its beginning")
        return repeat(node, least, most)

    def atom(self) -> list[Node]:
        """An anchor, a group or characters; nothing for flags alone."""
        if self.reader.peek() in "^$\\" and (anchor := next(filter(self.reader.take, ANCHORS), None)):
            return [self.anchor(anchor)]
        return self.group() if self.reader.take("(") else [chars(self.characters())]

    def characters(self) -> CharSet:
        """One character of these stands here."""
        reader = self.reader
        letter = reader.next()
        if letter == "[":
            return read_set(reader)
        if letter == "\\":
            found = read_escape(reader)
            return found if found.only is None else reader.fold(found)
        if letter == ".":
            ends = "\r\n" if "R" in reader.flags else "\n"
            return ANY if "s" in reader.flags else ANY - one_of(ends)
        return reader.fold(single(ord(letter)))

    def anchor(self, sign: str) -> Node:
        """Where the text begins or ends."""
        if "m" in self.reader.flags and sign in "^$":
            raise NotExpressible("an anchor of lines")
        return ANCHORS[sign]

    def group(self) -> list[Node]:
        """A group, or nothing and flags that hold from here on; its bracket has been read."""
        reader = self.reader
        before = reader.flags
        if reader.peek(2) in LOOKS or reader.peek(3) in LOOKS:
            raise NotExpressible("lookahead and lookbehind")
        if found := reader.match(GROUP_FLAGS):
            reader.flags = change_flags(before, found)
            if found[4] == ")":
                return self.nothing()
        elif reader.peek() == "?":
            self.name()
        reader.enter()
        node = self.choice()
        reader.leave()
        if not reader.take(")"):
            raise NotExpressible("a bracket that nothing closes")
        reader.flags = before
        return [node]

    def nothing(self) -> list[Node]:
        """What flags alone are; they cannot be repeated."""
        self.reader.skip_space()
        if self.reader.peek() in COUNTED:
            raise NotExpressible("a repetition of nothing")
        return []

    def name(self) -> None:
        """The name of a group."""
        found = self.reader.match(GROUP_NAME)
        if found is None or found[1] in self.names:
            raise NotExpressible(
                "a group that begins with '?'" if found is None else f"a group of the name '{found[1]}'"
            )
        self.names.add(found[1])


def change_flags(before: frozenset[str], found: re.Match[str]) -> frozenset[str]:
    """The flags that hold behind a change."""
    on, dash, off, end = found.groups()
    if not (on or off or end == ":") or (dash and not off):
        raise NotExpressible("a change of no flags")
    return (before | check_flags(on, off)) - frozenset(off)


def check_flags(on: str, off: str) -> frozenset[str]:
    """Those that are switched on. Raises `NotExpressible` for what is no flag, and for bytes instead of characters."""
    if "u" in off:
        raise NotExpressible("the flag 'u' switched off")
    if not FLAGS.issuperset(on + off) or len(set(on + off)) < len(on + off):
        raise NotExpressible(f"the flags '{on or off}'")
    return frozenset(on)
