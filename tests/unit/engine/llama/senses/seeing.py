"""A toy in place of llama.cpp that takes pictures: its cache has a time for each token, and is cut by that."""

from typing import Any

from antiphon.engine.llama.loop import run_of
from antiphon.engine.llama.plan import Budget, Part, Plan
from antiphon.engine.llama.prefix_cache import Keep, PrefixCache, Reuse
from antiphon.engine.llama.scheduler import Scheduler
from antiphon.engine.llama.sequence import Sequence
from tests.unit.engine.llama.senses.layouts import Layout
from tests.unit.engine.llama.test_scheduler import ToyEngine, make_sequence

MOST, PROMPTS, CHUNK, FLEX = 64, 16, 4, 2
"""The longest picture has 20 tokens: more than a step has for prompts, and fits into one."""
FILLER = -1
Cells = list[tuple[int, int]]
"""Token and time."""


def make_seeing(
    *, num_slots: int = 4, cache_tokens: int = 0, can_cut: bool = True, prompts: int = PROMPTS, **changes: Any
) -> Scheduler:
    return Scheduler(
        num_slots=num_slots,
        max_waiting=1000,
        budget=Budget(most=MOST, prompts=prompts, chunk=CHUNK, flex=FLEX),
        cache=PrefixCache(num_slots, cache_tokens, can_cut=can_cut),
        can_cut=can_cut,
        **changes,
    )


def make_viewer(name: str, layout: Layout, limit: int = 3, **changes: Any) -> Sequence:
    sequence = make_sequence(name, layout.tokens, limit, **changes)
    sequence.placement = layout.placement
    return sequence


class SeeingEngine(ToyEngine):
    """Checks what llama.cpp, and a picture, would need."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__(scheduler)
        self.cells: list[Cells] = [[] for _ in scheduler.slots]
        self.kept_cells: dict[int, Cells] = {}
        self.layouts: dict[str, Layout] = {}

    def add(self, layout: Layout, *sequences: Sequence) -> None:
        """Sequences with this prompt come."""
        self.layouts.update((sequence.request[1], layout) for sequence in sequences)
        self.scheduler.add(list(sequences))

    def step(self) -> Plan:
        plan = super().step()
        ends = set().union(*(layout.last_names for layout in self.layouts.values()))
        held = [*self.scheduler.cache.slots, *self.scheduler.cache.kept.values()]
        for tokens in (each.tokens for each in held if len(each.tokens)):
            assert tokens[-1] >= 0 or tokens[-1] in ends, "no prefix ends within a picture"
        return plan

    def run(self, most: int = 3000) -> None:
        """To the end."""
        while not self.scheduler.idle and (most := most - 1):
            self.step()
        assert self.scheduler.idle

    def compute(self, part: Part) -> None:
        sequence, run = part.sequence, run_of(part)
        layout, begin = self.layouts[sequence.request[1]], sequence.num_computed
        cells = self.cells[run.slot]
        assert len(cells) == begin
        assert all(token >= 0 for token in part.draft), "nobody guesses a picture"
        if run.shown is None:
            assert all(token >= 0 for token in run.tokens), "what is computed as tokens is none of a picture"
            times = list(range(run.position, run.position + len(run.tokens)))
        else:
            [placed] = [each for each in layout.placement.placed if each.start <= begin < each.end]
            assert begin + part.num_tokens <= placed.end, "no part crosses a picture's border"
            times = run.shown.positions[:, 0].tolist()
            assert len(times) == len(run.shown.rows) == part.length and not run.num_outputs
            if placed.embedding.whole:
                assert (begin, part.num_tokens) == (placed.start, len(placed.embedding.names)) and not part.padding
        assert times == sorted(times) and (not cells or times[0] >= cells[-1][1]), "time goes on"
        cells += zip(self.named(part), times, strict=True)
        done = begin + part.num_tokens
        assert times[: part.num_tokens] == times_of(layout, begin, done), "each token stands where it must"
        self.compare(part, done)

    def named(self, part: Part) -> list[int]:
        return [*part.sequence.uncomputed(part.num_tokens), *part.draft, *[FILLER] * part.padding]

    def compare(self, part: Part, done: int) -> None:
        sequence = part.sequence
        cells = self.cells[sequence.slot]
        assert [token for token, _ in cells[:done]] == sequence.tokens[:done], "the cache holds its own tokens"
        assert part.samples == (done == len(sequence.tokens))
        whole = sequence.placement.stretch(sequence.num_computed).whole
        assert whole or not self.scheduler.even_runs or part.length % 2 == 0

    def prepare(self, step: Reuse | Keep) -> None:
        if isinstance(step, Keep):
            for number in step.dropped:
                del self.kept_cells[number]
            self.kept_cells[step.number] = self.beginning(self.cells[step.slot], step)
            self.cells[step.slot] = list(self.kept_cells[step.number])
            return
        source = self.kept_cells[step.source] if step.source in self.kept_cells else self.cells[step.source]
        self.cells[step.target] = self.beginning(source, step)

    def beginning(self, cells: Cells, step: Reuse | Keep) -> Cells:
        """As many as are told are left when the rest is cut off by its time."""
        left = [cell for cell in cells if cell[1] < step.position]
        assert len(left) == step.length
        assert self.scheduler.can_cut or step.length in (0, len(cells)), "what cannot be cut is taken whole"
        return left

    def cut(self, sequence: Sequence) -> None:
        cells, position = self.cells[sequence.slot], sequence.position(sequence.num_computed)
        self.cells[sequence.slot] = [cell for cell in cells if cell[1] < position]
        assert len(self.cells[sequence.slot]) == sequence.num_computed


def times_of(layout: Layout, begin: int, end: int) -> list[int]:
    """Where these tokens stand, which go on behind the prompt."""
    behind = layout.times[-1] + 1 + max(0, begin - len(layout.times))
    times = layout.times[begin:end]
    return times + list(range(behind, behind + end - begin - len(times)))
