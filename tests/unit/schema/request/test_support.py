"""The table of what becomes of each field: complete, and of use to whoever is refused."""

import pytest

from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.support import TABLE

NEEDY = [row for row, support in TABLE.items() if support.needs]


def test_every_field_is_in_the_table() -> None:
    """What a request can say is told, field by field, and nothing else is."""
    assert {row for row in TABLE if not row.startswith("messages[]")} == set(CreateChatCompletion.model_fields)


@pytest.mark.parametrize("row", TABLE)
def test_every_row_says_what_the_field_does(row: str) -> None:
    """An effect is a sentence or more."""
    assert TABLE[row].effect.endswith(".")


@pytest.mark.parametrize("row", NEEDY)
def test_what_is_refused_comes_with_a_way_out(row: str) -> None:
    """A field is refused with something to do instead, or accepted as a hint; never both, never neither."""
    support = TABLE[row]
    assert bool(support.instead) != support.hint
    assert support.hint or support.instead.endswith(".")


@pytest.mark.parametrize("row", [row for row in TABLE if not TABLE[row].needs])
def test_what_is_honoured_needs_no_way_out(row: str) -> None:
    """A field that every engine honours is neither a hint nor refused."""
    support = TABLE[row]
    assert not (support.hint or support.instead or support.asks_nothing)
