"""engine/llama/drafting: drafter and trust."""

import pytest

from antiphon.engine.llama.drafting.draft import Draft
from antiphon.engine.llama.drafting.drafter import MOST_TOKENS, Drafter
from antiphon.engine.llama.drafting.trust import Share, Trust

TEXT = list(range(100, 160))


def test_a_draft_is_the_prediction() -> None:
    """Where the answer is in it, as much as is wanted and no more than makes sense."""
    drafter = Drafter(TEXT, None)
    draft = drafter.propose([], 5)
    assert draft and draft.tokens == tuple(TEXT[:5])
    draft = drafter.propose(TEXT[:3], 99)
    assert draft and draft.tokens == tuple(TEXT[3 : 3 + MOST_TOKENS])


def test_the_prompt_is_looked_through() -> None:
    """Without a prediction, and with one that does not know; so is what the answer has said itself."""
    assert Drafter(None, TEXT).propose([], 9) is None
    draft = Drafter(None, TEXT).propose([1, *TEXT[10:13]], 4)
    assert draft and draft.tokens == tuple(TEXT[13:17])
    draft = Drafter([7, 8, 9], TEXT).propose([*range(20), *TEXT[10:13]], 4)
    assert draft and draft.tokens == tuple(TEXT[13:17])
    draft = Drafter(None, TEXT).propose([1, 2, 3, 4, 5, 1, 2, 3], 2)
    assert draft and draft.tokens == (4, 5)


def test_only_predictions_are_counted() -> None:
    """Tokens of the prediction that were tried are accepted or rejected; those of the prompt are nobody's business."""
    drafter = Drafter(TEXT, None)
    drafter.propose([], 9)
    drafter.learn(5, 4)
    assert (drafter.num_accepted, drafter.num_rejected) == (4, 1)
    looking = Drafter(None, TEXT)
    looking.propose(TEXT[:3], 9)
    looking.learn(5, 4)
    assert (looking.num_accepted, looking.num_rejected) == (0, 0)


def test_a_prediction_is_tried_once() -> None:
    """Some of it at least, until some of it has been; the prompt is not."""
    drafter = Drafter(TEXT, None)
    for num_tried, least in ((0, 2), (0, 2), (2, 2), (0, 0)):
        draft = drafter.propose([], 9)
        assert draft and draft.least == least
        drafter.learn(num_tried, num_tried)
    draft = Drafter(None, TEXT).propose(TEXT[:3], 9)
    assert draft and draft.least == 0


def test_trust_grows_and_falls() -> None:
    """What came true makes the next draft more likely, what did not less; not being tried brings the prior back."""
    trust = Trust(first=0.5, following=0.5, weight=4)
    trust.learn(8, 8, settled=True)
    assert trust.following.value > 0.7 and trust.first.value == 0.5
    trust.learn(3, 0, settled=False)
    assert trust.first.value < 0.5
    before = trust.first.value
    for _ in range(500):
        trust.relax()
    assert before < trust.first.value == pytest.approx(0.5, abs=0.01)


def test_a_share_is_never_certain() -> None:
    """Whatever was seen, it stays between 0 and 1."""
    share = Share(0.5, 1)
    for _ in range(100):
        share.learn(31, failed=False)
    assert 0.9 < share.value < 1
    for _ in range(100):
        share.learn(0, failed=True)
    assert 0 < share.value < 0.1


def test_expected_tokens() -> None:
    """A pass gives one token, and each of the draft that came true with all before it."""
    draft = Draft((1, 2, 3), 0.5, 0.8)
    assert draft.expected(0) == 1
    assert draft.expected(1) == pytest.approx(1.5)
    assert draft.expected(3) == pytest.approx(1 + 0.5 * (1 + 0.8 + 0.64))
