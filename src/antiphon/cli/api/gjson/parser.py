"""From a text to a `Path`. Every mistake in it is a `ValueError` whose text says which, as the end of a sentence.

What gjson takes for an odd key (brackets that do not close, an operator that there is not) is a mistake here.
"""

import re
from collections.abc import Iterator

from antiphon.cli.api.gjson.build import Lines, Literal, NewList, NewObject
from antiphon.cli.api.gjson.jsontext import read_json
from antiphon.cli.api.gjson.modifiers import MODIFIERS, NAMES, Dig, Modifier, Options
from antiphon.cli.api.gjson.path import Path, Stage
from antiphon.cli.api.gjson.pattern import build_pattern, has_wildcard, unescape
from antiphon.cli.api.gjson.query import Presence, Query, build_test
from antiphon.cli.api.gjson.scan import check_depth, find_end, scan_marks
from antiphon.cli.api.gjson.selectors import split_selectors
from antiphon.cli.api.gjson.steps import Count, Each, Key, Lookup, Select, Step, Wildcard

COMPONENT = re.compile(r"(?:[^.|\\]|\\.?)*+", re.DOTALL)
MODIFIER = re.compile(r"@([^.|:]*+)(:?)")
LITERAL = re.compile(r"!(?=[\"\[{0-9-]|(?:true|false|null)(?:[.|]|$))")
WORD = re.compile(r"[a-z]+|-?[0-9]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![\"\[{])")
ELEMENTS = re.compile(r"#(?:[.|(\[]|$)")


def parse_path(text: str, depth: int = 0) -> Path:
    """depth: how many paths it stands in. Raises `ValueError`."""
    return Parser(text, depth).path()


class Parser:
    """Reads a text from left to right. at: how far it has come."""

    def __init__(self, text: str, depth: int) -> None:
        check_depth(depth)
        self.text = text
        self.depth = depth
        self.at = 0

    def path(self) -> Path:
        """To the end; within `_inner_path` to the next pipe."""
        return Path(tuple(self._stages(to_pipe=False)))

    def _inner_path(self) -> Path:
        self.depth += 1
        check_depth(self.depth)
        stages = tuple(self._stages(to_pipe=True))
        self.depth -= 1
        return Path(stages)

    def _stages(self, *, to_pipe: bool) -> Iterator[Stage]:
        while True:
            if self.text.startswith("..", self.at):
                self.at += 2
                yield Lines()
            yield self._stage()
            if self.at == len(self.text) or (to_pipe and self._next == "|"):
                return
            self.at += 1

    @property
    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _stage(self) -> Stage:
        if self.at + 1 < len(self.text):
            if self._next in ("[", "{"):
                return self._selectors()
            if self._next == "@" and self._modifier_at(self.at):
                return self._modifier()
            if LITERAL.match(self.text, self.at):
                return self._literal()
        return self._lookup()

    def _modifier_at(self, at: int) -> bool:
        found = MODIFIER.match(self.text, at)
        return found is not None and found[1] in NAMES

    def _lookup(self) -> Lookup:
        steps: list[Step] = []
        while True:
            if ELEMENTS.match(self.text, self.at):
                steps.append(self._elements())
                break
            steps.append(self._key())
            if self._next != "." or self._pipes(self.at + 1):
                break
            self.at += 1
        return Lookup(tuple(steps))

    def _pipes(self, at: int) -> bool:
        """Whether a dot before `at` is as good as a pipe."""
        return self.text[at : at + 1] in ("[", "{") or self._modifier_at(at)

    def _key(self) -> Step:
        found = COMPONENT.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return Wildcard(build_pattern(found[0])) if has_wildcard(found[0]) else Key(unescape(found[0]))

    def _elements(self) -> Step:
        self.at += 1
        if self._next in ("(", "["):
            return self._select()
        if self._next != ".":
            return Count()
        self.at += 1
        return Each(self._inner_path())

    def _select(self) -> Step:
        query = self._query()
        every = self._next == "#"
        self.at += every
        self._expect_end_of("a query")
        if self._next != ".":
            return Select(query, every, None)
        self.at += 1
        return Select(query, every, self._inner_path())

    def _query(self) -> Query:
        marks = list(scan_marks(self.text, self.at))
        start, end = self.at + 1, marks[-1].at
        signs = [mark.at for mark in marks if mark.depth == 1 and mark.char in "!=<>%"]
        place = self.text[start : signs[0] if signs else end].strip()
        self.at = end + 1
        path = parse_path(place, self.depth + 1) if place else None
        return Query(path, build_test(self.text[signs[0] : end]) if signs else Presence())

    def _expect_end_of(self, what: str) -> None:
        if self._next not in ("", ".", "|"):
            raise ValueError(f"'.' or '|' is missing behind {what}, before '{self.text[self.at :][:20]}'")

    def _selectors(self) -> Stage:
        start, self.at = self.at, find_end(self.text, self.at)
        self._expect_end_of("a bracket")
        selectors = split_selectors(self.text[start : self.at])
        paths = [parse_path(selector.path, self.depth + 1) for selector in selectors]
        if self.text[start] == "[":
            return NewList(tuple(paths))
        return NewObject(tuple(zip((selector.name for selector in selectors), paths, strict=True)))

    def _modifier(self) -> Stage:
        found = MODIFIER.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        argument = self._argument() if found[2] else ""
        if found[1] == "dig":
            return Dig(parse_path(argument, self.depth + 1))
        return Modifier(MODIFIERS[found[1]], read_options(argument))

    def _argument(self) -> str:
        """A JSON value, or what stands before the next pipe that is in no brackets."""
        start = self.at
        if self._next and self._next in '{["':
            self.at = find_end(self.text, start)
            self._expect_end_of("an argument")
            return self.text[start : self.at]
        while self._next not in ("", "|"):
            self.at = find_end(self.text, self.at) if self._next in "([{" else self.at + 1
        return self.text[start : self.at]

    def _literal(self) -> Stage:
        start = self.at + 1
        word = WORD.match(self.text, start)
        self.at = word.end() if word else find_end(self.text, start)
        self._expect_end_of("a literal")
        try:
            return Literal(read_json(self.text[start : self.at]))
        except ValueError:
            raise ValueError("what follows a '!' is not JSON") from None


def read_options(argument: str) -> Options:
    """Those of a modifier. It takes none that are not a JSON object."""
    if not argument.startswith("{"):
        return {}
    try:
        options = read_json(argument)
    except ValueError:
        raise ValueError(f"the argument {argument[:40]} is not JSON") from None
    return dict(options)
