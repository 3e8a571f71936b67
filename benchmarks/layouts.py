"""What a layout of weights changes, against the model file: greedy answers and speed. `python benchmarks/layouts.py`

Without a server: it asks what the weights do, by the engine's own runner. Answers are compared in two ways, because one
token that differs changes all that follow. Copies are made in a temporary folder, and measured in turn with the file.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.console import Console
from rich.table import Table

from antiphon.bench.machine import describe_cpu
from antiphon.cores import usable_cores
from antiphon.dialect.conversation import Conversation, Turn
from antiphon.dialect.dialect import Dialect
from antiphon.dialect.template import Template
from antiphon.engine.llama.config import Layout
from antiphon.engine.llama.engine import CHATML
from antiphon.engine.llama.layout import trial
from antiphon.engine.llama.layout.copies import NoCopy, make_copy
from antiphon.engine.llama.model import Model
from antiphon.engine.llama.prefix_cache import Reuse
from antiphon.engine.llama.prompt import PromptBuilder
from antiphon.engine.llama.runner import Logits, Run, Runner
from antiphon.engine.llama.source import resolve
from antiphon.engine.llama.tokenizer import Tokenizer
from antiphon.engine.llama.tuning import least_of
from antiphon.errors import ConfigurationError
from questions import QUESTIONS

LAYOUTS: tuple[Layout, ...] = ("file", "q8_0", "q4_0")
SLOTS, CONTEXT = 8, 512
Tokens = Sequence[int]


class Speaker:
    """Greedy answers of one model. The end is never chosen, so that all answers are equally long."""

    def __init__(self, model: Model, *, threads: int) -> None:
        self.banned = sorted(Tokenizer(model.vocab).end_of_generation)
        self.runner = Runner(
            model, context=CONTEXT, parallel=SLOTS, batch_tokens=CONTEXT, threads=threads, flash_attention="off"
        )

    def answer(self, prompts: Sequence[Tokens], num_tokens: int) -> list[list[int]]:
        """As many prompts as there are slots, answered together."""
        said = [self.likeliest([Run(slot, 0, prompt, 1)]).tolist() for slot, prompt in enumerate(prompts)]
        for done in range(num_tokens - 1):
            runs = [Run(slot, len(prompt) + done, said[slot][-1:], 1) for slot, prompt in enumerate(prompts)]
            for tokens, token in zip(said, self.likeliest(runs), strict=True):
                tokens.append(int(token))
        self.forget()
        return said

    def agreement(self, prompt: Tokens, answer: Tokens) -> float:
        """Share of an answer's tokens that would be chosen here behind those before them."""
        chosen = self.likeliest([Run(0, 0, [*prompt, *answer[:-1]], len(answer))])
        self.forget()
        return float(np.mean(chosen == np.array(answer)))

    def likeliest(self, runs: Sequence[Run]) -> NDArray[np.intp]:
        """(outputs,)."""
        logits: Logits = self.runner.decode(runs)
        logits[:, self.banned] = -np.inf
        chosen: NDArray[np.intp] = logits.argmax(axis=1)
        return chosen

    def forget(self) -> None:
        """Empty all slots."""
        for slot in range(SLOTS):
            self.runner.prepare(Reuse(slot, slot, 0))


class Answers(NamedTuple):
    """same: share of the file's tokens that would be chosen too. until: tokens before the first that differs, where
    each speaks for itself. whole: share of answers that are the same to the end.
    """

    same: float
    until: float
    whole: float


def compare_answers(
    models: Mapping[Layout, Model], prompts: Sequence[Tokens], num_tokens: int, *, threads: int
) -> Iterator[Answers]:
    """Of each layout. In the file's own line stands what rounding alone decides, which differs from batch to batch."""
    expected: list[list[int]] = []
    for model in models.values():
        speaker = Speaker(model, threads=threads)
        with closing(speaker.runner):
            groups = [prompts[begin : begin + SLOTS] for begin in range(0, len(prompts), SLOTS)]
            answers = [answer for group in groups for answer in speaker.answer(group, num_tokens)]
            expected = expected or answers
            same = [speaker.agreement(prompt, answer) for prompt, answer in zip(prompts, expected, strict=True)]
        until = [shared_length(ours, theirs) for ours, theirs in zip(answers, expected, strict=True)]
        yield Answers(float(np.mean(same)), float(np.mean(until)), float(np.mean(np.array(until) == num_tokens)))


def shared_length(ours: Tokens, theirs: Tokens) -> int:
    """Tokens before the first that differs."""
    differs = (place for place, (our, their) in enumerate(zip(ours, theirs, strict=True)) if our != their)
    return next(differs, len(ours))


def measure_speed(models: Mapping[Layout, Model], rounds: int, *, threads: int) -> dict[Layout, list[float]]:
    """Milliseconds of each pass of `trial.REQUEST`: in turn, the least."""
    with ExitStack() as stack:
        runners = {
            layout: stack.enter_context(closing(trial.build_runner(model, threads))) for layout, model in models.items()
        }
        trial.time_round(runners)  # touches all weights
        times = [trial.time_round(runners) for _ in range(rounds)]
    return {layout: list(least_of(one[layout] for one in times)) for layout in models}


def build_prompts(model: Model, count: int) -> list[list[int]]:
    """Questions, as the model's template writes them."""
    tokenizer = Tokenizer(model.vocab)
    source = model.chat_template or CHATML
    template = Template(source, bos_token=tokenizer.bos_text, eos_token=tokenizer.eos_text)
    dialect = Dialect(template, tokenizer.control, bos=tokenizer.bos)
    asked = [Conversation((Turn("user", question),)) for question in QUESTIONS[:count]]
    builder = PromptBuilder(tokenizer)
    return [builder.build(dialect.plan(conversation).prompt).tokens for conversation in asked]


@contextmanager
def load_layouts(source: Path, layouts: Sequence[Layout]) -> Iterator[dict[Layout, Model]]:
    """The file first."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="antiphon-layouts-")))
        models: dict[Layout, Model] = {"file": stack.enter_context(closing(Model(source)))}
        for layout in layouts:
            if layout != "file":
                copy = folder / f"{layout}.gguf"
                make_copy(models["file"], copy, layout)
                models[layout] = stack.enter_context(closing(Model(copy)))
        yield models


def build_table(num_tokens: int) -> Table:
    """Its columns; a row for each layout."""
    table = Table(caption="speed: against the file, least time of each, in turn", box=box.HORIZONTALS)
    titles = ("layout", "MiB", "same token", f"same until (of {num_tokens})", "whole answers", "prompt", "1 at once")
    for title in (*titles, f"{SLOTS} at once"):
        table.add_column(title, justify="right")
    return table


COUNT = click.IntRange(min=1)


@click.command(context_settings={"show_default": True, "max_content_width": 110})
@click.option("--model", default="smollm2", help="Source of the model, as `antiphon serve --model` takes it.")
@click.option("--prompts", type=click.IntRange(1, len(QUESTIONS)), default=len(QUESTIONS), help="How many questions.")
@click.option("--tokens", type=click.IntRange(2, CONTEXT // 2), default=64, help="Length of answers.")
@click.option("--rounds", type=COUNT, default=10, help="Rounds of measuring speed.")
@click.option("--threads", type=COUNT, default=usable_cores(), help="Threads that compute; fewer beside neighbours.")
def main(model: str, prompts: int, tokens: int, rounds: int, threads: int) -> None:
    """Compare a model file with its copies in Q8_0 and Q4_0: the same greedy tokens, and speed."""
    console = Console() if sys.stdout.isatty() else Console(width=110)
    console.print(f"{describe_cpu()}, {usable_cores()} cores, threads: {threads}", markup=False, highlight=False)
    table = build_table(tokens)
    try:
        with load_layouts(resolve(model), LAYOUTS) as models:
            milliseconds = measure_speed(models, rounds, threads=threads)
            compared = compare_answers(models, build_prompts(models["file"], prompts), tokens, threads=threads)
            for layout, answers in zip(models, compared, strict=True):
                ratios = (file / ours for file, ours in zip(milliseconds["file"], milliseconds[layout], strict=True))
                agree = f"{answers.same:.1%}", f"{answers.until:.1f}", f"{answers.whole:.0%}"
                size = f"{models[layout].weight_bytes / 2**20:.0f}"
                table.add_row(layout, size, *agree, *(f"{ratio:.2f}" for ratio in ratios))
    except (ConfigurationError, NoCopy) as error:
        raise click.ClickException(str(error)) from error
    console.print(table)


if __name__ == "__main__":
    main()
