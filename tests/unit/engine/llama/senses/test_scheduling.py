"""engine/llama/{sequence,scheduler,prefix_cache,plan}.py with pictures in prompts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.engine.llama.drafting.costs import StepCosts
from antiphon.engine.llama.drafting.drafter import Drafter
from antiphon.engine.llama.prefix_cache import Keep, Reuse
from antiphon.engine.llama.senses.embedding import without_names
from tests.unit.engine.llama.senses.layouts import KINDS, Kind, build_layout, build_picture, layouts
from tests.unit.engine.llama.senses.seeing import SeeingEngine, make_seeing, make_viewer
from tests.unit.engine.llama.test_scheduler import sizes

kinds = pytest.mark.parametrize("kind", KINDS)
A, B = (20, 1), (3, 4)
"""Columns and rows: 20 tokens, and 12."""


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_schedule_keeps_pictures_whole(data: st.DataObject) -> None:
    """Whatever comes, goes, is preempted, guessed, found again or kept: each token stands where it must, caches hold
    what they should, no part crosses a picture's border, no prefix ends within one, and everything ends once.
    """
    kind: Kind = data.draw(st.sampled_from(KINDS))
    can_cut = data.draw(st.sampled_from([True, True, False]))
    scheduler = make_seeing(
        num_slots=data.draw(st.integers(1, 4)),
        cache_tokens=data.draw(st.sampled_from([0, 300])),
        prompts=data.draw(st.sampled_from([2, 7, 16, 40])),
        costs=StepCosts({1: 10.0, 16: 20.0}) if can_cut else None,
        even_runs=can_cut and data.draw(st.booleans()),
        can_cut=can_cut,
    )
    engine, expected = SeeingEngine(scheduler), 0
    known = data.draw(st.lists(layouts(kind), min_size=1, max_size=3))
    for number in range(data.draw(st.integers(1, 8))):
        layout = data.draw(st.sampled_from(known) | layouts(kind))
        count, limit = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 30))
        tier = data.draw(st.sampled_from(("priority", "default", "flex", "flex")))
        explicit, namespace = data.draw(st.booleans()), data.draw(st.sampled_from("aab"))
        ends = [place for place in range(1, len(layout.tokens) + 1) if layout.placement.before(place) == place]
        breakpoints = tuple(sorted(data.draw(st.sets(st.sampled_from(ends), max_size=2))))
        ahead = data.draw(st.sampled_from([0, 0, 4]))
        for choice in range(count):
            sequence = make_viewer(
                str(number), layout, limit,
                choice=choice, tier=tier, ahead=ahead, explicit=explicit, namespace=namespace,
            )  # fmt: skip
            sequence.breakpoints = breakpoints
            sequence.drafter = Drafter(None, without_names(layout.tokens))
            engine.add(layout, sequence)
        expected += count
        for _ in range(data.draw(st.integers(0, 6))):
            if not scheduler.idle:
                engine.step()
    engine.run()
    assert len({id(sequence) for sequence in engine.ended}) == len(engine.ended) == expected


@kinds
def test_a_picture_is_a_part_of_its_own(kind: Kind) -> None:
    """Text before it, itself, and text behind it are computed one after another, also where one step has room for all:
    tokens and vectors are never in one run.
    """
    engine = SeeingEngine(make_seeing(prompts=60))
    layout = build_layout([1] * 5, build_picture(0, *B, kind), [2] * 4)
    engine.add(layout, make_viewer("a", layout))
    assert [sizes(engine.step()) for _ in range(3)] == [[(5, False)], [(12, False)], [(4, True)]]


def test_a_picture_that_is_seen_as_a_whole() -> None:
    """It is computed in one pass, though it is more than a step has for prompts; one that is not is divided."""
    for kind, parts in (("whole", [20]), ("line", [16, 4]), ("grid", [16, 4])):
        engine = SeeingEngine(make_seeing())
        layout = build_layout(build_picture(0, *A, kind), [2] * 4)
        engine.add(layout, make_viewer("a", layout))
        assert [sizes(engine.step()) for _ in parts] == [[(part, False)] for part in parts]


def test_whole_pictures_wait_for_each_other() -> None:
    """One that is more than is left of a step waits for the next, where it comes first; others go on meanwhile."""
    engine = SeeingEngine(make_seeing())
    seen = build_layout(build_picture(0, *A, "whole"), [2] * 4)
    text = build_layout([1] * 6)
    engine.add(text, make_viewer("text", text, limit=9))
    engine.add(seen, make_viewer("seen", seen, limit=9))
    assert [(part.sequence.request[1], part.num_tokens) for part in engine.step().parts] == [("text", 6)]
    other = build_layout(build_picture(1, *A, "whole"), [2] * 4)
    engine.add(other, make_viewer("other", other, limit=9))
    steps = [{part.sequence.request[1]: part.num_tokens for part in engine.step().parts} for _ in range(4)]
    assert steps == [
        {"text": 1, "seen": 20},
        {"text": 1, "seen": 4},
        {"text": 1, "seen": 1, "other": 20},
        {"text": 1, "seen": 1, "other": 4},
    ]


def test_whole_pictures_are_not_filled_up() -> None:
    """Where runs are of even length all others are; what fills one up would be seen by the picture."""
    picture = build_picture(0, 5, 1, "whole")
    for kind, padding in (("whole", 0), ("line", 1), ("grid", 1)):
        engine = SeeingEngine(make_seeing(even_runs=True))
        layout = build_layout([1] * 3, build_picture(0, 5, 1, kind), [2] * 3)
        engine.add(layout, make_viewer("a", layout))
        assert [engine.step().parts[0].padding for _ in range(3)] == [1, padding, 1]
    assert len(picture.names) % 2


@kinds
def test_choices_share_a_prompt_with_pictures(kind: Kind) -> None:
    """It is computed once, and taken over but for its last token."""
    engine = SeeingEngine(make_seeing(prompts=60))
    layout = build_layout([1, 2], build_picture(0, *B, kind), [1, 2, 0])
    choices = [make_viewer("r", layout, limit=9, choice=choice) for choice in range(4)]
    engine.add(layout, *choices)
    assert [sum(part.num_tokens for part in engine.step().parts) for _ in range(4)] == [2, 12, 3, 4]
    assert [sequence.num_cached for sequence in choices] == [0, 16, 16, 16]
    engine.run()


@kinds
@pytest.mark.parametrize(("behind", "found"), [
    ([5, 6, 7], 16),
    ([5, 1], 15),
    ([9, 9, 9], 14),
    ([9], 14),
])  # fmt: skip
def test_what_is_found_across_a_picture(kind: Kind, behind: list[int], found: int) -> None:
    """The same text with the same picture is found to the token, up to what is always computed: two tokens, or the one
    behind the picture, which never is computed with others.
    """
    engine = SeeingEngine(make_seeing())
    first = build_layout([1, 2], build_picture(0, *B, kind), [5, 6, 7, 8])
    engine.add(first, make_viewer("first", first, limit=1))
    engine.run()
    again = build_layout([1, 2], build_picture(0, *B, kind), [*behind, 3] if len(behind) > 1 else behind)
    sequence = make_viewer("again", again, limit=1)
    engine.add(again, sequence)
    engine.run()
    assert sequence.num_cached == found


@kinds
def test_another_picture_is_not_found(kind: Kind) -> None:
    """Only the text before it; nor is one that begins alike, if there were one, found in part."""
    engine = SeeingEngine(make_seeing())
    one, other = build_picture(0, *B, kind), build_picture(1, *B, kind)
    alike = other._replace(names=[*one.names[:6], *other.names[6:]])
    for number, (picture, found) in enumerate(((one, 0), (other, 2), (alike, 2), (one, 2))):
        layout = build_layout([1, 2], picture, [5, 6, 7, 8])
        sequence = make_viewer(str(number), layout, limit=1)
        engine.add(layout, sequence)
        engine.run()
        assert sequence.num_cached == found


@kinds
@pytest.mark.parametrize(("between", "runs"), [([5], [1, 12, 2]), ([5, 6], [12, 2]), ([5, 6, 7], [2, 12, 2])])
def test_what_is_found_before_a_picture(kind: Kind, between: list[int], runs: list[int]) -> None:
    """Between two pictures a token is alone in its run where it is the only one, and never else, whatever is found: so
    it is rounded as if nothing had been.
    """
    engine = SeeingEngine(make_seeing())
    one, other = build_picture(0, *B, kind), build_picture(1, *B, kind)
    first = build_layout([1, 2], one, [5, 6, 8, 8])
    engine.add(first, make_viewer("first", first, limit=1))
    engine.run()
    second = build_layout([1, 2], one, between, other, [3, 4])
    sequence = make_viewer("second", second, limit=1)
    engine.add(second, sequence)
    assert [part.num_tokens for _ in runs for part in engine.step().parts] == runs


@kinds
def test_other_tenants_pictures_are_not_found(kind: Kind) -> None:
    """How fast a picture is answered does not tell whether somebody else has sent it."""
    engine = SeeingEngine(make_seeing(cache_tokens=1000))
    layout = build_layout([1] * 40, build_picture(0, *B, kind), [5, 6, 7, 8])
    for number, (namespace, found) in enumerate((("a", 0), ("b", 0), ("a", 54))):
        sequence = make_viewer(str(number), layout, limit=1, namespace=namespace)
        engine.add(layout, sequence)
        engine.run()
        assert sequence.num_cached == found


@pytest.mark.parametrize("kind", ["line", "grid"])
def test_flex_loses_its_slot_in_the_middle_of_a_picture(kind: Kind) -> None:
    """It goes on from before the picture: what it had of that is computed again, and the rest found."""
    engine = SeeingEngine(make_seeing(num_slots=1, cache_tokens=1000))
    layout = build_layout([1] * 40, build_picture(0, *A, kind), [2] * 4)
    flex = make_viewer("flex", layout, limit=4, tier="flex")
    engine.add(layout, flex)
    while flex.num_computed < 50:
        engine.step()
    text = build_layout([0] * 40)
    engine.add(text, make_viewer("default", text, limit=2))
    while flex.num_computed:
        engine.step()
    assert flex in engine.scheduler.waiting
    while not flex.num_computed:
        engine.step()
    assert flex.num_computed == 40 + 2 and flex.num_cached == 0
    engine.run()
    assert flex.sampled == list(range(4))


@pytest.mark.parametrize("kind", ["line", "grid"])
def test_what_cannot_be_cut_is_given_up_in_the_middle_of_a_picture(kind: Kind) -> None:
    """A state that ends within a picture is of no use to anybody, whose slot it is and who lost it."""
    engine = SeeingEngine(make_seeing(num_slots=1, cache_tokens=1000, can_cut=False))
    layout = build_layout([1] * 40, build_picture(0, *A, kind), [2] * 4)
    flex = make_viewer("flex", layout, limit=4, tier="flex")
    engine.add(layout, flex)
    while flex.num_computed < 50:
        engine.step()
    engine.add(layout, make_viewer("default", layout, limit=2))
    plan = engine.step()
    assert plan.preparations == [Reuse(0, 0, 0)], "from the very beginning"
    engine.run()
    assert flex.sampled == list(range(4))


@kinds
@pytest.mark.parametrize(("behind", "end"), [([5] * 4, 54), ([5], 52)])
def test_checkpoints_beside_pictures(kind: Kind, behind: list[int], end: int) -> None:
    """Where a state cannot be cut it is kept at breakpoints beside a picture, and before what is always computed."""
    engine = SeeingEngine(make_seeing(cache_tokens=1000, can_cut=False))
    layout = build_layout([1] * 40, build_picture(0, *B, kind), behind)
    first = make_viewer("first", layout, limit=1)
    first.breakpoints = (40,)
    engine.add(layout, first)
    keeps = []
    while not engine.scheduler.idle:
        keeps += [step.length for step in engine.step().preparations if isinstance(step, Keep)]
    assert keeps == [40, end]
    changed = build_layout([1] * 40, build_picture(1, *B, kind), behind)
    for number, (prompt, found) in enumerate(((layout, end), (changed, 40))):
        sequence = make_viewer(str(number), prompt, limit=1)
        engine.add(prompt, sequence)
        engine.run()
        assert sequence.num_cached == found


@pytest.mark.parametrize("kind", ["line", "grid"])
def test_no_token_is_left_alone(kind: Kind) -> None:
    """A run of one is rounded otherwise: neither a text before a picture nor a picture is cut before its last token,
    unless it is all there is.
    """
    engine = SeeingEngine(make_seeing())
    layout = build_layout([1] * 17, build_picture(0, 17, 1, kind), [2])
    engine.add(layout, make_viewer("a", layout))
    parts = [sizes(engine.step()) for _ in range(5)]
    assert parts == [[(15, False)], [(2, False)], [(15, False)], [(2, False)], [(1, True)]]


@kinds
def test_positions_behind_a_picture(kind: Kind) -> None:
    """A token of an answer stands behind the prompt as far as the picture takes positions, not as it has tokens."""
    layout = build_layout([1, 2], build_picture(0, *B, kind), [1, 2])
    sequence = make_viewer("a", layout)
    taken = 4 if kind == "grid" else 12
    assert [sequence.position(length) for length in (0, 2, 14, 16, 20)] == [0, 2, 2 + taken, 4 + taken, 8 + taken]
    assert sequence.reuse(1, 0, 14) == Reuse(1, 0, 14, 6 if kind == "grid" else None)
    assert sequence.reuse(1, 0, 14).position == 2 + taken
