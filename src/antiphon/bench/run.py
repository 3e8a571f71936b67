"""A whole benchmark of one server: what is measured, in which order, and how the time is shared out."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from antiphon.bench.asker import Asker, Pace
from antiphon.bench.budget import Budget
from antiphon.bench.client import Server, find_model, open_single_use_client
from antiphon.bench.draft import measure_draft
from antiphon.bench.figures import Measured, Throughput
from antiphon.bench.first_token import FirstTokens
from antiphon.bench.streams import measure_streams

LEVELS, MORE_LEVELS = (1, 2, 4, 8), (16, 32)
LEVEL_SHARE, FIRST_TOKEN_SHARE, DRAFT_SHARE = 0.09, 0.4, 0.12
WINDOW = 0.65
"""The part of a level's time in which it is measured; in the rest the last requests end."""
PROMPT_TOKENS = 64
FEWEST_TOKENS, MOST_TOKENS = 8, 128
FIRST_LIMIT_S = 30.0

Show = Callable[[str], Callable[[float], None]]
"""Opens a progress bar of that title; what it gives is told the part that is done, from 0 to 1."""


@dataclass
class Benchmark:
    """One server, one run."""

    asker: Asker
    budget: Budget
    show: Show
    skipped: list[str] = field(default_factory=list)
    throughputs: list[Throughput] = field(default_factory=list)

    async def measure(self) -> Measured:
        """Everything that fits into the time. Raises `NoAnswer` when the server answers nothing."""
        pace = await self._find_pace()
        level_s = self.budget.seconds * LEVEL_SHARE
        # As many as the last of the usual levels writes in what its window leaves, if all streams share one's pace.
        fitting = pace.written_per_s * level_s * (1 - WINDOW) / LEVELS[-1] * 2
        answer_tokens = int(min(max(fitting, FEWEST_TOKENS), MOST_TOKENS))
        await self._measure_levels(LEVELS, level_s, answer_tokens, pace)
        tell = self.show("prediction")
        draft, trouble = await measure_draft(self.asker, self.budget.share(DRAFT_SHARE), pace, tell=tell)
        tell(1.0)
        first = FirstTokens(self.asker, self.budget.share(FIRST_TOKEN_SHARE), pace)
        first_tokens = await first.measure(self.show("time to first token"))
        self.skipped += [*filter(None, [trouble]), *first.skipped]
        await self._measure_levels(MORE_LEVELS, level_s, answer_tokens, pace)
        return Measured(
            tuple(self.throughputs),
            first_tokens,
            draft,
            tuple(self.skipped),
            answer_tokens=answer_tokens,
            prompt_tokens=PROMPT_TOKENS,
            took_s=self.budget.spent_s,
        )

    async def _find_pace(self) -> Pace:
        tell = self.show("first short requests")
        pace = await self.asker.find_pace()
        tell(1.0)
        return pace

    async def _measure_levels(self, levels: tuple[int, ...], level_s: float, answer_tokens: int, pace: Pace) -> None:
        for num_streams in levels:
            fastest = max([pace.written_per_s, *(one.tokens_per_s for one in self.throughputs)])
            needed_s = level_s * WINDOW + num_streams * answer_tokens / fastest
            if self.throughputs and not self.budget.fits(needed_s):
                self.skipped.append(self.budget.refuse(count_streams(num_streams), needed_s))
                continue
            await self._measure_level(num_streams, level_s * WINDOW, answer_tokens)

    async def _measure_level(self, num_streams: int, window_s: float, answer_tokens: int) -> None:
        tell = self.show(count_streams(num_streams))
        figures, trouble = await measure_streams(
            self.asker,
            num_streams,
            window_s=window_s,
            prompt_tokens=PROMPT_TOKENS,
            answer_tokens=answer_tokens,
            tell=tell,
        )
        tell(1.0)
        if figures.tokens_per_s:
            self.throughputs.append(figures)
        if trouble:
            self.skipped.append(f"{count_streams(num_streams)}: {trouble.rstrip('.')}.")


def count_streams(number: int) -> str:
    """In words."""
    return f"{number} stream{'s' if number > 1 else ''}"


async def measure_server(server: Server, *, seconds: float, show: Show) -> tuple[Server, Measured]:
    """The server with its model named, and what was measured in about so many seconds. Raises `NoAnswer`."""
    if not server.model:
        server = replace(server, model=await find_model(server, timeout_s=FIRST_LIMIT_S))
    async with open_single_use_client(server) as client:
        seed = random.randrange(1_000_000)  # noqa: S311 (prompts need not be secret, only new)
        asker = Asker(client, server, seed=seed, timeout_s=max(FIRST_LIMIT_S, 2 * seconds))
        return server, await Benchmark(asker, Budget(seconds), show).measure()
