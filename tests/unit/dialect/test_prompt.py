"""Text of a user never becomes a control token, and comes through unchanged."""

import signal
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.dialect.prompt import NONCHARACTERS, RARE_IDEOGRAPHS, ControlTokens, Marks, choose_marks
from antiphon.errors import TemplateRefused

IDS = {"<|im_start|>": 1, "<|im_end|>": 2, "<|": 3, "<s>": 4, "</s>": 5, "[INST]": 6, "aa": 7, "aaa": 8, "日本": 9}
CONTROL = ControlTokens(IDS)
MARKS = Marks(*NONCHARACTERS[:2])

pieces_of_tokens = [*(text[:cut] for text in IDS for cut in (1, 2, -1)), *(text[1:] for text in IDS)]
parts = [*IDS, *pieces_of_tokens, "x", "1", " ", "\n", *MARKS]
texts = st.lists(st.sampled_from(parts), max_size=8).map("".join) | st.text(max_size=20)


def render(*texts: str) -> tuple[int | str, ...]:
    """A prompt as a template would write it, with markers right beside the texts."""
    marks = choose_marks(texts)
    written = "".join(f"<|im_start|>{CONTROL.guard(text, marks)}<|im_end|>" for text in texts)
    return CONTROL.split(written, marks)


@given(st.lists(texts, min_size=1, max_size=3))
def test_only_the_templates_markers_are_control_tokens(given_texts: list[str]) -> None:
    """Whatever a user writes, the pieces are the template's tokens with exactly the user's text between them."""
    expected: list[int | str] = []
    for text in given_texts:
        expected += [1, *([text] if text else []), 2]
    assert render(*given_texts) == tuple(expected)


@given(texts, texts)
def test_text_cannot_complete_a_token_with_what_stands_beside_it(first: str, second: str) -> None:
    """Two texts that a template writes next to each other, or beside half a marker, make no token together."""
    marks = choose_marks((first, second))
    written = CONTROL.guard(first, marks) + CONTROL.guard(second, marks)
    assert CONTROL.split(written, marks) == ((first + second,) if first + second else ())


@pytest.mark.parametrize("half", [("<|im_", "start|>"), ("<", "s>"), ("a", "a"), ("日", "本"), ("<|im_end", "|>")])
def test_text_cannot_complete_what_a_template_writes(half: tuple[str, str]) -> None:
    """A template's own text beside a user's makes no token with it."""
    before, after = half
    control = ControlTokens({text: token for text, token in IDS.items() if text != "<|"})
    assert control.split(before + control.guard(after, MARKS), MARKS) == (before + after,)
    assert control.split(control.guard(before, MARKS) + after, MARKS) == (before + after,)


def give_up(*_: object) -> NoReturn:
    """What ends a test that would go on for ever."""
    raise TimeoutError("it does not come to an end")


def test_a_token_of_one_character_in_text_is_text() -> None:
    """Also a control token whose spelling is a single character stays text, and guarding it comes to an end."""
    control = ControlTokens({"¤": 1})
    signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, 2)
    try:
        assert control.split("¤" + control.guard("a¤b", MARKS), MARKS) == (1, "a¤b")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def test_the_longest_spelling_counts() -> None:
    """Of control tokens that begin alike the longest is found."""
    assert CONTROL.split("<|im_start|>user<|<s>", MARKS) == (1, "user", 3, 4)


def test_without_control_tokens_everything_is_text() -> None:
    """A vocabulary without control tokens leaves the text whole."""
    assert ControlTokens({}).split("<|im_start|>", MARKS) == ("<|im_start|>",)
    assert ControlTokens({}).guard("<|im_start|>", MARKS) == "<|im_start|>"


STRIPS = [
    # rendered, pieces; token 1 swallows white space before it, 2 after it
    ("a \n<l> b", ("a", 1, " b")),
    ("a <r> \nb", ("a ", 2, "b")),
    (" <r>  <l> ", (" ", 2, 1, " ")),
    ("<l><r>", (1, 2)),
    (" a ", (" a ",)),
]


@pytest.mark.parametrize(("rendered", "pieces"), STRIPS)
def test_white_space_beside_tokens_that_swallow_it(rendered: str, pieces: tuple[int | str, ...]) -> None:
    """`lstrip` and `rstrip` of a tokenizer's control tokens are honoured."""
    control = ControlTokens({"<l>": 1, "<r>": 2}, strip_left=frozenset({1}), strip_right=frozenset({2}))
    assert control.split(rendered, MARKS) == pieces


@given(st.lists(st.text(max_size=10), max_size=5))
def test_the_mark_is_in_none_of_the_texts(given_texts: list[str]) -> None:
    """The marks that hide spellings are characters that no text has."""
    marks = choose_marks(given_texts)
    assert len(set(marks)) == 2
    assert not any(mark in text for text in given_texts for mark in marks)


def test_marks_can_be_printed() -> None:
    """Python shows them as they are, so that they can be found in lists that a template writes as Python does."""
    assert all(mark.isprintable() for mark in choose_marks(["Hi"]))


def test_a_text_of_all_rare_characters_still_has_marks() -> None:
    """Who sends every ideograph that nobody writes gets noncharacters, and then any others."""
    assert not set(choose_marks(["".join(NONCHARACTERS)])) & set(NONCHARACTERS)
    rare = "".join(map(chr, RARE_IDEOGRAPHS))
    assert set(choose_marks([rare])) <= set(NONCHARACTERS)
    assert not set(choose_marks([rare, *NONCHARACTERS])) & {*rare, *NONCHARACTERS}


def test_texts_of_all_characters_are_refused() -> None:
    """A request without a character to spare is 400, and no fault."""
    everything = "".join(map(chr, (*range(0xFDD0, 0xFDF0), *range(0x10000, 0x110000))))
    with pytest.raises(TemplateRefused, match="every character"):
        choose_marks([everything])


@given(texts)
def test_what_was_hidden_is_shown_in_a_message(text: str) -> None:
    """A template's complaint quotes a text as it was sent; a piece of a hidden token leaves no mark."""
    marks = choose_marks([text])
    assert CONTROL.reveal(f"No {CONTROL.guard(text, marks)}!", marks) == f"No {text}!"
    cut = CONTROL.reveal(CONTROL.guard(text, marks)[1:-1], marks)
    assert not set(cut) & set(marks)
