"""Patterns of ECMA-262, read and written anew for Rust's dialect."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.constraint.pattern import DOT, NO_SPACE, SPACE, find_pattern_fault, translate_pattern

SAME = [
    "", "abc", "^a|b$", "^[a-z0-9_]{1,8}$", r"^\d{2}\.\w+$", r"\\s", r"\[.".replace(".", "a"), r"^\u00e9\x41\/$",
    "(?:a|b)+?",
    "(?<n>a)", "(?P<n>a)", "(?i)abc", "^[.*+?$^]$", "a{2}b{3,}c{4,5}", r"\.",
]  # fmt: skip


@pytest.mark.parametrize("pattern", SAME)
def test_most_is_the_same(pattern: str) -> None:
    """What means the same to both is not touched."""
    assert find_pattern_fault(pattern) is None
    assert translate_pattern(pattern) == pattern


OTHER = [
    (r"a\sb", f"a{SPACE}b"), (r"\S+", f"{NO_SPACE}+"), (".", DOT), (r"\..", rf"\.{DOT}"), ("(?s).", "(?s)."),
    ("(?i).", f"(?i){DOT}"),
    ('[^"]', r'[[^"]&&[^\x00]]'), (r"[^\s,]", rf"[[^{SPACE},]&&[^\x00]]"), (r"[\S]", rf"[[{NO_SPACE}]&&[^\x00]]"),
    (r"[\s.]", rf"[[{SPACE}.]&&[^\x00]]"), (r"\P{L}", r"[\P{L}&&[^\x00]]"), (r"\pL", r"[\pL&&[^\x00]]"),
    (r"[\p{L}]", r"[[\p{L}]&&[^\x00]]"),
    ("[a[b]", r"[a\[b]"), ("[a&&b]", r"[a&\&b]"), ("[~~]", r"[~\~]"), ("^{a}$", r"^\{a}$"), ("a{,2}", r"a\{,2}"),
    ("x{y", r"x\{y"),
    (r"\[^a]", r"\[^a]"), (r"[\]\[]", r"[\]\[]"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "written"), OTHER)
def test_what_means_something_else_in_rust(pattern: str, written: str) -> None:
    """Spaces, dots, brackets within brackets, and sets that have all control characters."""
    assert find_pattern_fault(pattern) is None
    assert translate_pattern(pattern) == written


REFUSED = [
    ("(?=a)b", "lookahead"), ("(?!a)b", "lookahead"), ("(?<=a)b", "lookbehind"), ("(?<!a)b", "lookbehind"),
    (r"\bword\b", r"'\b'"),
    (r"\Bx", r"'\B'"), (r"(a)\1", r"'\1'"), (r"(?<n>a)\k<n>", r"'\k'"), ("(?x)a b", "'(?x'"), ("(?m)^a", "'(?m'"),
    ("(?-i)a", "'(?-'"),
    ("(?>a)", "'(?>'"), ("(?#c)", "'(?#'"), ("[]a]", "'[]'"), ("[^]", "'[^]'"), ("[a--b]", "'--'"),
    ("[[:alpha:]]", "'[:'"),
    (r"[\b]", r"'\b' within"), (r"\x01", "control"), (r"\u001f", "control"), ("\x01", "control"),
    (r"\x7f", "control"), (r"\v", "control"),
    (r"[\x01\x02]", "control"), ("a" * 2001, "2000 characters"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "reason"), REFUSED)
def test_what_cannot_be_given_to_the_engine(pattern: str, reason: str) -> None:
    """What it has not, what others read differently, and what no answer can have in it."""
    assert reason in (find_pattern_fault(pattern) or "")


@pytest.mark.parametrize(
    "pattern", [r"\n", r"\t", r"\x0a", r"\u000d", "\n", r"[\x00-\x1f]", r"[^\x00-\x1f\x7f]", r"\x20"]
)
def test_control_characters_that_can_be_written(pattern: str) -> None:
    """Line breaks and tabs have short escapes in JSON; in a set, the others do no harm."""
    assert find_pattern_fault(pattern) is None


PYDANTIC_DECIMAL = r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"


def test_lookahead_of_well_known_patterns() -> None:
    """Some that Pydantic and Zod generate are written without it."""
    assert find_pattern_fault(PYDANTIC_DECIMAL) is None
    assert "(?" not in translate_pattern(PYDANTIC_DECIMAL).replace("(?:", "")
    assert find_pattern_fault(PYDANTIC_DECIMAL + "x") is not None


@given(st.text(st.sampled_from(r"ab\[](){}^$.*+?|-&~:<>=!,0159sSdDwWpPuxbB kin" + "\n\x00é"), max_size=40))
def test_any_text_can_be_read(pattern: str) -> None:
    """Reading and writing never fail, whatever stands there."""
    find_pattern_fault(pattern)
    translate_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$" * 300, "[" * 2000, "(" * 2000, "\\" * 1999, "(?" * 1000, "[^]" * 600, "{1," * 600]
)
def test_patterns_are_never_run(pattern: str) -> None:
    """Those that take for ever elsewhere take no time here."""
    start = time.process_time()
    find_pattern_fault(pattern)
    translate_pattern(pattern)
    assert time.process_time() - start < 1
