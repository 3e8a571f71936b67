"""The cases against ourselves: what a prediction, the cache on disk and tiers change, and what rest costs."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

from antiphon.bench.client import ask, open_single_use_client, stream_reply
from antiphon.bench.prompts import WORDS
from antiphon.bench.reply import Reply
from figures import compute_percentile
from pairs.case import Case, Pair, Row, at_least, at_most
from pairs.ceiling import find_ceiling, read_costs
from pairs.contender import EIGHT
from pairs.ring import Ring

PROMPT_TOKENS = 64
PREDICTED_TOKENS, WRONG_EVERY = 400, 20
STEADY, SHORTEST = ("--deterministic", "--no-draft"), 2
"""So that no prediction changes the text, and the answer is not looked for elsewhere; every run has two tokens then."""
KEPT_TOKENS, KEPT_OUTPUT = 2000, 8
NUM_PRIORITY, PRIORITY_OUTPUT = 20, 8
FLEX_PER_SLOT, FLEX_OUTPUT = 2, 64
FULL_AFTER_S, REFUSED_PAUSE_S = 3.0, 0.2
SETTLE_S, REST_S = 3.0, 10.0
Bodies = Sequence[Mapping[str, Any]]


def measure_prediction(ring: Ring) -> Sequence[Pair | None]:
    """An answer with a prediction that is right, nearly right and wrong, against one without: how many times as fast,
    and how much of what the costs of steps allow.
    """
    user = {"role": "user", "content": ring.build_prompt(PROMPT_TOKENS)}
    body = ring.build_body(user, max_tokens=PREDICTED_TOKENS)
    tokens = fetch_tokens(ring, body)
    plain = ring.ask(ring.ours, body)
    drafts = ("".join(tokens), spoil(tokens, WRONG_EVERY), spoil(tokens, 1))
    replies = [ring.ask(ring.ours, {**body, "prediction": {"type": "content", "content": text}}) for text in drafts]
    for reply in replies:
        if reply.text != plain.text and not reply.error:
            ring.remark("A prediction changed the answer.")
    costs = read_costs(ring.ours.folder)
    right, nearly = (find_ceiling(costs, share, shortest=SHORTEST) for share in (1, 1 - 1 / WRONG_EVERY))
    times = [_pair(plain, reply, "took_s") for reply in replies]
    shares = [pair and Pair(pair.value / most, None) for pair, most in zip(times, (right, nearly), strict=False)]
    return [times[0], shares[0], times[1], shares[1], _pair(replies[2], plain, "took_s")]


def fetch_tokens(ring: Ring, body: Mapping[str, Any]) -> list[str]:
    """The texts of an answer's tokens. The prompt is in the cache afterwards. Raises `NoAnswer`."""
    whole = {name: value for name, value in body.items() if name not in ("stream", "stream_options")}
    asking = ask(
        ring.ours.server,
        "POST /chat/completions",
        body={**whole, "logprobs": True},
        timeout_s=ring.generation.timeout_s,
    )
    return [entry["token"] for entry in ring.loop.run(asking)["choices"][0]["logprobs"]["content"]]


def spoil(tokens: Sequence[str], every: int) -> str:
    """The text with one token in so many replaced by another word."""
    drawn = random.Random(every)
    kept = [token if (number + 1) % every else _draw_other(token, drawn) for number, token in enumerate(tokens)]
    return "".join(kept)


def _draw_other(token: str, drawn: random.Random) -> str:
    word = token
    while word == token:
        word = f" {drawn.choice(WORDS)}"
    return word


def measure_retention(ring: Ring) -> Sequence[Pair | None]:
    """Time to the first token of a prompt that was kept before the server was started anew, against that when new."""
    user = {"role": "user", "content": ring.build_prompt(KEPT_TOKENS)}
    body = ring.build_body(user, max_tokens=KEPT_OUTPUT, prompt_cache_retention="24h")
    cold = ring.ask(ring.ours, body)
    ring.ours.restart()
    ring.warm(ring.ours)
    return [_pair(ring.ask(ring.ours, body), cold, "first_token_s")]


def measure_priority(ring: Ring) -> Sequence[Pair | None]:
    """95th percentile of the time to the first token of priority requests, while flex requests take all there is,
    against that on an idle server.
    """
    idle = [ring.ask(ring.ours, body) for body in _build_priority(ring)]
    bodies = _build_priority(ring)
    flex = [_build_flex(ring) for _ in range(FLEX_PER_SLOT * EIGHT.number)]
    busy = ring.loop.run(_ask_under_load(ring, bodies, flex))
    ring.note(ring.ours.server, busy)
    found = [_find_p95(replies) for replies in (busy, idle)]
    return [Pair(found[0], found[1]) if found[0] and found[1] else None]


async def _ask_under_load(
    ring: Ring, bodies: Sequence[Mapping[str, Any]], flex: Sequence[Mapping[str, Any]]
) -> list[Reply]:
    """The replies to `bodies`, one after another, while streams of `flex` go on and on."""
    timeout_s = ring.generation.timeout_s
    async with open_single_use_client(ring.ours.server) as client:

        async def load(body: Mapping[str, Any]) -> None:
            while True:
                if (await stream_reply(client, body, timeout_s=timeout_s)).error:
                    await asyncio.sleep(REFUSED_PAUSE_S)  # flex may be refused where there is no room

        loads = [asyncio.create_task(load(body)) for body in flex]
        try:
            await asyncio.sleep(FULL_AFTER_S)
            return [await stream_reply(client, body, timeout_s=timeout_s) for body in bodies]
        finally:
            for task in loads:
                task.cancel()
            await asyncio.gather(*loads, return_exceptions=True)


def _build_priority(ring: Ring) -> list[dict[str, Any]]:
    return [
        ring.build_body(
            {"role": "user", "content": ring.build_prompt(PROMPT_TOKENS)},
            max_tokens=PRIORITY_OUTPUT,
            service_tier="priority",
        )
        for _ in range(NUM_PRIORITY)
    ]


def _build_flex(ring: Ring) -> dict[str, Any]:
    user = {"role": "user", "content": ring.build_prompt(PROMPT_TOKENS)}
    return ring.build_body(user, max_tokens=FLEX_OUTPUT, service_tier="flex")


def _find_p95(replies: Sequence[Reply]) -> float | None:
    return compute_percentile([reply.first_token_s for reply in replies if not reply.error], 95)


def measure_rest(ring: Ring) -> Sequence[Pair | None]:
    """CPU time of our processes while nobody asks, in percent of a core."""
    time.sleep(SETTLE_S)
    before_s, began_s = ring.ours.cpu_seconds(), time.perf_counter()
    time.sleep(REST_S)
    share = (ring.ours.cpu_seconds() - before_s) / (time.perf_counter() - began_s)
    return [Pair(100 * share, None)]


def _pair(one: Reply, other: Reply, name: str) -> Pair | None:
    if one.error or other.error:
        return None
    return Pair(getattr(one, name), getattr(other, name))


PREDICTION = (
    Row(f"{PREDICTED_TOKENS} tokens not predicted / predicted rightly", "s", None),
    Row("that, of what the costs of steps allow", "", at_least(0.8)),
    Row(f"{PREDICTED_TOKENS} tokens not predicted / predicted, one in {WRONG_EVERY} wrong", "s", None),
    Row(f"that, of what they allow with one in {WRONG_EVERY} wrong", "", at_least(0.8)),
    Row("time when all predicted wrong / not predicted", "s", at_most(1.05)),
)
RETENTION = Row(f"first token of {KEPT_TOKENS} kept over a restart / when new", "s", at_most(0.2))
PRIORITY = Row("first token with priority under flex load / idle, p95", "s", at_most(1.5))
REST = Row("CPU at rest, % of a core", "%", at_most(0.5))
CASES = (
    Case("prediction", PREDICTION, EIGHT, has_theirs=False, measure=measure_prediction, flags=STEADY),
    Case("retention", (RETENTION,), EIGHT, has_theirs=False, measure=measure_retention),
    Case("priority", (PRIORITY,), EIGHT, has_theirs=False, measure=measure_priority),
    Case("rest", (REST,), EIGHT, has_theirs=False, measure=measure_rest),
)
