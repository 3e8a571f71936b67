"""Throughput: streams kept running side by side for a while, each sending its requests one after another."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence

from antiphon.bench.asker import Asker
from antiphon.bench.figures import Throughput, compute_throughput
from antiphon.bench.reply import Reply


async def measure_streams(
    asker: Asker,
    num_streams: int,
    *,
    window_s: float,
    prompt_tokens: int,
    answer_tokens: int,
    tell: Callable[[float], object],
) -> tuple[Throughput, str]:
    """Throughput in a window, and what went wrong, as a clause. Requests that run at its end are awaited."""
    replies: list[Reply] = []
    begin_s = time.perf_counter()
    end_s = begin_s + window_s

    async def run_stream() -> None:
        while time.perf_counter() < end_s:
            reply = await asker.ask(asker.build_prompt(prompt_tokens), answer_tokens)
            replies.append(reply)
            tell(min((time.perf_counter() - begin_s) / window_s, 1.0))
            if reply.error:
                return  # else a server that refuses at once would be asked a thousand times

    async with asyncio.TaskGroup() as group:
        for _ in range(num_streams):
            group.create_task(run_stream())
    return compute_throughput(num_streams, replies, begin_s=begin_s, end_s=end_s), describe_failures(replies)


def describe_failures(replies: Sequence[Reply]) -> str:
    """How many failed, and the most frequent reason; empty when none did."""
    reasons = Counter(reply.error for reply in replies if reply.error).most_common(1)
    num_failed = sum(reply.error is not None for reply in replies)
    return f"{num_failed} of {len(replies)} requests failed: {reasons[0][0]}" if reasons else ""
