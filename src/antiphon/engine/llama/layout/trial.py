"""Which layout is faster on this machine: a typical request, computed with the file and with its copy in turn."""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Literal, NamedTuple

from msgspec import Struct

from antiphon.engine.llama.binding import build_description
from antiphon.engine.llama.config import Layout
from antiphon.engine.llama.findings import read, write
from antiphon.engine.llama.model import Model, digest
from antiphon.engine.llama.prefix_cache import Reuse
from antiphon.engine.llama.runner import Run, Runner
from antiphon.engine.llama.tuning import least_of, processors

SLOTS, CHUNK = 8, 64
LEAST_ROUNDS, ROUNDS = 3, 8
PATIENCE_S = 2.0
"""After which no further round begins, beyond the least."""
WORTH = 1.1
"""How much faster a copy must be: it takes room on the disk and in memory, and less could be noise."""


Round = Mapping[Layout, tuple[float, ...]]
"""Milliseconds of each pass of a request, by layout."""


class Pass(NamedTuple):
    """slots and tokens: what is computed together. times: how often, in a typical request."""

    slots: int
    tokens: int
    times: int


REQUEST = (Pass(1, CHUNK, 4), Pass(1, 1, 64), Pass(SLOTS, 1, 64 // SLOTS))
"""256 new tokens of a prompt, and 128 of an answer, of which half are computed alone and half with seven others. Both
must count: prompts and batches wait for arithmetic, which the simpler layout makes easier, and single tokens wait for
memory, of which the smaller file needs less.
"""


class Trial(Struct, frozen=True):
    """What was found. milliseconds: of a typical request, by layout."""

    format: Literal[1]
    layout: Layout
    milliseconds: dict[Layout, float]


def measure(models: Mapping[Layout, Model], *, threads: int) -> Trial:
    """Each pass in turn, and the least of each, so that a neighbour's bursts do not decide. Raises
    `ConfigurationError` and `DecodeError`.
    """
    with ExitStack() as stack:
        runners = {
            layout: stack.enter_context(closing(build_runner(model, threads))) for layout, model in models.items()
        }
        time_round(runners)  # touches all weights
        rounds, began = [time_round(runners)], time.perf_counter()
        while len(rounds) < LEAST_ROUNDS or (len(rounds) < ROUNDS and time.perf_counter() - began < PATIENCE_S):
            rounds.append(time_round(runners))
    return judge(rounds)


def judge(rounds: Sequence[Round]) -> Trial:
    """By the least milliseconds of each pass."""
    milliseconds = {layout: round(time_request([times[layout] for times in rounds]), 2) for layout in rounds[0]}
    fastest = min(milliseconds, key=milliseconds.__getitem__)
    worth = milliseconds[fastest] * WORTH < milliseconds["file"]
    return Trial(1, fastest if worth else "file", milliseconds)


def time_request(rounds: Iterable[tuple[float, ...]]) -> float:
    """Milliseconds of a typical request."""
    return sum(least * step.times for least, step in zip(least_of(rounds), REQUEST, strict=True))


def build_runner(model: Model, threads: int) -> Runner:
    """Just large enough. Which attention it takes decides nothing: there is next to nothing to attend to."""
    return Runner(model, context=CHUNK, parallel=SLOTS, batch_tokens=CHUNK, threads=threads, flash_attention="auto")


def time_round(runners: Mapping[Layout, Runner]) -> Round:
    """Each pass, with each layout."""
    passes = [[time_pass(runner, step) for runner in runners.values()] for step in REQUEST]
    return dict(zip(runners, zip(*passes, strict=True), strict=True))


def time_pass(runner: Runner, step: Pass) -> float:
    """Milliseconds of a pass, which is then forgotten. Its tokens differ, as experts are chosen by them."""
    runs = [Run(slot, 0, range(slot, slot + step.tokens), 1) for slot in range(step.slots)]
    began = time.perf_counter()
    runner.decode(runs)
    milliseconds = (time.perf_counter() - began) * 1000
    for run in runs:
        runner.prepare(Reuse(run.slot, run.slot, 0))
    return milliseconds


def record_of(source: Path, folder: Path) -> Path:
    """Where is kept what was found for this content on this machine."""
    told = (*processors(), build_description(), digest(source))
    key = hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]
    return folder / f"{source.stem}-{key}.json"


def read_trial(record: Path) -> Trial | None:
    """What is kept there, if it is whole and of this format."""
    return read(record, Trial)


def keep_trial(trial: Trial, record: Path) -> None:
    """Where nothing can be written, the next start measures again."""
    write(trial, record)
