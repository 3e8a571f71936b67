"""What was measured, as values, and the arithmetic that makes them of replies.

It knows no server and prints nothing. Times are in seconds. Invariant: a failed reply adds to no figure.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from antiphon.bench.reply import Reply

Outcome = Literal["used", "ignored", "refused", "failed"]
"""What became of a prediction."""
BAD_REQUEST = 400


@dataclass(frozen=True)
class Throughput:
    """Streams kept running side by side. num_failed: of `num_requests`."""

    num_streams: int
    tokens_per_s: float
    num_requests: int
    num_failed: int


@dataclass(frozen=True)
class FirstToken:
    """Time to the first token, medians of `num_runs`: of a new prompt, and of the same once more. cached_tokens: what
    the server said that it need not compute again; None when it says nothing.
    """

    prompt_tokens: int
    cold_s: float
    warm_s: float
    num_runs: int
    cached_tokens: int | None

    @property
    def gain(self) -> float:
        """How many times as fast the cache makes the first token."""
        return self.cold_s / self.warm_s


@dataclass(frozen=True)
class Draft:
    """One answer, without and with itself as `prediction`: medians of `num_runs`, over the time from the request to the
    end. remark: a sentence on what is doubtful about it.
    """

    output_tokens: int
    plain_per_s: float
    predicted_per_s: float | None
    num_runs: int
    accepted_tokens: int
    outcome: Outcome
    remark: str

    @property
    def gain(self) -> float | None:
        """How many times as fast the prediction makes the answer; None where it was not used."""
        if self.outcome != "used" or self.predicted_per_s is None:
            return None
        return self.predicted_per_s / self.plain_per_s


@dataclass(frozen=True)
class Measured:
    """All of one run. skipped: what was not measured and why, in sentences. answer_tokens, prompt_tokens: those of the
    requests of `throughputs`.
    """

    throughputs: tuple[Throughput, ...]
    first_tokens: tuple[FirstToken, ...]
    draft: Draft | None
    skipped: tuple[str, ...]
    answer_tokens: int
    prompt_tokens: int
    took_s: float


def compute_throughput(num_streams: int, replies: Sequence[Reply], *, begin_s: float, end_s: float) -> Throughput:
    """Tokens that came in the window, over its length. After it, streams end one by one; that is not counted. Where no
    reply has ended in it, the window lasts until one has.
    """
    good = [reply for reply in replies if not reply.error]
    end_s = max(end_s, min((reply.ended_s for reply in good), default=end_s))
    tokens = sum(count_tokens(reply, end_s) for reply in good)
    num_failed = sum(reply.error is not None for reply in replies)
    return Throughput(num_streams, tokens / (end_s - begin_s), len(replies), num_failed)


def count_tokens(reply: Reply, end_s: float) -> float:
    """Tokens that came until then. A chunk may hold several: each counts for its share of the reply's."""
    share = sum(arrival_s <= end_s for arrival_s in reply.arrivals_s) / len(reply.arrivals_s)
    return reply.output_tokens * share


def compute_first_token(pairs: Sequence[tuple[Reply, Reply]], *, asked_tokens: int) -> FirstToken | None:
    """Of pairs of a new prompt and the same once more; None when all of them failed."""
    good = [(cold, warm) for cold, warm in pairs if not cold.error and not warm.error]
    if not good:
        return None
    cached = [warm.cached_tokens for _, warm in good if warm.cached_tokens is not None]
    return FirstToken(
        prompt_tokens=good[0][0].prompt_tokens or asked_tokens,
        cold_s=statistics.median(cold.first_token_s for cold, _ in good),
        warm_s=statistics.median(warm.first_token_s for _, warm in good),
        num_runs=len(good),
        cached_tokens=round(statistics.median(cached)) if cached else None,
    )


def compute_speed(replies: Sequence[Reply]) -> float | None:
    """Median of the tokens per second of whole replies, the prompt's time with them; None of no good ones."""
    speeds = [reply.output_tokens / reply.took_s for reply in replies if not reply.error]
    return statistics.median(speeds) if speeds else None


def compute_draft(plain: Sequence[Reply], predicted: Sequence[Reply]) -> Draft | None:
    """None when the server gave no plain answer."""
    speed = compute_speed(plain)
    if speed is None:
        return None
    good = [reply for reply in predicted if not reply.error]
    outcome, remark = judge_prediction(plain, predicted)
    return Draft(
        output_tokens=round(statistics.median(reply.output_tokens for reply in plain if not reply.error)),
        plain_per_s=speed,
        predicted_per_s=compute_speed(predicted),
        num_runs=len(plain),
        accepted_tokens=round(statistics.median(reply.accepted_tokens for reply in good)) if good else 0,
        outcome=outcome,
        remark=remark,
    )


def judge_prediction(plain: Sequence[Reply], predicted: Sequence[Reply]) -> tuple[Outcome, str]:
    """What became of it, and what a reader must know."""
    if wrong := next((reply for reply in predicted if reply.error), None):
        return ("refused" if wrong.status == BAD_REQUEST else "failed"), f"{wrong.error}"
    if any("prediction" in reply.ignored for reply in predicted):
        return "ignored", "The server says that it ignores `prediction`."
    if not any(reply.accepted_tokens for reply in predicted):
        return "used", "The server reports no accepted token of the prediction; perhaps it ignores it."
    texts = {reply.text for reply in (*plain, *predicted) if not reply.error}
    return "used", "The answers with and without prediction differ." if len(texts) > 1 else ""
