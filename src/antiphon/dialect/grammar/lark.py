"""Builds a grammar: rules of Lark, texts and control tokens as they are written in it. Knows no format.

Syntax: github.com/guidance-ai/llguidance, docs/syntax.md.
"""

import json
import re
from collections.abc import Iterable, Sequence

from antiphon.constraint.forced import may_force_much
from antiphon.dialect.form import ID, NUMBER
from antiphon.dialect.grammar.grammar import Grammar, Part
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.literal import split

ANYTHING = "(?s:.*)"
LAZY = "[lazy]"
WHITE = r"[ \t\n\r]*"
META = frozenset(r"\.+*?()|[]{}^$#&-~/")
PLACEHOLDERS = {ID: "/[a-zA-Z0-9]{9}/", NUMBER: "/(0|[1-9][0-9]?)/"}
ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Lark:
    """control: the model's control tokens, which are tokens in the grammar and no text. hurries: whether what leaves no
    choice is written out in one go.
    """

    def __init__(self, control: ControlTokens) -> None:
        self.control = control
        self.rules: dict[str, str] = {}
        self.parts: dict[str, Part] = {}
        self.checks: dict[str, Part] = {}
        self.hurries = True

    def rule(self, name: str, expression: str) -> str:
        """Defines a rule, or a terminal where the name is in capitals; returns the name."""
        self.rules[name] = expression
        return name.removesuffix(LAZY)

    def fresh(self, name: str) -> str:
        """A name that no rule has yet."""
        taken = {rule.removesuffix(LAZY) for rule in self.rules}
        return (
            name
            if name not in taken
            else next(f"{name}{n}" for n in range(1, len(taken) + 2) if f"{name}{n}" not in taken)
        )

    def part(self, part: Part) -> str:
        """Refers to a part. What a grammar of a client's leaves no choice about may be without end."""
        self.parts[part.name] = part
        if part.kind == "lark" or may_force_much(json.loads(part.definition)):
            self.hurries = False
        return f"@{part.name}"

    def check(self, part: Part) -> None:
        """Has a part looked at by itself before all others. A client wrote it."""
        self.hurries = False
        self.checks[part.name] = part

    def literal(self, text: str) -> str:
        """Exactly this text, in which spellings of control tokens are those tokens. Empty for no text."""
        pieces = self.control.pattern.split(text)
        return " ".join(self._piece(piece, is_token=bool(number % 2)) for number, piece in enumerate(pieces) if piece)

    def named(self, before: str, name: str, after: str) -> str:
        """A client's name between two literals: it is text, whatever it spells."""
        if not self.has_token(name):
            return self.literal(before + name + after)
        return f"{self.literal(before)} {write_string(name)} {self.literal(after)}"

    def template(self, text: str) -> str:
        """A literal with what stands in for ids and numbers."""
        pieces = filter(None, re.split(r"(\{id\}|\{n\})", text))
        return " ".join(PLACEHOLDERS.get(piece) or self.literal(piece) for piece in pieces)

    def loosely(self, text: str) -> str:
        """A literal with white space as readers take it."""
        pieces = self.control.pattern.split(text)
        return " ".join(
            self._piece(piece, is_token=True) if number % 2 else self.terminal("HEAD", f"/{loose_pattern(piece)}/")
            for number, piece in enumerate(pieces)
            if piece
        )

    def is_token(self, text: str) -> bool:
        """Whether this is one control token and nothing else."""
        return text in self.control.ids

    def has_token(self, text: str) -> bool:
        """Whether a control token is in it, so that text cannot be this."""
        return self.control.pattern.search(text) is not None

    def until(self, marker: str, *, without: Iterable[str] = (), unless: Iterable[str] = ()) -> str:
        """Any text up to a marker and the marker. without: texts that it must not have. unless: what it must not begin
        with, however it is spaced.
        """
        before, *rest = self.control.pattern.split(marker)
        if rest:
            text = self.terminal("TEXT", conjunction(f"{ANYTHING}{escape(before)}", self._banned(without, unless)))
            return f"{text} {self.literal(marker[len(before) :])}"
        pattern = conjunction(f"{ANYTHING}{escape(marker)}", self._banned((), unless))
        return self.terminal("until", pattern, lazy=True)

    def closed(self, terminal: str, ends: str, *, without: str) -> str:
        """What a terminal matches and what ends it. without: what it must not have within."""
        before, *rest = self.control.pattern.split(ends)
        if rest:
            whole = self.terminal("WITHIN", f"{terminal} {write_string(before)}") if before else terminal
            return f"{whole} {self.literal(ends[len(before) :])}"
        within = self.terminal("WITHIN", f"{terminal} & ~/{ANYTHING}{escape(without)}{ANYTHING}/")
        return self.terminal("closed", f"{within} {self.literal(ends)}", lazy=True)

    def text(self, *, without: Iterable[str] = (), unless: Iterable[str] = ()) -> str:
        """Any text, with the same exceptions."""
        return self.terminal("TEXT", conjunction(ANYTHING, self._banned(without, unless)))

    def _banned(self, without: Iterable[str], unless: Iterable[str]) -> list[str]:
        within = [f"{ANYTHING}{escape(text)}" for text in without if not self.has_token(text)]
        return within + [loose_pattern(text) for text in unless if not self.has_token(text)]

    def terminal(self, name: str, expression: str, *, lazy: bool = False) -> str:
        """A terminal of this expression, the same for the same. lazy: it ends as soon as it can."""
        alike = (rule for rule, other in self.rules.items() if other == expression)
        known = next((rule for rule in alike if (rule.endswith(LAZY) if lazy else rule.isupper())), None)
        return known.removesuffix(LAZY) if known else self.rule(self.fresh(name) + (LAZY if lazy else ""), expression)

    def build(self, start: str) -> Grammar:
        """The grammar that begins with this expression."""
        rules = {"start": start, **self.rules}
        options = "{}" if self.hurries else '{"no_forcing": true}'
        main = f"%llguidance {options}\n" + "".join(f"{name}: {rule}\n" for name, rule in rules.items())
        return Grammar(main, tuple(self.parts.values()), tuple(self.checks.values()))

    def _piece(self, piece: str, *, is_token: bool) -> str:
        return f"<[{self.control.ids[piece]}]>" if is_token else write_string(piece)


def conjunction(pattern: str, banned: Sequence[str]) -> str:
    """What matches a pattern and none of the others, which are one: one by one they cost the lexer far more."""
    return f"/{pattern}/ & ~/({'|'.join(banned)}){ANYTHING}/" if banned else f"/{pattern}/"


def loose_pattern(text: str) -> str:
    """A text as a regular expression, with white space where readers take it."""
    return "".join(f"{WHITE if piece.may_follow_space else ''}{escape(piece.text)}" for piece in split(text))


def write_string(text: str) -> str:
    """A text as a string of Lark."""
    return json.dumps(text, ensure_ascii=False)


def escape(text: str) -> str:
    """A text as a regular expression between slashes."""
    return "".join(ESCAPES.get(letter) or (f"\\{letter}" if letter in META else letter) for letter in text)
