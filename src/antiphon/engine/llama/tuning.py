"""What is fastest on this machine: measured once for each model file, and kept. Knows no requests.

Which attention kernel that is depends on the processor: on one, llama.cpp's flash attention is a tenth faster than the
plain kernel, on another several times slower.
"""

import hashlib
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Literal, get_args

from msgspec import Struct

from antiphon.engine.llama.binding import build_description, lib
from antiphon.engine.llama.findings import read, write
from antiphon.engine.llama.model import Model
from antiphon.engine.llama.prefix_cache import Reuse
from antiphon.engine.llama.runner import Run, Runner

Kernel = Literal["on", "off"]
"""Whether attention is llama.cpp's flash kernel."""
KERNELS: tuple[Kernel, ...] = get_args(Kernel)

DEPTH = 256
"""Tokens that are attended to while measuring; fewer where computing them takes too long."""
CHUNK = 64
PATIENCE_S = 2.0
ROUNDS = 5
RUN_LENGTHS = (1, 8)
"""One token, as where one answer is written, and several, as where a grammar forces some or a prompt goes on."""
WORTH = 1.05
"""How much faster than llama.cpp's own choice the other must be; less could be noise."""


class Tuning(Struct, frozen=True):
    """What was found. milliseconds: of a token and of eight, added up, by the kernel."""

    flash_attention: Kernel
    milliseconds: dict[Kernel, float]


def tune(model: Model, folder: Path, *, threads: int, tell: Callable[[], None], depth: int = DEPTH) -> Tuning:
    """What was found for this file on this machine before, or what is measured now, which `tell` announces.
    depth: how many tokens to attend to while measuring.
    """
    file = folder / f"{model.path.stem}-{identify(model)}.json"
    if kept := read(file, Tuning):
        return kept
    tell()
    tuning = measure(model, threads=threads, depth=min(depth, deepest(model)))
    write(tuning, file)
    return tuning


def can_tune(model: Model) -> bool:
    """Whether there is something to choose and to measure: on a GPU the choice is llama.cpp's."""
    return model.can_cut and deepest(model) > 0 and not lib.llama_supports_gpu_offload()


def measure(model: Model, *, threads: int, depth: int) -> Tuning:
    """In turn, and the least of each, so that a neighbour's bursts do not decide. Raises `ConfigurationError` and
    `DecodeError` where a kernel cannot compute the model.
    """
    with ExitStack() as stack:
        runners = {kernel: stack.enter_context(closing(build_runner(model, kernel, threads))) for kernel in KERNELS}
        depth = min(fill(runner, depth) for runner in runners.values())
        for runner in runners.values():
            runner.prepare(Reuse(0, 0, depth))
        rounds = [{kernel: time_runs(runners[kernel], depth) for kernel in KERNELS} for _ in range(ROUNDS)]
    milliseconds = {kernel: round(sum(least_of(times[kernel] for times in rounds)), 2) for kernel in KERNELS}
    faster: Kernel = "off" if milliseconds["off"] * WORTH < milliseconds["on"] else "on"
    return Tuning(faster, milliseconds)


def least_of(rounds: Iterable[tuple[float, ...]]) -> Iterator[float]:
    """The least of each place."""
    return map(min, zip(*rounds, strict=True))


def deepest(model: Model) -> int:
    """Tokens that may be attended to, in whole chunks."""
    return min(DEPTH, (model.trained_context - max(RUN_LENGTHS)) // CHUNK * CHUNK)


def build_runner(model: Model, kernel: Kernel, threads: int) -> Runner:
    """One slot, just large enough."""
    context = DEPTH + max(RUN_LENGTHS)
    return Runner(model, context=context, parallel=1, batch_tokens=CHUNK, threads=threads, flash_attention=kernel)


def fill(runner: Runner, depth: int) -> int:
    """Compute that many tokens, or as many as patience lasts for; returns how many."""
    began, done = time.perf_counter(), 0
    while done < depth and time.perf_counter() - began < PATIENCE_S:
        runner.decode([Run(0, done, [0] * CHUNK, 1)])
        done += CHUNK
    return done


def time_runs(runner: Runner, depth: int) -> tuple[float, ...]:
    """Milliseconds for each length of a run behind `depth` tokens."""
    return tuple(time_run(runner, depth, length) for length in RUN_LENGTHS)


def time_run(runner: Runner, depth: int, length: int) -> float:
    """Milliseconds for a run, which is then forgotten."""
    began = time.perf_counter()
    runner.decode([Run(0, depth, [0] * length, 1)])
    milliseconds = (time.perf_counter() - began) * 1000
    runner.prepare(Reuse(0, 0, depth))
    return milliseconds


def identify(model: Model) -> str:
    """A hash of all that the outcome depends on."""
    told = (*processors(), build_description(), model.digest())
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def processors() -> Iterator[str]:
    """Which, and how many."""
    yield f"{platform.machine()} {os.cpu_count()}"
    about = Path("/proc/cpuinfo")
    if about.exists():
        yield from sorted({line for line in about.read_text().splitlines() if line.startswith(("model", "flags"))})
