"""What is made of replies."""

import pytest

from antiphon.bench.figures import (
    Draft,
    Outcome,
    compute_draft,
    compute_first_token,
    compute_throughput,
    judge_prediction,
)
from antiphon.bench.reply import Reply
from tests.unit.bench.replies import FAILED, REFUSED, build_reply


def test_throughput_counts_what_came_in_the_window() -> None:
    """Tokens that come after the window do not count, whole chunks of several tokens count for all of them, failed
    replies for none.
    """
    inside = build_reply([1.0, 2.0], completion_tokens=4)
    across = build_reply([3.0, 3.5, 4.5, 5.0], completion_tokens=4)
    figures = compute_throughput(2, [inside, across, FAILED], begin_s=0.0, end_s=4.0)
    assert (figures.num_streams, figures.tokens_per_s) == (2, (4 + 2) / 4)
    assert (figures.num_requests, figures.num_failed) == (3, 1)


def test_throughput_of_slow_streams() -> None:
    """Where no reply has ended in the window, it lasts until one has."""
    replies = [build_reply([3.0, 8.0], completion_tokens=2), build_reply([4.0, 10.0], completion_tokens=2)]
    assert compute_throughput(2, replies, begin_s=0.0, end_s=2.0).tokens_per_s == (2 + 1) / 8


def test_throughput_where_all_failed() -> None:
    """Nothing but failures is no tokens."""
    assert compute_throughput(1, [FAILED], begin_s=0.0, end_s=2.0).tokens_per_s == 0


def test_first_token_is_the_median_of_good_pairs() -> None:
    """Pairs of which one failed are left out; the gain is the ratio of the medians."""
    colds, warms = ([build_reply([time_s], prompt_tokens=99) for time_s in times] for times in ((4, 9, 6), (2, 1, 3)))
    warms[0].cached_tokens = 98
    figures = compute_first_token([*zip(colds, warms, strict=True), (FAILED, build_reply([1.0]))], asked_tokens=100)
    assert figures is not None
    assert (figures.prompt_tokens, figures.cold_s, figures.warm_s, figures.num_runs) == (99, 6, 2, 3)
    assert (figures.gain, figures.cached_tokens) == (3, 98)


def test_first_token_without_usage() -> None:
    """A server that reports no usage leaves the length that was asked for, and nothing is said of its cache."""
    figures = compute_first_token([(build_reply([2.0]), build_reply([1.0]))], asked_tokens=100)
    assert figures is not None and (figures.prompt_tokens, figures.cached_tokens) == (100, None)
    assert compute_first_token([(FAILED, FAILED)], asked_tokens=100) is None


def draft_of(*predicted: Reply) -> Draft:
    """Against an answer of 10 tokens in 2 s."""
    draft = compute_draft([build_reply([1.0, 2.0], completion_tokens=10, text="a")] * len(predicted), predicted)
    assert draft is not None
    return draft


def test_draft_gain() -> None:
    """The gain is of tokens per second; tokens that were predicted wrongly are not counted as output."""
    fast = build_reply([0.5, 1.0], completion_tokens=13, rejected_tokens=3, accepted_tokens=9, text="a")
    draft = draft_of(fast, fast)
    assert (draft.plain_per_s, draft.predicted_per_s, draft.gain) == (5, 10, 2)
    assert (draft.output_tokens, draft.accepted_tokens, draft.num_runs, draft.remark) == (10, 9, 2, "")


OUTCOMES: dict[str, tuple[Reply, Outcome, str]] = {
    "refused": (REFUSED, "refused", "no such field"),
    "failed": (FAILED, "failed", "HTTP 500"),
    "ignored": (build_reply([1.0], text="a", ignored="user, prediction"), "ignored", "ignores `prediction`"),
    "silent": (build_reply([1.0], text="a"), "used", "no accepted token"),
    "another answer": (build_reply([1.0], text="b", accepted_tokens=1), "used", "differ"),
    "good": (build_reply([1.0], text="a", accepted_tokens=1), "used", ""),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_became_of_a_prediction(name: str) -> None:
    """A prediction that the server refuses or ignores has no gain, and a reader is told what is doubtful."""
    reply, outcome, words = OUTCOMES[name]
    found, remark = judge_prediction([build_reply([1.0], text="a")], [reply])
    assert found == outcome
    assert words in remark and bool(words) == bool(remark)
    assert (draft_of(reply).gain is None) == (outcome != "used")


def test_no_draft_without_an_answer() -> None:
    """Where no plain answer came, there is nothing to compare with."""
    assert compute_draft([FAILED], [build_reply([1.0])]) is None
