"""Other ways in which models are known to write calls, and ways that nobody reads."""

import pytest

from antiphon.dialect.reading.reader import Reader
from tests.unit.dialect.outputs import UNREAD, VARIANTS, Row
from tests.unit.dialect.reading.answers import MARK, control_of, parts_of, read, reading_of, tokens_of

READ = [(family, row) for family, rows in VARIANTS.items() for row in rows]
LEFT_OUT = [(family, row) for family, rows in UNREAD.items() for row in rows]


@pytest.mark.parametrize(("family", "row"), READ)
def test_a_variant_means_what_the_table_says(family: str, row: Row) -> None:
    """Whole, by characters, and with the markers as control tokens."""
    reading, control = reading_of(family), control_of(family)
    tokens = tokens_of(row[0], Reader(reading, control), control)
    assert parts_of(read(reading, [row[0]])) == row[1]
    assert parts_of(read(reading, row[0])) == row[1]
    assert parts_of(read(reading, tokens, control)) == row[1]


@pytest.mark.parametrize(("family", "row"), LEFT_OUT)
def test_what_is_left_out_is_text(family: str, row: Row) -> None:
    """It is said as it was written, but for markers that are tokens; it is never taken for another call."""
    reading, control = reading_of(family), control_of(family)
    tokens = tokens_of(row[0], Reader(reading, control), control)
    assert parts_of(read(reading, row[0])) == row[1]
    assert read(reading, tokens, control) == [("text", MARK.sub("", row[0]))]


OTHERS = [
    ("hermes", '<tool_call>\n{"name": "launch", "arguments": {}}\n</tool_call>'),
    ("hermes", '<tool_call>\n{"name": "", "arguments": {}}\n</tool_call>'),
    ("hermes", '<tool_call>\n{"na me": "now", "arguments": {}}\n</tool_call>'),
    ("hermes", '< tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>'),
    ("llama", 'See {"name": "now", "parameters": {}}'),
    ("llama", '{"name": "launch", "parameters": {}}'),
    ("mistral", "[TOOL_CALLS]launch[ARGS]{}"),
    ("glm", "<tool_call>launch\n</tool_call>"),
    ("glm", "Write <tool_call>, a name, and </tool_call>."),
    ("qwen3_coder", "The syntax is <function=NAME>."),
    ("lfm2", "<|tool_call_start|>[launch()]<|tool_call_end|>"),
    ("kimi", "<|tool_calls_section_begin|><|tool_call_begin|>launch:0<|tool_call_argument_begin|>{}<|tool_call_end|>"),
]


@pytest.mark.parametrize(("family", "output"), OTHERS)
def test_what_calls_no_tool_that_there_is_is_text(family: str, output: str) -> None:
    """A name that nobody gave calls nothing, nor do markers in prose: all of it is said as it was written."""
    assert read(reading_of(family), output) == [("text", output)]


def test_without_tools_nothing_is_a_call() -> None:
    """Where no tool may be called markers are text; reasoning is reasoning all the same."""
    reading = reading_of("qwen")
    alone = type(reading)(form="hermes", thinking=reading.thinking)
    call = '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>'
    assert read(alone, f"<think>Hm.</think>\n\n{call}") == [("reasoning", "Hm."), ("text", call)]


def test_a_thought_is_opened_once() -> None:
    """A model that opens the thought that its prompt has opened already has not thought the marker."""
    reading = reading_of("qwen", thinks=True)
    assert read(reading, "<think>\nHm.\n</think>\n\nYes.") == [("reasoning", "Hm."), ("text", "Yes.")]
    assert read(reading_of("qwen"), "< think >Hm.</think>") == [("text", "< think >Hm.</think>")]
