"""A whole comparison: for each layout and each number of slots both servers, and on them all pairs of each case.

Invariant: ours, then theirs, pair by pair; a server that is not asked rests.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.progress import Progress, TaskID

from antiphon.bench.prompts import PromptSource
from pairs.case import Case, Pair, Results, Row
from pairs.contender import Slots, build_ours, build_theirs, running
from pairs.layout import Layout
from pairs.options import Options
from pairs.ring import Ring

Tell = Callable[[Layout, Results], object]


class Match:
    """Everything that is to be measured. folder: for what the servers keep and write."""

    def __init__(self, options: Options, *, loop: asyncio.Runner, folder: Path) -> None:
        self._options = options
        self._loop = loop
        self._folder = folder
        self._prompts = PromptSource(options.seed)
        self.remarks: list[str] = []

    @property
    def num_pairs(self) -> int:
        """Of all cases and layouts."""
        return len(self._options.layouts) * len(self._options.cases) * self._options.num_pairs

    def run(self, layout: Layout, file: Path, *, progress: Progress, task: TaskID, tell: Tell) -> None:
        """All cases with one file; after each of them its results are told. Raises `NoAnswer`, `ClickException`."""
        for number, ((slots, flags), cases) in enumerate(group_by_servers(self._options.cases)):
            progress.update(task, description=f"{layout}: starting, {slots.number} slots")
            folder = self._folder / f"{layout}-{number}"
            folder.mkdir()
            ours = build_ours(file, slots, flags=(*self._options.flags_of_ours, *flags), folder=folder)
            theirs = None
            if any(case.has_theirs for case in cases):
                program, more = self._options.program, self._options.theirs_flags
                theirs = build_theirs(program, file, slots, flags=more, folder=folder)
            with running([ours, theirs] if theirs else [ours]):
                ring = Ring(
                    ours,
                    theirs,
                    loop=self._loop,
                    prompts=self._prompts,
                    generation=self._options.generation,
                    requests_per_stream=self._options.requests_per_stream,
                    remarks=self.remarks,
                )
                ring.prepare()
                for case in cases:
                    tell(layout, self._measure(ring, case, layout, progress=progress, task=task))

    def _measure(self, ring: Ring, case: Case, layout: Layout, *, progress: Progress, task: TaskID) -> Results:
        results: dict[Row, list[Pair]] = {row: [] for row in case.rows}
        for number in range(self._options.num_pairs):
            progress.update(task, description=f"{layout}: {case.name}, pair {number + 1}/{self._options.num_pairs}")
            for row, pair in zip(case.rows, case.measure(ring), strict=True):
                if pair:
                    results[row].append(pair)
            progress.advance(task)
        return results


def group_by_servers(cases: Sequence[Case]) -> Iterator[tuple[tuple[Slots, tuple[str, ...]], list[Case]]]:
    """Cases that need the same servers, in the order in which the servers are first needed."""
    for needed in dict.fromkeys((case.slots, case.flags) for case in cases):
        yield needed, [case for case in cases if (case.slots, case.flags) == needed]
