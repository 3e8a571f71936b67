"""Texts, control tokens and patterns as Lark has them."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.dialect.grammar.grammar import Part
from antiphon.dialect.grammar.lark import Lark, conjunction, escape, loose_pattern
from antiphon.dialect.prompt import ControlTokens

CONTROL = ControlTokens({"<|call|>": 7, "[ARGS]": 8})


@given(st.text())
def test_a_text_is_a_string(text: str) -> None:
    """Quotes, backslashes, line breaks, letters of any script: all come back."""
    written = Lark(ControlTokens({})).literal(text)
    assert written == "" if not text else json.loads(written) == text and "\n" not in written


LITERALS = [
    ("a<|call|>b", '"a" <[7]> "b"'),
    ("<|call|>[ARGS]", "<[7]> <[8]>"),
    ("<|call|", '"<|call|"'),
    ('say "hi" \\ é/', '"say \\"hi\\" \\\\ é/"'),
    ("", ""),
]


@pytest.mark.parametrize(("text", "written"), LITERALS)
def test_spellings_of_control_tokens_are_tokens(text: str, written: str) -> None:
    """Where the vocabulary has them."""
    assert Lark(CONTROL).literal(text) == written


def test_a_clients_name_is_text_whatever_it_spells() -> None:
    """A property that is called as a control token is no token."""
    lark = Lark(CONTROL)
    assert lark.named("<key=", "[ARGS]", "><|call|>") == '"<key=" "[ARGS]" ">" <[7]>'
    assert lark.named("<key=", "my key", ">") == '"<key=my key>"'


def test_placeholders_are_patterns() -> None:
    """For an id that the model makes up, and for the number of a call."""
    assert Lark(CONTROL).template("x{id}[ARGS]{n}") == '"x" /[a-zA-Z0-9]{9}/ <[8]> /(0|[1-9][0-9]?)/'


@given(st.text())
def test_a_pattern_matches_its_text_alone(text: str) -> None:
    """Between slashes every sign stands for itself."""
    pattern = escape(text)
    assert "\n" not in pattern and not re.search(r"(?<!\\)(\\\\)*/", pattern)
    assert re.fullmatch(pattern.replace("\\/", "/"), text)


SPACED = [
    ('{"name": "', '{"name":"', True),
    ('{"name": "', '\n{ \t"name"\r\n:  "', True),
    ('{"name": "', '{"na me": "', False),
    ('{"name": "', '{" name": "', False),
    ("<think>", "\n<think>", True),
    ("<think>", "< think>", False),
]


@pytest.mark.parametrize(("text", "written", "fits"), SPACED)
def test_white_space_where_readers_take_it(text: str, written: str, fits: bool) -> None:
    """What a text must not begin with counts however it is spaced, as it would be read."""
    assert (re.fullmatch(loose_pattern(text), written) is not None) == fits


def test_what_is_banned_is_one_pattern() -> None:
    """One by one they cost the lexer so much that it gives up."""
    assert conjunction("a", ["b", "c"]) == "/a/ & ~/(b|c)(?s:.*)/"
    assert conjunction("a", []) == "/a/"


def test_text_before_a_marker() -> None:
    """It ends at the first marker; a marker that is a token cannot be in the text anyway."""
    lark = Lark(CONTROL)
    assert lark.until("<tool>", unless=["<think>"]) == "until"
    assert lark.rules["until[lazy]"] == r"/(?s:.*)<tool>/ & ~/([ \t\n\r]*<think>)(?s:.*)/"
    assert lark.until("<|call|>", without=["<tool>"]) == "TEXT <[7]>"
    assert lark.rules["TEXT"] == r"/(?s:.*)/ & ~/((?s:.*)<tool>)(?s:.*)/"
    assert lark.until("</<|call|>x") == 'TEXT1 <[7]> "x"'
    assert lark.rules["TEXT1"] == r"/(?s:.*)<\//"


def test_what_is_closed() -> None:
    """A text has not within what ends it. The same is written once."""
    lark = Lark(CONTROL)
    text = lark.text()
    assert lark.closed(text, "\n</p>\n", without="</p>") == lark.closed(text, "\n</p>\n", without="</p>") == "closed"
    assert (
        lark.rules["closed[lazy]"] == 'WITHIN "\\n</p>\\n"' and lark.rules["WITHIN"] == r"TEXT & ~/(?s:.*)<\/p>(?s:.*)/"
    )
    assert lark.closed(text, "<|call|>", without="") == "TEXT <[7]>"
    assert lark.closed(text, "</<|call|>", without="") == "WITHIN1 <[7]>" and lark.rules["WITHIN1"] == 'TEXT "</"'


def test_a_grammar_has_its_rules_and_parts() -> None:
    """The start comes first, and parts stand beside it with the field that they come from."""
    lark = Lark(CONTROL)
    part = Part("a", "json", "{}", "tools[0]")
    lark.check(Part("b", "lark", "start: /x/", "tools[1]"))
    lark.rule("rule", '"x"')
    assert (lark.fresh("rule"), lark.fresh("other")) == ("rule1", "other")
    grammar = lark.build(f"rule {lark.part(part)}")
    assert grammar.main == '%llguidance {"no_forcing": true}\nstart: rule @a\nrule: "x"\n'
    assert grammar.parts == (part,) and [check.place for check in grammar.checks] == ["tools[1]"]


@pytest.mark.parametrize(
    ("definition", "hurries"), [("{}", True), ('{"type": "array", "minItems": 1000, "items": {"const": "%s"}}', False)]
)
def test_what_has_no_choice_is_written_out_where_that_has_an_end(definition: str, hurries: bool) -> None:
    """Not where a schema may force more than anybody waits for."""
    lark = Lark(CONTROL)
    lark.part(Part("a", "json", definition.replace("%s", "x" * 4000), "tools[0]"))
    assert lark.build("@a").main.startswith("%llguidance {}") == hurries
