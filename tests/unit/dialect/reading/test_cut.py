"""An answer that is cut off says a part of what it would have said, and nothing of the format."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.reader import Reader
from tests.unit.dialect.outputs import Row
from tests.unit.dialect.reading.answers import (
    CASES,
    ROWS_OF_VARIANTS,
    Merged,
    control_of,
    form_of,
    markers_of,
    read,
    reading_of,
    tokens_of,
)

EVERY = [*CASES, *((family, row, False) for family, row in ROWS_OF_VARIANTS)]
STRIDE = 3
"""Rows are of all lengths, so they are cut at all kinds of places all the same."""
IN_LETTERS = [case for case in EVERY if not form_of(case[0]).channels]
"""Harmony's markers are tokens always."""


@pytest.mark.parametrize(("family", "row", "thinks"), IN_LETTERS, ids=map(str, range(len(IN_LETTERS))))
def test_a_cut_answer_says_no_more(family: str, row: Row, thinks: bool) -> None:
    """Beginnings of every row: what it says is a beginning of what the whole says. A call begins when its name is
    whole, and arguments are neither closed nor repaired.
    """
    reading, markers = reading_of(family, thinks=thinks), markers_of(family)
    whole = read(reading, [row[0]])
    for end in range(len(row[0]) % STRIDE, len(row[0]), STRIDE):
        said = read(reading, [row[0][:end]])
        if form_of(family).first and said == [("text", row[0][:end])]:
            continue  # JSON may be text until it is certain that it calls
        assert begins(without_rest(said, markers), whole), (row[0][:end], said)


@pytest.mark.parametrize(("family", "row", "thinks"), EVERY, ids=map(str, range(len(EVERY))))
def test_cut_between_control_tokens(family: str, row: Row, thinks: bool) -> None:
    """The same, and markers that are tokens are never said, not even in part."""
    reading, control = reading_of(family, thinks=thinks), control_of(family)
    markers = list(filter(is_plain(control), markers_of(family)))
    tokens = tokens_of(row[0], Reader(reading, control), control)
    whole = read(reading, tokens, control)
    for end in range(len(tokens) % STRIDE, len(tokens), STRIDE):
        said = read(reading, ["".join(tokens[:end])], control)
        if not (form_of(family).first and said and said[0][0] == "text"):
            assert begins(without_rest(said, markers), whole), (tokens[:end], said)
        assert not any("\ud800" <= letter <= "\udfff" for _, text in said for letter in text)


@pytest.mark.parametrize(("family", "row", "thinks"), EVERY, ids=map(str, range(len(EVERY))))
def test_where_only_calls_may_come_nothing_else_is_said(family: str, row: Row, thinks: bool) -> None:
    """A beginning of a call that is cut is no text, and neither is what stands between calls."""
    control = control_of(family)
    reading = replace(reading_of(family, thinks=thinks), must_call=True)
    tokens = tokens_of(row[0], Reader(reading, control), control)
    whole = read(reading, tokens, control)
    if not any(kind in ("function", "custom") for kind, _ in whole):
        return  # no answer that a grammar for calls allows
    for end in range(len(tokens)):
        said = read(reading, ["".join(tokens[:end])], control)
        assert all(kind != "text" for kind, _ in said), (tokens[:end], said)


def is_plain(control: ControlTokens) -> Callable[[str], bool]:
    """Tells markers that have no token."""
    return lambda marker: control.pattern.search(marker) is None


def without_rest(said: Merged, markers: list[str]) -> Merged:
    """Without the beginning of a marker at the end, which could have been text."""
    if not said or said[-1][0] not in ("text", "reasoning"):
        return said
    kind, text = said[-1]
    at = next((at for at in range(len(text)) if any(is_part(text[at:], marker) for marker in markers)), len(text))
    return [*said[:-1], (kind, text[:at])] if text[:at].strip() else said[:-1]


def is_part(text: str, marker: str) -> bool:
    """Whether this is the beginning of a marker, and no more than that."""
    return text != marker and marker.startswith(text)


def begins(said: Merged, whole: Merged) -> bool:
    """Whether the one is the beginning of the other, apart from white space at the end."""
    if not said:
        return True
    *before, (kind, text) = said
    place = len(before)
    return (
        before == whole[:place]
        and place < len(whole)
        and whole[place][0] == kind
        and (whole[place][1] == text if kind in ("function", "custom") else whole[place][1].startswith(text.rstrip()))
    )
