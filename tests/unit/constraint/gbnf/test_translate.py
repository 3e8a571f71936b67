"""Custom tools' grammars in GBNF: which can be said, and which not. What llama.cpp makes of them is tested with it."""

import pytest

from antiphon.constraint.gbnf import NotExpressible, write_gbnf
from antiphon.constraint.gbnf.translate import Syntax
from tests.unit.constraint.gbnf import refused
from tests.unit.constraint.gbnf.engine import read_grammar, read_tool, takes
from tests.unit.constraint.gbnf.grammars import GRAMMARS
from tests.unit.constraint.gbnf.regexes import REGEXES

Case = tuple[str, list[str], list[str]]


def check(syntax: Syntax, case: Case) -> None:
    """The engine says of each text what the table says, and there is a translation."""
    definition, good, bad = case
    matcher = read_tool(syntax, definition)
    assert [text for text in good if not takes(matcher, text)] == []
    assert [text for text in bad if takes(matcher, text)] == []
    assert write_gbnf(syntax, definition).startswith("root ::= ")


@pytest.mark.parametrize("case", REGEXES, ids=lambda case: case[0][:30])
def test_regular_expressions(case: Case) -> None:
    """The table of texts that match is the engine's, and each can be translated."""
    check("regex", case)


@pytest.mark.parametrize("case", GRAMMARS, ids=lambda case: case[0][:30])
def test_grammars(case: Case) -> None:
    """The same for Lark."""
    check("lark", case)


REFUSED: list[tuple[Syntax, str]] = [
    *(("regex", pattern) for pattern in refused.REGEXES),
    *(("lark", definition) for definition in refused.GRAMMARS),
]


@pytest.mark.parametrize(("syntax", "definition"), REFUSED)
def test_what_the_engine_refuses(syntax: Syntax, definition: str) -> None:
    """What is no grammar to the engine is none here."""
    assert read_tool(syntax, definition).is_error()
    with pytest.raises(NotExpressible):
        write_gbnf(syntax, definition)


NOTHING: list[tuple[Syntax, str]] = [
    ("regex", r"[^\s\S]"), ("regex", "a[b&&c]"), ("regex", "([^\\d\\D]|a)+[b&&c]"), ("lark", "start: start"),
    ("lark", 'start: "a" start'), ("lark", "start: A\nA: /[^\\s\\S]/"), ("lark", "start: A\nA: /a/ & /b/"),
    ("lark", "start: A\nA: ~/(?s:.*)/"), ("lark", 'start: x "a"\nx: y\ny: x'),
]  # fmt: skip


@pytest.mark.parametrize(("syntax", "definition"), NOTHING)
def test_what_nothing_can_match(syntax: Syntax, definition: str) -> None:
    """A grammar without any text is refused: a model could never end."""
    matcher = read_tool(syntax, definition)
    assert matcher.is_error() or not any(takes(matcher, text) for text in ("", "a", "b", "aa"))
    with pytest.raises(NotExpressible, match="nothing can ever match it"):
        write_gbnf(syntax, definition)


ONLY_HERE: list[tuple[Syntax, str, str]] = [
    ("regex", r"\p{Greek}", "the class of characters '\\p{Greek}'"),
    ("regex", r"(?-u:\w)", "the flag 'u' switched off"),
    ("regex", "(?P<stop>a)", "a group of the name 'stop'"),
    ("regex", "a{2001}", "a repetition of more than 2000 times"),
    ("regex", "a{0,2001}", "a repetition of more than 2000 times"),
    ("regex", "a{1500}b{1500}" * 20, "repetitions of more than 50000 times together"),
    ("regex", "a\x00", "a NUL, which llama.cpp never writes"),
    ("regex", r"a\x00", "a NUL, which llama.cpp never writes"),
    ("regex", r"(\w{1,20} ?){0,50}", "a terminal can be read in too many ways at once"),
    ("regex", "(" * 101 + "a" + ")" * 101, "a pattern is nested more than 100 deep"),
    ("lark", 'start: "a" (" " "b")?\n%ignore " "', "what is ignored may also be the terminal \" \""),
    (
        "lark",
        'start: x\nx: "a" | "a" "b"\n%ignore " "',
        "it cannot be told whether what is ignored may stand at the end",
    ),
    ("lark", 'start: /b*/ "a"\n%ignore " "', "behind an empty terminal at the beginning, text is ignored"),
    ("lark", 'start: (start "x"?) | "y"', "a rule begins with itself and what may be empty"),
    ("lark", 'start: start "a" start "b" start | start "a" "b" "a" | start start start | "a" | "b" "a"',
     "it can be read in too many ways at once"),
    ("lark", "start: r0\n" + "\n".join(f'r{n}: r{n + 1} "x" | r{n + 1} "y"' for n in range(40)) + '\nr40: "z"',
     "there are too many ways to begin"),
    ("lark", 'start: A\nA: ~/(a|b)*a(a|b){20}/', "a terminal can be read in too many ways at once"),
    ("lark", "start: <[5]>", "'<[5]>'"),
    ("lark", 'start[capture]: "a"', "the attributes of 'start'"),
    ("lark", '%llguidance {}\nstart: "a"', "'%llguidance'"),
    ("lark", 'start: %json {"type": "string"}', "'%json'"),
]  # fmt: skip


@pytest.mark.parametrize(("syntax", "definition", "reason"), ONLY_HERE)
def test_what_cannot_be_said(syntax: Syntax, definition: str, reason: str) -> None:
    """What the engine has and GBNF has not, or llama.cpp would not bear, is told in words."""
    assert not read_tool(syntax, definition).is_error()
    with pytest.raises(NotExpressible) as caught:
        write_gbnf(syntax, definition)
    assert str(caught.value) == caught.value.reason == reason


GREEDY = [
    ('start: A "b"\nA: /[a-z]*/', "ab"),
    ('start: A "b" "c" | AB "d"\nA: "a"\nAB: "ab"', "abc"),
    ('start: "a" "bd" | "abc"', "abd"),
    ('start: /[a-z]+/ /[a-z0-9]+/', "ab"),
    ('start: A "é"\nA: /[a-zè]+/', "aé"),
    ('start: WORD (/\\s/ WORD)*\nWORD: /\\w+/', "日\u2028語"),
    ('start: "a" "b"\n%ignore "x"\n%ignore "xb"', "axb"),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "text"), GREEDY)
def test_terminals_that_the_engine_ends_elsewhere(definition: str, text: str) -> None:
    """Rules and terminals alone would match this text. The engine reads a terminal as far as it goes, byte by byte, and
    never goes back, so that the text is not in its language; then there is no translation.
    """
    assert not takes(read_grammar(definition), text)
    with pytest.raises(NotExpressible, match=r"what follows the terminal .* could also continue it"):
        write_gbnf("lark", definition)


@pytest.mark.parametrize("definition", ["\ud800", "a\udfff"])
@pytest.mark.parametrize("syntax", ["regex", "lark"])
def test_half_characters(syntax: Syntax, definition: str) -> None:
    """What is no text is refused before anybody reads it."""
    with pytest.raises(NotExpressible, match="half a character"):
        write_gbnf(syntax, definition)
