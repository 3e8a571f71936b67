"""Calls in a family's form, from the marker on. What turns out to be none becomes text again."""

from collections.abc import Iterator

from antiphon.dialect.form import Form
from antiphon.dialect.reading.gemma import read_pairs
from antiphon.dialect.reading.json import read_json
from antiphon.dialect.reading.literal import NAME
from antiphon.dialect.reading.python import read_keywords
from antiphon.dialect.reading.reading import Reading
from antiphon.dialect.reading.scanner import Scanner, Steps
from antiphon.dialect.reading.tags import read_tags
from antiphon.dialect.reading.text import read_input


class CallReader:
    """form: with signs. quote: Gemma's, with signs."""

    def __init__(self, scanner: Scanner, form: Form, reading: Reading, quote: str) -> None:
        self.scanner = scanner
        self.form = form
        self.reading = reading
        self.quote = quote
        self.heads = (form.head, *form.heads)

    @property
    def markers(self) -> list[str]:
        """Where it is sure that a call comes, wherever they stand."""
        in_text = [self.form.marker, *self.form.heads] if self.reading.functions and not self.form.first else []
        return [*in_text, self.form.raw.begins] if self.reading.customs else in_text

    def read_first(self) -> Steps[bool]:
        """The same at the beginning of the answer, where a call in some families is the whole of it."""
        return self.form.first and bool(self.reading.functions) and (yield from self.read(""))

    def read(self, marker: str) -> Steps[bool]:
        """Calls of which the marker has been read; whether there were any. If not, nothing more has been read."""
        scanner, raw = self.scanner, self.form.raw
        if marker == raw.begins and self.reading.customs:
            name = yield from scanner.match(NAME + raw.middle, self.reading.customs)
            if name is not None:
                yield from self._custom(name)
                return True
        for head in self.heads:
            rest = head[len(marker) :] + NAME + self.form.middle
            name = (yield from scanner.match(rest, self.reading.functions)) if head.startswith(marker) else None
            if name is not None:
                yield from self._functions(name)
                return True
        return False

    def _functions(self, name: str | None) -> Steps[None]:
        """Calls from the first name on, and what closes them."""
        scanner, form = self.scanner, self.form
        while name is not None:
            scanner.begin_call("function", name)
            yield from self._arguments(name)
            for ends in (form.ends, *form.tails):
                if (yield from scanner.literal(ends)):
                    break
            name = yield from scanner.match(form.between + form.begins + NAME + form.middle, self.reading.functions)
        yield from scanner.literal(form.closes)

    def _arguments(self, name: str) -> Steps[None]:
        match self.form.notation:
            case "json":
                yield from read_json(self.scanner)
            case "tags":
                assert self.form.tags, "a form in tags says which"
                strings, nullable = self.reading.functions[name], self.reading.nullable.get(name, ())
                yield from read_tags(self.scanner, self.form.tags, strings, nullable)
            case "python":
                yield from read_keywords(self.scanner)
            case "gemma":
                yield from read_pairs(self.scanner, self.quote)

    def _custom(self, name: str) -> Steps[None]:
        """A custom tool's call from its name on."""
        scanner, raw = self.scanner, self.form.raw
        if raw.middle.endswith("\n"):
            character = yield from scanner.next()
            scanner.back("" if character == "\n" else character)
        scanner.begin_call("custom", name)
        yield from read_input(scanner, raw.ends, list(self._followers()))

    def _followers(self) -> Iterator[str]:
        yield "\n" + self.form.raw.begins
        if self.reading.functions and not self.form.first:
            yield "\n" + self.form.marker
