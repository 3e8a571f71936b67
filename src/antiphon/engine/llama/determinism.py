"""Whether answers depend on what is computed together: the promise of `--deterministic`, held against this machine.

llama.cpp multiplies one column by another kernel than two or more (tinyBLAS takes no single one, packed weights come in
fours), and its flash attention takes tiles and splits by length. So a deterministic engine computes runs of even length
only, without flash attention and packed weights; what is left must give the same bits in any company. That is tried
here, once for each model file and with more threads than one, before anybody is served.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct

from antiphon.engine.llama.findings import read, write
from antiphon.engine.llama.prefix_cache import Reuse
from antiphon.engine.llama.runner import Run, Runner
from antiphon.errors import ConfigurationError

LENGTH = 16
CHUNKS = ((16,), (2,) * 8, (6, 10), (14, 2))
"""How the same tokens are cut into runs."""
COMPANIES = ((), (2,), (2, 2, 2, 2, 2, 2, 2), (6, 30))
"""Lengths of runs beside them."""
MOST_COMPANY = 1 + max(map(len, COMPANIES))
"""Slots that are used; more make no difference."""
FEW = ((CHUNKS[0], ()), (CHUNKS[1], COMPANIES[2]))
"""With more threads, which a busy neighbour may hold up at every pass."""


class Steady(Struct, frozen=True):
    """It was tried, and held."""

    most_threads: int


def promise(runner: Runner, file: Path, *, slots: int, most_threads: int) -> None:
    """What was found before, or is found now. Raises `ConfigurationError`."""
    known = read(file, Steady)
    if known and known.most_threads >= most_threads:
        return
    check_shapes(runner, slots=slots, most_threads=most_threads)
    write(Steady(most_threads), file)


def check_shapes(runner: Runner, *, slots: int, most_threads: int) -> None:
    """Raises `ConfigurationError` where the same tokens have other logits in another shape. No slot may be in use."""
    reference: bytes | None = None
    for threads in sorted({1, most_threads}):
        runner.set_threads(threads)
        for number, (chunks, company) in enumerate(shapes() if threads == 1 else FEW):
            logits = compute(runner, chunks, company[: slots - 1], slot=number % slots if not company else 0)
            reference = reference or logits
            if logits != reference:
                raise ConfigurationError(
                    "--deterministic cannot be had with this model on this machine: llama.cpp computes its weights"
                    f" differently in runs of {max(chunks)} beside {len(company)} others. Try another quantisation."
                )


def shapes() -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Each cut alone, and one in each company."""
    yield from ((chunks, ()) for chunks in CHUNKS)
    yield from ((CHUNKS[1], company) for company in COMPANIES[1:])


def compute(runner: Runner, chunks: Sequence[int], company: Sequence[int], *, slot: int) -> bytes:
    """The logits behind the tokens, as bits."""
    tokens = [(7919 * place + 17) % min(runner.num_vocab, 1 << 15) for place in range(LENGTH)]
    position, row = 0, b""
    for round_number, length in enumerate(chunks):
        beside = [Run(1 + i, round_number * count, [round_number] * count, 0) for i, count in enumerate(company)]
        run = Run(slot, position, tokens[position : position + length], 2)
        logits = runner.decode([run, *beside])
        row, position = np.ascontiguousarray(logits).tobytes(), position + length
    for used in {slot, *range(1 + len(company))}:
        runner.prepare(Reuse(used, used, 0))
    return row
