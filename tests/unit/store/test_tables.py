"""Text on its way into a database that has no NUL, and back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from antiphon.store.tables import AnyText

DIALECTS = [sqlite.dialect(), postgresql.dialect()]
NASTY = st.text(alphabet=st.sampled_from("\\\0" + "0n%a")) | st.text()

BOUND = {"": "", "a": "a", "\0": "\\0", "\\": "\\\\", "\\0": "\\\\0", "\\\0": "\\\\\\0", "é😀'%_": "é😀'%_"}


def bind(text: str | None, dialect: object) -> str | None:
    return AnyText().process_bind_param(text, dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("text", BOUND)
def test_bound(text: str, dialect: object) -> None:
    """NUL is written as a backslash and a zero, a backslash twice, and everything else as it is."""
    assert bind(text, dialect) == BOUND[text]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_none(dialect: object) -> None:
    """No text stays none."""
    assert bind(None, dialect) is None
    assert AnyText().process_result_value(None, dialect) is None


@given(NASTY)
@example("\\\\0\0\\\0\0")
def test_round_trip(text: str) -> None:
    """Every text comes back exactly, and what is bound never has a NUL."""
    for dialect in DIALECTS:
        bound = bind(text, dialect)
        assert bound is not None
        assert "\0" not in bound
        assert AnyText().process_result_value(bound, dialect) == text


@given(NASTY, NASTY)
def test_different_texts_stay_different(one: str, other: str) -> None:
    """What is looked up finds itself only."""
    assert (bind(one, DIALECTS[0]) == bind(other, DIALECTS[0])) == (one == other)
