"""Reads the words of a Lark grammar as definitions, whose names nobody has looked up yet.

Takes what llguidance takes, and nothing besides. Knows no terminals' languages.
"""

from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.lark.imports import find_import
from antiphon.constraint.gbnf.lark.terms import Body, Counted, Definitions, Excluded, Name, Part, Term
from antiphon.constraint.gbnf.lark.tokens import Word, read_words
from antiphon.constraint.gbnf.lark.value import Value

DEEPEST = 28
"""Levels of brackets that llguidance takes."""
LARGEST = (1 << 31) - 1
COUNTS = {"*": (0, None), "+": (1, None), "?": (0, 1)}
END = Word("", "the end")


def parse_lark(source: str) -> Definitions:
    """The definitions of a grammar. Raises `NotExpressible`."""
    return Parser(source).parse()


class Parser:
    """Reads one grammar."""

    def __init__(self, source: str) -> None:
        self.words = [*read_words(f"{source}\n"), END, END]
        self.at = 0
        self.depth = 0
        self.found = Definitions()

    def parse(self) -> Definitions:
        """All definitions."""
        while self.peek() is not END:
            if not self.take("newline"):
                self.definition()
                self.expect("newline")
        return self.found

    def peek(self, ahead: int = 0) -> Word:
        """What comes next."""
        return self.words[self.at + ahead]

    def take(self, *expected: str) -> Word | None:
        """The next word, if it is of such a kind or is this sign."""
        word = self.peek()
        if word.kind in expected or (word.kind == "sign" and word.text in expected):
            self.at += 1
            return word
        return None

    def expect(self, *expected: str) -> str:
        """The next word, which must be such a one."""
        word = self.take(*expected)
        if word is None:
            raise NotExpressible(f"{self.peek().text!r} where a {expected[0]} should be")
        return word.text

    def definition(self) -> None:
        """A rule, a terminal, or what is imported or ignored."""
        if directive := self.take("directive"):
            self.ignore() if directive.text == "%ignore" else self.import_()
        elif rule := self.take("rule"):
            self.define(self.found.rules, rule.text.removeprefix("!").removeprefix("?"), self.body_of(rule))
        else:
            name = Word("terminal", self.expect("terminal"))
            self.define(self.found.terminals, name.text, self.body_of(name))

    def define(self, definitions: dict[str, Body], name: str, body: Body) -> None:
        """A new one."""
        if name in definitions:
            raise NotExpressible(f"'{name}' is defined twice")
        definitions[name] = body

    def body_of(self, name: Word) -> Body:
        """What is defined; templates, priorities and attributes are no part of it."""
        if sign := self.take("{", ".", "["):
            kinds = {"{": "the template", ".": "the priority of", "[": "the attributes of"}
            raise NotExpressible(f"{kinds[sign.text]} '{name.text}'")
        self.expect(":")
        return self.body()

    def ignore(self) -> None:
        """What may stand between terminals."""
        self.found.ignored.append(self.body())

    def import_(self) -> None:
        """Terminals of a module, under their names or another."""
        path = self.expect("rule", "terminal")
        while self.take("."):
            path += f".{self.expect('rule', 'terminal')}"
        if self.take("("):
            names = [self.expect("rule", "terminal")]
            while self.take(","):
                names.append(self.expect("rule", "terminal"))
            self.expect(")")
            for name in names:
                self.define_import(name, f"{path}.{name}")
        else:
            alias = self.expect("rule", "terminal") if self.take("arrow") else path.rpartition(".")[2]
            self.define_import(alias, path)

    def define_import(self, name: str, path: str) -> None:
        """A terminal of a module."""
        self.define(self.found.terminals, name, Body((((Value(f"/{find_import(path)}/"),),),)))

    def body(self) -> Body:
        """Options, up to the end of a line or a closing bracket. A line that begins with a bar goes on."""
        self.depth += 1
        if self.depth > DEEPEST + 1:
            raise NotExpressible(f"brackets more than {DEEPEST} deep")
        options = [self.option()]
        while self.take("|") or self.next_line():
            options.append(self.option())
        self.depth -= 1
        return Body(tuple(options))

    def next_line(self) -> bool:
        """Whether the next line goes on with another option."""
        goes_on = self.peek().kind == "newline" and self.peek(1) == Word("sign", "|")
        self.at += 2 if goes_on else 0
        return goes_on

    def option(self) -> tuple[Part, ...]:
        """Parts that must all match; the name of a tree's node says nothing of the language."""
        parts = [self.part()]
        while self.take("&"):
            parts.append(self.part())
        if self.take("arrow"):
            self.expect("rule")
        return tuple(parts)

    def part(self) -> Part:
        """Terms, one after the other."""
        terms: list[Term] = []
        while self.peek().kind in ("string", "regex", "rule", "terminal") or self.peek().text in ("(", "[", "~"):
            terms.append(self.counted())
        return tuple(terms)

    def counted(self) -> Term:
        """A term and how often it stands there."""
        negated = self.take("~")
        term = Excluded(self.term()) if negated else self.term()
        if operator := self.take("operator"):
            return Counted(term, *COUNTS[operator.text])
        if self.peek().text == "~" and self.peek(1).kind == "number":
            self.take("~")
            least = self.number()
            return self.bounded(term, least, self.number() if self.take("..") else least)
        return self.bounded(term, *self.braces()) if self.take("{") else term

    def braces(self) -> tuple[int, int]:
        """How often, in braces."""
        least = 0 if self.peek().text == "," else self.number()
        most = least
        if self.take(","):
            most = LARGEST if self.peek().text == "}" else self.number()
        self.expect("}")
        if most == 0:
            raise NotExpressible("'{0}'")
        return least, most

    def bounded(self, term: Term, least: int, most: int) -> Counted:
        """A term from so often to so often."""
        if not 0 <= least <= most:
            raise NotExpressible(f"{least} to {most} times")
        return Counted(term, least, None if most == LARGEST else most)

    def number(self) -> int:
        """A number."""
        number = int(self.expect("number")[:20])
        if abs(number) > LARGEST:
            raise NotExpressible(f"the number {number}")
        return number

    def term(self) -> Term:
        """A group, what may be missing, a value or a name."""
        if bracket := self.take("(", "["):
            body = self.body()
            self.expect(")" if bracket.text == "(" else "]")
            return body if bracket.text == "(" else Counted(body, 0, 1)
        if string := self.take("string"):
            return Value(string.text, self.expect("string") if self.take("..") else None)
        if value := self.take("regex"):
            return Value(value.text)
        return Name(self.expect("rule", "terminal"))
