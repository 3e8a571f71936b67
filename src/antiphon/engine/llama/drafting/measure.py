"""What a pass costs on this machine by its number of tokens: measured once for each model file, and kept."""

import math
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from antiphon.engine.llama.drafting.costs import StepCosts
from antiphon.engine.llama.findings import read, write
from antiphon.engine.llama.prefix_cache import Reuse
from antiphon.engine.llama.runner import Run, Runner

COUNTS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)
DEPTH = 64
"""Tokens that are attended to while measuring."""
ROUNDS = 3
PATIENCE_S = 5.0
"""After which nothing more is measured, but for what is needed."""
LEAST_COUNTS = 5


class Measured(Struct, frozen=True):
    """Milliseconds of a pass by its number of tokens."""

    step_ms: dict[int, float]


def load_costs(runner: Runner, file: Path, *, longest: int, depth: int, tell: Callable[[], None]) -> StepCosts:
    """What was measured before, or what is measured now, which `tell` announces. Slot 0 must not be in use. longest:
    tokens of a pass at most. depth: tokens before them, none where they cannot be cut off again.
    """
    measured = read(file, Measured)
    if measured is None:
        tell()
        measured = Measured(measure(runner, longest=longest, depth=depth))
        write(measured, file)
    return StepCosts(measured.step_ms)


def measure(runner: Runner, *, longest: int, depth: int) -> dict[int, float]:
    """In turn, and the least of each, so that a neighbour's bursts do not count."""
    counts = [count for count in COUNTS if count <= longest]
    if depth:
        runner.decode([Run(0, 0, [0] * depth, 0)])
    began, least = time.perf_counter(), dict.fromkeys(counts, math.inf)
    for count in counts * ROUNDS:
        if time.perf_counter() - began < PATIENCE_S or sum(map(math.isfinite, least.values())) < LEAST_COUNTS:
            least[count] = min(least[count], time_pass(runner, depth, count))
    runner.prepare(Reuse(0, 0, 0))
    return {count: round(milliseconds, 3) for count, milliseconds in least.items() if math.isfinite(milliseconds)}


def time_pass(runner: Runner, depth: int, count: int) -> float:
    """Milliseconds of a pass whose tokens all want logits up to 32, as a draft does; it is then forgotten."""
    began = time.perf_counter()
    runner.decode([Run(0, depth, [0] * count, count if count <= 32 else 1)])
    milliseconds = (time.perf_counter() - began) * 1000
    runner.prepare(Reuse(0, 0, depth))
    return milliseconds
