"""What is known of tokens travels with their text: each exactly once, in order, never early and never late."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.dialect.reading.reader import Reader
from antiphon.dialect.reading.scanner import Segment
from tests.unit.dialect.families import FAMILIES
from tests.unit.dialect.reading.answers import NONE, control_of, cut, form_of, reading_of, rows_of, tokens_of

TEXTS = ("Hello", " \n", "<tool", "_call>", "<|tool_", "[TOOL", "_CALLS]", "{", "é", "\n\n", " x", "<think", "")


def push_all(reader: Reader, tokens: list[str]) -> list[list[Segment]]:
    """What comes of each token, whose entry is its number, and at last of the end."""
    return [*(reader.push(token, number) for number, token in enumerate(tokens)), reader.finish()]


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=25)
@given(st.data())
def test_each_entry_comes_out_once_and_in_order(family: str, data: st.DataObject) -> None:
    """However the answer is cut into tokens, and wherever it ends; never before the token has come."""
    row, thinks = data.draw(st.sampled_from(rows_of(family)))
    control = data.draw(st.sampled_from([NONE, control_of(family)]))
    reader = Reader(reading_of(family, thinks=thinks), control)
    letters = tokens_of(row[0], reader, control)
    whole = "".join(letters[: data.draw(st.integers(1, len(letters)))])
    tokens = cut(whole, data.draw(st.sets(st.integers(1, len(whole)), max_size=12)))
    steps = push_all(reader, tokens)
    entries = [[entry for segment in segments for entry in segment.entries] for segments in steps]
    assert [entry for step in entries for entry in step] == list(range(len(tokens)))
    assert all(entry <= number for number, step in enumerate(entries) for entry in step)


@pytest.mark.parametrize("family", [family for family in FAMILIES if not form_of(family).channels])
@settings(max_examples=25)
@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=10))
def test_entries_of_text_come_with_the_text(family: str, tokens: list[str]) -> None:
    """An entry comes out when all of its token's text does: not while some is held back, and no later."""
    reader = Reader(reading_of(family), NONE)
    told, num_letters = 0, 0
    for segments in push_all(reader, [*tokens, "!"]):
        num_letters += sum(len(segment.text) for segment in segments)
        told += sum(len(segment.entries) for segment in segments)
        assert len("".join(tokens[:told])) <= num_letters
        complete = "".join(tokens[: told + 1])
        assert len(complete) > num_letters or told >= len(tokens) or not tokens[told]


CALL = [
    # token, what it gives: kind, text, entries
    ("<think>", []),
    ("\nHm", [("reasoning", "Hm", [0, 1])]),
    (".\n", [("reasoning", ".", [])]),
    ("</think>", []),
    ("\n\n", []),
    ("I look", [("text", "I look", [2, 3, 4, 5])]),
    (".\n", [("text", ".", [])]),
    ("<tool_call>", []),
    ('\n{"name": "', []),
    ("now", []),
    ('", "arguments": {', [("function", "now", []), ("arguments", "{", [6, 7, 8, 9, 10])]),
    ("}", [("arguments", "}", [11])]),
    ("}\n</tool_call>", []),
]


def test_entries_of_markers_come_with_what_is_said_next() -> None:
    """Tokens that say nothing are told with the next that say something, or at the end with the last."""
    reader = Reader(reading_of("qwen"), NONE)
    given = [
        [(segment.kind, segment.text, segment.entries) for segment in reader.push(token, number)]
        for number, (token, _) in enumerate(CALL)
    ]
    assert given == [said for _, said in CALL]
    assert reader.finish() == [Segment("arguments", "", [12])]


def test_a_character_of_two_tokens_is_complete_with_the_second() -> None:
    """A token that ends within a character waits for the rest of it."""
    reader = Reader(reading_of("hermes"), NONE)
    assert reader.push("a", 0, partial=True) == [Segment("text", "a", [])]
    assert reader.push("", 1, partial=True) == []
    assert reader.push("🙂", 2) == [Segment("text", "🙂", [0, 1, 2])]
    assert reader.push("b", 3, partial=True) == [Segment("text", "b", [])]
    assert reader.finish() == [Segment("text", "", [3])]


def test_a_reader_says_when_it_thinks() -> None:
    """From the marker that begins a thought to the one that ends it, so that its tokens can be counted."""
    reader = Reader(reading_of("qwen"), NONE)
    thinking = [
        bool(reader.push(token)) * 0 or reader.thinking_now for token in ("<thi", "nk>", "Hm.", "</think>", "Yes")
    ]
    assert thinking == [False, True, True, False, False]
    assert Reader(reading_of("qwen", thinks=True), NONE).thinking_now
