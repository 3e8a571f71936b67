"""What an engine does not have: refused by its place with a way out, or named as ignored; never silent."""

from functools import partial
from itertools import pairwise
from typing import Any, get_args

import pytest

from antiphon.capability import Capability
from antiphon.completion.review import review as review_for
from antiphon.errors import UnsupportedParameter
from antiphon.schema.request.support import TABLE
from tests.unit.completion.cases import GATHERED, HINTS, NEUTRAL, REFUSED, REFUSED_TOOLS, Fields
from tests.unit.completion.requests import request
from tests.unit.schema.request.cases import RICH

ALL: frozenset[Any] = frozenset(get_args(Capability))
NONE: frozenset[Any] = frozenset()
OF_GATHERING = {"audio_input"}
"""What decides how a part is given to a model, and not whether."""
review = partial(review_for, who_can=lambda _: [])


def ask(fields: Fields) -> Any:
    """A request with these fields."""
    messages = fields.get("messages", ())
    return request(*messages, **{name: value for name, value in fields.items() if name != "messages"})


@pytest.mark.parametrize(("fields", "needs", "param"), [*REFUSED, *REFUSED_TOOLS])
def test_what_an_engine_does_not_have_is_refused(fields: Fields, needs: str, param: str) -> None:
    """400 `unsupported_parameter` at the place, with what to do instead; and nothing where the engine has it."""
    with pytest.raises(UnsupportedParameter) as caught:
        review(ask(fields), ALL - {needs})
    assert (caught.value.code, caught.value.param) == ("unsupported_parameter", param)
    assert any(support.instead in caught.value.message for support in TABLE.values() if support.needs == needs)
    assert review(ask(fields), ALL) == ()


@pytest.mark.parametrize(("able", "told"), [(["eye"], "A model that can is loaded: 'eye'."), ([], "No model that is")])
def test_who_can_see_is_named(able: list[str], told: str) -> None:
    """Where a model cannot see, the refusal names those in memory that can, or says that there is none."""
    fields, *_ = REFUSED[0]
    with pytest.raises(UnsupportedParameter, match=told):
        review_for(ask(fields), NONE, lambda needed: able if needed == "images" else ["nobody"])


@pytest.mark.parametrize(("fields", "needs", "rows"), HINTS)
def test_a_hint_is_named(fields: Fields, needs: str, rows: list[str]) -> None:
    """A hint that means nothing to an engine is named once, by its row; and not at all where the engine has it."""
    assert review(ask(fields), ALL - {needs}) == tuple(rows)
    assert review(ask(fields), NONE) == tuple(rows)
    assert review(ask(fields), ALL) == ()


@pytest.mark.parametrize("fields", [*NEUTRAL, *GATHERED])
def test_what_asks_for_nothing_needs_nothing(fields: Fields) -> None:
    """A value that is the same as leaving the field out, or a field that everybody honours, is never named."""
    assert review(ask(fields), NONE) == ()


@pytest.mark.parametrize("row", [row for row in TABLE if "." not in row])
def test_null_asks_for_nothing(row: str) -> None:
    """A field that is null is never refused and never named."""
    if row not in ("messages", "model"):
        assert review(ask({row: None}), NONE) == ()


@pytest.mark.parametrize("name", RICH)
def test_an_engine_that_has_everything_honours_everything(name: str) -> None:
    """Where an engine can do all, nothing is refused or ignored."""
    assert review(ask(RICH[name]), ALL) == ()


def test_what_is_refused_wins_over_hints() -> None:
    """A request that cannot be honoured is refused, whatever hints it has."""
    with pytest.raises(UnsupportedParameter):
        review(ask({"prompt_cache_key": "a", "web_search_options": {}, "service_tier": "flex"}), NONE)


def test_rows_are_named_in_the_order_of_the_table() -> None:
    """The same request always names the same rows in the same order."""
    fields = {"prompt_cache_key": "a", "service_tier": "flex", "reasoning_effort": "low"}
    named = review(ask(fields), NONE)
    rows = list(TABLE)
    assert all(rows.index(first) < rows.index(second) for first, second in pairwise(named))
    assert set(named) == set(fields)


def test_every_capability_decides_something() -> None:
    """There is no capability without a field, and each that there is, is tested here."""
    needed = {support.needs for support in TABLE.values() if support.needs}
    assert needed == set(ALL) - OF_GATHERING
    assert {needs for _, needs, _ in [*REFUSED, *REFUSED_TOOLS, *HINTS]} == needed
