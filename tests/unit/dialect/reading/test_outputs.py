"""What models of each family write is read as what it means, however it is cut into tokens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.dialect.reading.reader import Reader
from tests.unit.dialect.families import FAMILIES
from tests.unit.dialect.outputs import Row
from tests.unit.dialect.reading.answers import (
    CASES,
    IDS,
    control_of,
    cut,
    parts_of,
    read,
    reading_of,
    rows_of,
    tokens_of,
)

rows = pytest.mark.parametrize(("family", "row", "thinks"), CASES, ids=IDS)


@rows
def test_an_output_means_what_the_table_says(family: str, row: Row, thinks: bool) -> None:
    """Read whole, one character after the other, and in tokens of several lengths."""
    reading = reading_of(family, thinks=thinks)
    whole = read(reading, [row[0]])
    assert parts_of(whole) == row[1]
    for length in (1, 2, 3, 5, 8):
        assert read(reading, cut(row[0], range(length, len(row[0]), length))) == whole


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=25)
@given(st.data())
def test_where_it_is_cut_makes_no_difference(family: str, data: st.DataObject) -> None:
    """Any split of the same text gives the same segments, in other pieces."""
    row, thinks = data.draw(st.sampled_from(rows_of(family)))
    places = data.draw(st.sets(st.integers(1, len(row[0])), max_size=8))
    reading = reading_of(family, thinks=thinks)
    assert read(reading, cut(row[0], places)) == read(reading, [row[0]])


@rows
def test_control_tokens_are_read_as_tokens(family: str, row: Row, thinks: bool) -> None:
    """Where the vocabulary has the markers, they mean the same."""
    reading, control = reading_of(family, thinks=thinks), control_of(family)
    tokens = tokens_of(row[0], Reader(reading, control), control)
    assert parts_of(read(reading, tokens, control)) == row[1]


SPELLED = [case for case in CASES if case[0] not in ("harmony", "llama", "qwen3_coder")]
"""Without those of which some markers are plain text always, and Harmony, where all text has a header of tokens."""


@pytest.mark.parametrize(("family", "row", "thinks"), SPELLED)
def test_what_only_looks_like_a_control_token_is_text(family: str, row: Row, thinks: bool) -> None:
    """Where the vocabulary has the markers, the same letters mean nothing: they are said as they are."""
    reading, control = reading_of(family, thinks=thinks), control_of(family)
    kind = "reasoning" if thinks else "text"
    assert read(reading, row[0], control) == [(kind, row[0].lstrip() if thinks else row[0])]
