"""How rules are spelled in GBNF."""

import pytest

from antiphon.constraint.gbnf import write_gbnf

PATTERNS = [
    (r"\d{4}-\d{2}", 'root ::= [0-9]{4} "-" [0-9]{2}\n'),
    ("(ab|c)+d?", 'root ::= ("ab" | "c")+ "d"?\n'),
    ("", 'root ::= ""\n'),
    ("a|b|", "root ::= [ab]?\n"),
    ("(ab)*", 'root ::= ("ab")*\n'),
    ("(ab|c){2,5}", 'root ::= root-2{2,5}\nroot-2 ::= "ab" | "c"\n'),
    ("((ab){2}c){3,}", 'root ::= root-2{3,}\nroot-2 ::= root-2-2{2} "c"\nroot-2-2 ::= "ab"\n'),
    (r'"\\\n\t', 'root ::= "\\"\\\\\\n\\t"\n'),
    (r'["\\\]\[^-]', 'root ::= ["\\u002D\\[-\\u005E]\n'),
    ("[^a\n]", "root ::= [^\\na]\n"),
    ("[^é]", "root ::= [\\u0000-èê-\\uD7FF\\uE000-\\U0010FFFF]\n"),
    ("(?s).", "root ::= [\\u0000-\\uD7FF\\uE000-\\U0010FFFF]\n"),
    ("é日😀\u200b", 'root ::= "é日😀\\u200B"\n'),
    (r"\s\s", "root ::= chars chars\nchars ::= "),
]


@pytest.mark.parametrize(("pattern", "text"), PATTERNS)
def test_spelling(pattern: str, text: str) -> None:
    """Short where it can be; what is counted, or long and there twice, is a rule of its own. A set is never told by
    characters that are not ASCII and not in it, because llama.cpp would then refuse halves of others.
    """
    assert write_gbnf("regex", pattern).startswith(text)


def test_names() -> None:
    """Names are as they were, with what GBNF takes, and no two the same; the root is the root."""
    text = write_gbnf("lark", 'start: a_b a-b root NAME\na_b: "1"\na-b: "2"\nroot: "3"\nNAME: /[a-z]+/ "4"')
    assert text == ('root ::= a-b a-b-2 root-2 NAME\na-b ::= "1"\na-b-2 ::= "2"\nroot-2 ::= "3"\nNAME ::= [a-z]+ "4"\n')


def test_rules_that_begin_with_themselves() -> None:
    """They become repetitions."""
    text = write_gbnf("lark", 'start: sum\nsum: sum "+" sum | sum "!" | /[0-9]+/ ')
    assert text == (
        'root ::= sum\nsum ::= sum-base ("+" sum-base | "!")*\nterminal ::= [0-9]+\nsum-base ::= terminal\n'
    )


def test_what_excludes() -> None:
    """A terminal that GBNF cannot say is spelled out: a rule for each state."""
    text = write_gbnf("lark", "start: A\nA: /[ab]*/ & ~/.*aa.*/")
    assert text == 'root ::= A\nA ::= ("a" A-state-1 | "b" A)?\nA-state-1 ::= ("b" A)?\n'
