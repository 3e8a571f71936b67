"""One KV cache for all sequences against a stream for each: `python benchmarks/kv_layouts.py --help`.

Eight sequences are given a token each, step after step, behind contexts that are separate, shared, or both. Mixed, a
chunk of a further prompt is computed in every step, too, as when somebody comes.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from antiphon.bench.machine import describe_cpu
from antiphon.cores import usable_cores
from antiphon.engine.llama.binding import lib
from antiphon.engine.llama.config import FlashAttention
from antiphon.engine.llama.model import Model
from antiphon.engine.llama.prefix_cache import Reuse
from antiphon.engine.llama.runner import Run, Runner
from antiphon.engine.llama.source import resolve

SEQUENCES, CHUNK, STEPS, BATCH = 8, 32, 8, 256
TRAFFIC = ("separate", "shared", "mixed")
KERNELS: tuple[FlashAttention, ...] = ("on", "off")


def fill(runner: Runner, traffic: str, depth: int, *, unified: bool) -> None:
    """Contexts of so many tokens. Mixed: half of the sequences share theirs."""
    for slot in range(SEQUENCES):
        if (traffic == "shared" and slot) or (traffic == "mixed" and 0 < slot < SEQUENCES // 2):
            fork(runner, slot, depth, unified=unified)
            continue
        for begin in range(0, depth, BATCH):
            count = min(BATCH, depth - begin)
            runner.decode([Run(slot, begin, [slot * 100 + place % 97 for place in range(count)], 0)])


def fork(runner: Runner, slot: int, depth: int, *, unified: bool) -> None:
    """Take over the context of the first sequence: its cells, or a copy."""
    if unified:
        lib.llama_memory_seq_cp(runner.memory, 0, slot, 0, depth)
    else:
        runner.prepare(Reuse(0, slot, depth))


def run_steps(runner: Runner, traffic: str, depth: int) -> Iterator[float]:
    """Seconds of each step. The chunks of a prompt go to one more slot."""
    for step in range(STEPS):
        runs = [Run(slot, depth + step, [100 + slot], 1) for slot in range(SEQUENCES)]
        if traffic == "mixed":
            runs.append(Run(SEQUENCES, step * CHUNK, [step] * CHUNK, 0))
        began = time.perf_counter()
        runner.decode(runs)
        yield time.perf_counter() - began


@click.command(context_settings={"show_default": True})
@click.option("--model", default="smollm2", help="As of `antiphon serve`.")
@click.option("--depth", type=click.IntRange(min=1), default=960, help="Tokens of each context.")
@click.option("--threads", type=click.IntRange(min=1), default=None, help="All cores by default.")
def main(model: str, depth: int, threads: int | None) -> None:
    """Output tokens per second of eight sequences, by layout of the cache, kernel and traffic."""
    console = Console()
    console.print(f"{describe_cpu()}, {usable_cores()} cores; {SEQUENCES} sequences, {depth} tokens each")
    table = Table("kernel", "cache", *TRAFFIC, box=box.HORIZONTALS, title="output tokens/s")
    loaded = Model(Path(resolve(model)))
    for kernel, unified in product(KERNELS, (False, True)):
        row = []
        for traffic in TRAFFIC:
            build = Runner(
                loaded,
                context=depth + STEPS * (CHUNK + 1),
                parallel=SEQUENCES + 1,
                batch_tokens=BATCH + 2 * SEQUENCES,
                threads=threads or usable_cores(),
                flash_attention=kernel,
                unified=unified,
            )
            with closing(build) as runner:
                fill(runner, traffic, depth, unified=unified)
                row.append(f"{SEQUENCES / statistics.median(run_steps(runner, traffic, depth)):.0f}")
        table.add_row(f"flash {kernel}", "unified" if unified else "streams", *row)
    console.print(table)


if __name__ == "__main__":
    main()
