"""What a grammar for many tools adds to the time to first token, on one server.

A run takes two sets of tools that the server has never seen. With the first it asks once, calls required: prompt and
grammar are both new. With the second it asks as follows, and the prompt stays the same:

1. plain: no call is required. Afterwards the prompt is in the server's prefix cache.
2. required: the prompt is known, the grammar is new (cold).
3. required: both are known (warm).
4. plain: the prompt is known, and nothing is required.

The last two are repeated in turn, and their medians taken: compared with step 1 they cost next to nothing.

Cold less plain is what a new grammar costs, warm less plain what a known one does: reading and validating the request,
rendering and tokenising the prompt and computing its last tokens is in all of them, and is subtracted.

Each request is for one token, so its first token is its end, and it does not matter when a server shows a call.
Invariant: the differences are taken run by run.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich import box
from rich.table import Table
from rich.text import Text

from antiphon.bench.client import Server, open_single_use_client
from constrained.answer import Answer, fetch_answer
from constrained.options import Options, PlainChoice
from constrained.report import render_spread
from constrained.toolbox import Tool, build_tools, count_bytes

ToolChoice = str | dict[str, Any]
StepName = Literal["unseen", "primed", "cold", "warm", "plain"]
STEPS: dict[StepName, str] = {
    "unseen": "required, prompt and grammar new",
    "primed": "plain, prompt new",
    "cold": "required, prompt known, grammar new",
    "warm": "required, both known",
    "plain": "plain, prompt known",
}
DIFFERENCES: dict[str, tuple[StepName, StepName]] = {
    "a new grammar: cold - plain": ("cold", "plain"),
    "a known one: warm - plain": ("warm", "plain"),
    "compiling: cold - warm": ("cold", "warm"),
}
REPEATS = 5
NUM_REQUESTS = 3 + 2 * REPEATS
# The differences are of grammars only if both sides compute as many tokens, but for the end of a template.
MOST_UNEQUAL_TOKENS = 16
Request = tuple[StepName, Sequence[Tool], ToolChoice]


@dataclass(frozen=True)
class Run:
    """The answers of one run."""

    num_bytes: int
    answers: dict[StepName, list[Answer]]

    def compute_ms(self, step: StepName) -> float:
        """Time to first token, the median of those repeated."""
        return 1000 * statistics.median(answer.arrivals_s[0] - answer.started_s for answer in self.answers[step])

    def count_prompt(self, step: StepName) -> int:
        """Tokens of the prompt."""
        return self.answers[step][-1].prompt_tokens or 0

    def count_computed(self, step: StepName) -> int:
        """Those of them that were not in the server's cache."""
        return self.count_prompt(step) - (self.answers[step][-1].cached_tokens or 0)


class FirstToken:
    """The measurement, run by run; every request must succeed."""

    def __init__(self, options: Options, server: Server) -> None:
        self._options = options
        self._server = server

    async def measure(self, *, on_answer: Callable[[], object]) -> list[Run]:
        """All runs, after one with few tools to warm up."""
        await self._measure_run("warm-up", num_tools=2, num_bytes=1000, on_answer=lambda: None)
        options = self._options
        return [
            await self._measure_run(
                str(run), num_tools=options.num_tools, num_bytes=options.tools_bytes, on_answer=on_answer
            )
            for run in range(options.runs)
        ]

    async def _measure_run(self, name: str, *, num_tools: int, num_bytes: int, on_answer: Callable[[], object]) -> Run:
        seed = f"{self._options.seed}/{name}"
        other, tools = (build_tools(num_tools, num_bytes, seed=f"{seed}/{place}") for place in range(2))
        required, plain = "required", build_plain_choice(self._options.plain_choice, tools)
        answers: dict[StepName, list[Answer]] = {step: [] for step in STEPS}
        once: list[Request] = [("unseen", other, required), ("primed", tools, plain), ("cold", tools, required)]
        repeated: list[Request] = [("warm", tools, required), ("plain", tools, plain)]
        for step, given, choice in once + repeated * REPEATS:
            answers[step].append(await self._ask(given, choice))
            on_answer()
        return Run(count_bytes(tools), answers)

    async def _ask(self, tools: Sequence[Tool], choice: ToolChoice) -> Answer:
        body = {
            "model": self._server.model,
            "messages": [{"role": "user", "content": "Do what has to be done now."}],
            "max_tokens": 1,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
            "tools": tools,
            "tool_choice": choice,
        }
        async with open_single_use_client(self._server) as client:
            answer = await fetch_answer(client, body, timeout_s=self._options.timeout_s)
        if answer.error:
            raise self._server.no_answer(f"{len(tools)} tools, {choice}", reason=answer.error)
        return answer


def build_plain_choice(plain: PlainChoice, tools: Sequence[Tool]) -> ToolChoice:
    """What leaves the model free to answer with text."""
    if plain != "one":
        return plain
    only = {"type": "function", "function": {"name": tools[0]["function"]["name"]}}
    return {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [only]}}


def build_table(runs: Sequence[Run], *, num_tools: int) -> Table:
    """A row for each step, and one for each difference."""
    table = Table(
        title=f"{num_tools} tools, {runs[0].num_bytes / 1000:.0f} kB",
        caption="median over runs, below it least..greatest; differences are taken run by run",
        box=box.HORIZONTALS,
        show_lines=True,
    )
    table.add_column("request")
    for title in ("first token\nms", "prompt\ntokens", "computed"):
        table.add_column(title, justify="right", no_wrap=True)
    for step, title in STEPS.items():
        table.add_row(
            Text(title),
            render_spread([run.compute_ms(step) for run in runs]),
            render_spread([run.count_prompt(step) for run in runs], num_digits=0),
            render_spread([run.count_computed(step) for run in runs], num_digits=0),
        )
    for title, (step, less) in DIFFERENCES.items():
        values = [run.compute_ms(step) - run.compute_ms(less) for run in runs]
        table.add_row(Text(title), render_spread(values), style="bold")
    return table


def render_remarks(runs: Sequence[Run]) -> list[str]:
    """What makes the differences doubtful."""
    unequal = max(abs(run.count_computed("cold") - run.count_computed("plain")) for run in runs)
    remarks = []
    if unequal > MOST_UNEQUAL_TOKENS:
        remarks.append(
            f"the two kinds of requests computed up to {unequal} tokens of their prompts more or less than each other: "
            "the differences are not of grammars alone; see --plain-choice"
        )
    if any(run.answers["plain"][-1].cached_tokens is None for run in runs):
        remarks.append("the server does not say how many tokens were cached, so all count as computed")
    return remarks
