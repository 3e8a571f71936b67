"""engine/llama/drafting/costs.py: how much of which draft is worth a try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.llama.drafting.costs import LENGTHS, StepCosts, choose_drafts
from antiphon.engine.llama.drafting.draft import Draft

CHEAP = StepCosts({1: 10.0, 32: 12.0})
"""Of memory: more tokens cost nothing."""
DEAR = StepCosts({1: 10.0, 2: 20.0, 32: 320.0})
"""Of arithmetic: each token costs as much as a step."""
MIXED = StepCosts({1: 10.0, 2: 13.0, 4: 18.0, 8: 30.0, 16: 60.0, 32: 120.0})
SURE = Draft(tuple(range(31)), 0.99, 0.99)


def test_costs_between_and_behind() -> None:
    """Between measured numbers of tokens is a straight line, and it goes on behind them."""
    assert [MIXED.of_pass(count) for count in (1, 2, 3, 8, 12, 64)] == pytest.approx([10, 13, 15.5, 30, 45, 240])


def test_unequal_runs_take_more_passes() -> None:
    """As many tokens of all as the shortest has, then what the others have more."""
    assert MIXED.of_step([1, 1, 1, 1]) == pytest.approx(18)
    assert MIXED.of_step([1, 4]) == pytest.approx(MIXED.of_pass(2) + MIXED.of_pass(3))
    assert MIXED.of_step([2, 4, 4]) == pytest.approx(MIXED.of_pass(6) + MIXED.of_pass(4))


def test_a_draft_is_as_long_as_it_pays() -> None:
    """All of it where tokens are free, none where each costs a step, and between them by how likely it is."""
    assert choose_drafts(CHEAP, [1], [SURE], 99) == [31]
    assert choose_drafts(DEAR, [1], [SURE], 99) == [0]
    lengths = [choose_drafts(MIXED, [1], [Draft(SURE.tokens, p, p)], 99)[0] for p in (0.1, 0.5, 0.8, 0.99)]
    assert lengths[0] == 0 and lengths == sorted(lengths) and lengths[-1] > 5


def test_an_unlikely_draft_does_not_spoil_a_likely_one() -> None:
    """In company those are left out whose first token is hardly right."""
    unlikely = Draft(SURE.tokens, 0.02, 0.5)
    assert choose_drafts(MIXED, [1, 1], [SURE, unlikely], 99)[1] == 0
    assert choose_drafts(CHEAP, [1, 1, 1], [SURE, None, SURE], 99) == [31, 0, 31]


def test_what_must_be_tried_is() -> None:
    """Whatever it costs, where there is room; more of it where that pays."""
    new = Draft(SURE.tokens, 0.5, 0.85, least=2)
    assert choose_drafts(DEAR, [1], [new], 99) == [2]
    assert choose_drafts(DEAR, [1, 1], [None, new], 99) == [0, 2]
    assert choose_drafts(CHEAP, [1], [new], 99)[0] > 2
    assert choose_drafts(DEAR, [1], [new._replace(tokens=(7,))], 99) == [1]
    assert choose_drafts(DEAR, [1, 1], [new, new], 3) == [0, 0]


def test_room() -> None:
    """A step has no more tokens than there is room for."""
    assert choose_drafts(CHEAP, [1], [SURE], 10) == [9]
    assert choose_drafts(CHEAP, [1], [SURE], 0) == [0]


@given(
    firsts=st.lists(st.none() | st.floats(0.01, 0.99), min_size=1, max_size=8),
    room=st.integers(-5, 60),
    costs=st.sampled_from([CHEAP, DEAR, MIXED]),
)
def test_no_choice_is_worse_than_none(firsts: list[float | None], room: int, costs: StepCosts) -> None:
    """What is chosen fits, and gives more tokens per second than no draft at all."""
    drafts = [None if first is None else Draft(SURE.tokens[:20], first, 0.8) for first in firsts]
    lengths = [1] * len(drafts)
    counts = choose_drafts(costs, lengths, drafts, room)
    assert sum(counts) <= max(room, 0) and all(count in (0, *LENGTHS, 20) for count in counts)
    expected = sum(draft.expected(count) if draft else 1 for draft, count in zip(drafts, counts, strict=True))
    rate = expected / costs.of_step([1 + count for count in counts])
    assert rate >= len(drafts) / costs.of_step(lengths)


def test_chunks_by_time() -> None:
    """Prompts are cut to what is computed in time: a power of two, and never less than the least."""
    assert MIXED.most_tokens(100, least=4, most=512) == 16
    assert MIXED.most_tokens(1, least=4, most=512) == 4
    assert CHEAP.most_tokens(100, least=4, most=512) == 512
