"""Writes rules in GBNF, such that llama.cpp and xgrammar both take them.

xgrammar wants `""` where nothing may stand, knows no `.`, and takes `\\x2Da` for one character. llama.cpp counts what
is within a group that is repeated, so that it becomes a rule of its own. Knows no lexer.
"""

from collections.abc import Iterable, Mapping

from antiphon.constraint.gbnf.charset import CharSet
from antiphon.constraint.gbnf.expression import Chars, Choice, Node, Ref, Repeat, Sequence, is_text, walk
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.rules.names import Names

ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}
IN_SET = {"]": "\\]", "[": "\\[", "^": "\\u005E", "-": "\\u002D"}
OPERATORS = {(0, None): "*", (1, None): "+", (0, 1): "?"}
SET = "chars"
LONGEST_SET = 60
LARGEST_GROUP = 100
"""Nodes; what has more becomes a rule."""


def write_rules(rules: Mapping[str, Node], start: str) -> str:
    """The text of all rules, the root first."""
    return Writer(rules, start).write()


class Writer:
    """Writes one grammar."""

    def __init__(self, rules: Mapping[str, Node], start: str) -> None:
        self.rules = rules
        self.start = start
        self.names = Names(rules, start)
        self.lines: list[str] = []
        self.sets: dict[CharSet, str] = {}

    def write(self) -> str:
        """All rules. Those that are only called for by one place come behind it."""
        for name in dict.fromkeys([self.start, *self.rules]):
            self.rule(self.names[name], self.rules[name])
        return "\n".join(self.lines) + "\n"

    def rule(self, name: str, node: Node) -> None:
        """One rule, and those that its parts become."""
        at = len(self.lines)
        self.lines.append("")
        self.lines[at] = f"{name} ::= {self.choice(node, name)}"

    def choice(self, node: Node, name: str) -> str:
        """A node where a choice may stand. name: of the rule."""
        if isinstance(node, Choice):
            return " | ".join(self.sequence(option, name) for option in node.options)
        return self.sequence(node, name)

    def sequence(self, node: Node, name: str) -> str:
        """A node where a sequence may stand."""
        if not isinstance(node, Sequence):
            return self.atom(node, name)
        parts: list[str] = []
        text = ""
        for item in node.items:
            if isinstance(item, Chars) and item.chars.only is not None:
                text += write_letter(item.chars.only)
                continue
            parts += [f'"{text}"'] if text else []
            text = ""
            parts.append(self.atom(item, name))
        return " ".join([*parts, f'"{text}"'] if text or not parts else parts)

    def atom(self, node: Node, name: str) -> str:
        """A node where one thing may stand."""
        match node:
            case Chars(chars=chars):
                return self.chars(chars)
            case Ref(name=other):
                return self.names[other]
            case Repeat(item=item, least=least, most=most):
                return self.operand(item, name, counted=(least, most) not in OPERATORS) + write_times(least, most)
        return f"({self.choice(node, name)})"

    def chars(self, chars: CharSet) -> str:
        """One character of a set; a long one is written once, as a rule."""
        if chars not in self.sets:
            text = write_chars(chars)
            if len(text) > LONGEST_SET:
                name = self.names.fresh(SET)
                self.lines.append(f"{name} ::= {text}")
                text = name
            self.sets[chars] = text
        return self.sets[chars]

    def operand(self, node: Node, name: str, *, counted: bool) -> str:
        """A node that is repeated."""
        if isinstance(node, Chars | Ref) or (is_text(node) and not counted):
            return self.atom(node, name)
        if not counted and sum(1 for _ in walk(node)) <= LARGEST_GROUP:
            return f"({self.choice(node, name)})"
        part = self.names.fresh(name)
        self.rule(part, node)
        return part


def write_times(least: int, most: int | None) -> str:
    """How often."""
    if (least, most) in OPERATORS:
        return OPERATORS[least, most]
    return f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}"


def write_chars(chars: CharSet) -> str:
    """One character of a set. Never all but some that are not ASCII: of a character that is in two tokens, llama.cpp
    would refuse the first where it may still become one of those.
    """
    if chars.only is not None:
        return f'"{write_letter(chars.only)}"'
    others = ~chars
    if not others or others.ranges[-1][1] > 127 or len(chars.ranges) <= len(others.ranges):
        return f"[{''.join(write_ranges(chars))}]"
    return f"[^{''.join(write_ranges(others))}]"


def write_ranges(chars: CharSet) -> Iterable[str]:
    """The ranges of a set."""
    for first, last in chars.ranges:
        dash = "-" if last > first + 1 else ""
        yield write_in_set(first) + (dash + write_in_set(last) if last > first else "")


def write_in_set(point: int) -> str:
    """A character in brackets."""
    return IN_SET.get(chr(point)) or write_letter(point, quote='"')


def write_letter(point: int, quote: str = '\\"') -> str:
    """A character in quotes. quote: what a quote is written as."""
    letter = chr(point)
    if point == 0 and quote != '"':
        raise NotExpressible("a NUL, which llama.cpp never writes")
    if letter == '"':
        return quote
    if letter in ESCAPES or letter.isprintable():
        return ESCAPES.get(letter, letter)
    return f"\\u{point:04X}" if point < 0x10000 else f"\\U{point:08X}"
