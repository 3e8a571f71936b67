"""The cases against llama-server: throughput, a shared system prompt, several choices, a busy machine."""

import statistics
from collections.abc import Callable, Sequence

from antiphon.bench.client import ask
from antiphon.bench.reply import Reply
from antiphon.cores import usable_cores
from antiphon.errors import NoAnswer
from figures import compute_figures
from machine import keep_busy
from pairs.case import Case, Pair, Row, at_least, at_most
from pairs.contender import EIGHT, THIRTY_TWO, Contender, Slots
from pairs.ring import Ring

PROMPT_TOKENS = 64
SHARED_TOKENS, NUM_SHARING, SHARED_OUTPUT = 1000, 16, 32
CHOICES_TOKENS, NUM_CHOICES, CHOICES_OUTPUT = 1000, 8, 32
QUESTION_TOKENS = 48


def measure_streams(num_streams: int, *, is_busy: bool = False) -> Callable[[Ring], Sequence[Pair | None]]:
    """Output tokens per second of so many streams."""

    def measure(ring: Ring) -> Sequence[Pair | None]:
        prompts = ring.build_streams(num_streams, PROMPT_TOKENS)
        with keep_busy(usable_cores() if is_busy else 0):
            return [_pair(ring, lambda one: compute_figures(ring.run_round(one, prompts))["throughput"])]

    return measure


def measure_shared_prompt(ring: Ring) -> Sequence[Pair | None]:
    """Mean time to the first token of requests sent together, which share a system prompt that is new."""
    system = {"role": "system", "content": ring.build_prompt(SHARED_TOKENS)}
    users = [{"role": "user", "content": ring.build_prompt(QUESTION_TOKENS)} for _ in range(NUM_SHARING)]
    bodies = [ring.build_body(system, user, max_tokens=SHARED_OUTPUT) for user in users]
    return [_pair(ring, lambda one: _mean_first_token(ring.ask_together(one, bodies)))]


def measure_choices(ring: Ring) -> Sequence[Pair | None]:
    """Time until the last of several choices of one long prompt is whole."""
    user = {"role": "user", "content": ring.build_prompt(CHOICES_TOKENS)}
    body = ring.build_body(user, max_tokens=CHOICES_OUTPUT)
    together, alone = [{**body, "n": NUM_CHOICES}], [body] * NUM_CHOICES

    def measure(contender: Contender) -> float | None:
        has_n = contender is ring.ours or _knows_n(ring, contender)
        if contender is ring.theirs:
            ring.remark(f"llama-server's choices: {'its own n' if has_n else f'{NUM_CHOICES} requests at once'}")
        return _whole_time(ring.ask_together(contender, together if has_n else alone))

    return [_pair(ring, measure)]


def _knows_n(ring: Ring, contender: Contender) -> bool:
    """Whether it gives two choices where two are asked for."""
    body = {**ring.build_body({"role": "user", "content": "Hi"}, max_tokens=2), "n": 2, "stream": False}
    del body["stream_options"]
    try:
        answer = ring.loop.run(
            ask(contender.server, "POST /chat/completions", body=body, timeout_s=ring.generation.timeout_s)
        )
    except NoAnswer:
        return False
    return len(answer.get("choices", ())) == 2


def _pair(ring: Ring, measure: Callable[[Contender], float | None]) -> Pair | None:
    """Ours, then theirs."""
    assert ring.theirs
    ours, theirs = measure(ring.ours), measure(ring.theirs)
    return Pair(ours, theirs) if ours and theirs else None


def _mean_first_token(replies: Sequence[Reply]) -> float | None:
    times = [reply.first_token_s for reply in replies if not reply.error]
    return statistics.fmean(times) if times else None


def _whole_time(replies: Sequence[Reply]) -> float | None:
    """None when one of them failed: the others had it easier."""
    if any(reply.error for reply in replies):
        return None
    return max(reply.ended_s for reply in replies) - min(reply.started_s for reply in replies)


def _streams(num_streams: int, bound: float, *, slots: Slots) -> Case:
    row = Row(f"output of {num_streams} stream{'s' if num_streams > 1 else ''}", "tokens/s", at_least(bound))
    return Case(f"streams-{num_streams}", (row,), slots, has_theirs=True, measure=measure_streams(num_streams))


def _busy(num_streams: int) -> Case:
    title = f"output of {num_streams} stream{'s' if num_streams > 1 else ''}, every core busy"
    measure = measure_streams(num_streams, is_busy=True)
    return Case(f"busy-{num_streams}", (Row(title, "tokens/s", at_least(10)),), EIGHT, has_theirs=True, measure=measure)


SHARED = Row(f"first token of {NUM_SHARING} with one system prompt, mean", "s", at_most(0.5))
CHOICES = Row(f"{NUM_CHOICES} choices of a {CHOICES_TOKENS}-token prompt, whole", "s", at_most(0.5))
CASES = (
    _streams(1, 1.0, slots=EIGHT),
    _streams(8, 1.05, slots=EIGHT),
    _streams(32, 1.1, slots=THIRTY_TWO),
    Case("shared-prompt", (SHARED,), EIGHT, has_theirs=True, measure=measure_shared_prompt),
    Case("choices", (CHOICES,), EIGHT, has_theirs=True, measure=measure_choices),
    _busy(1),
    _busy(8),
)
