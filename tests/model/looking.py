"""The engine's rooms put together as its loop does, without processes, to look at their logits."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from antiphon.dialect.medium import Picture
from antiphon.dialect.prompt import Piece
from antiphon.engine.base import Caching, Decoding, Service
from antiphon.engine.llama import sequence as sequences
from antiphon.engine.llama.loop import run_of
from antiphon.engine.llama.model import Model
from antiphon.engine.llama.plan import Budget
from antiphon.engine.llama.prefix_cache import PrefixCache
from antiphon.engine.llama.prompt import Prompt, PromptBuilder
from antiphon.engine.llama.runner import Logits, Runner
from antiphon.engine.llama.scheduler import Scheduler
from antiphon.engine.llama.senses.projector import Projector
from antiphon.engine.llama.tokenizer import Tokenizer
from tests.model.pictures import PROJECTOR
from tests.model.plain import bundled_model

CONTEXT, BATCH = 1024, 512
names = itertools.count()


def picture_of(image: Image.Image) -> Picture:
    """As a request has it."""
    data = image.tobytes()
    return Picture(*image.size, data, digest=f"{image.size} {hash(data)}")


class Looker:
    """One model with its projector. budget: tokens of a prompt in a step."""

    def __init__(
        self, model: Path, projector: Path, *, slots: int = 4, even_runs: bool = False, budget: int = BATCH
    ) -> None:
        self.model = Model(model, packed=not even_runs)
        self.projector = Projector(projector, self.model, threads=1, longest=BATCH, context=CONTEXT)
        self.tokenizer = Tokenizer(self.model.vocab)
        self.builder = PromptBuilder(self.tokenizer, self.projector)
        self.runner = Runner(
            self.model,
            context=CONTEXT,
            parallel=slots,
            batch_tokens=BATCH + 2 * slots,
            threads=1,
            flash_attention="off",
        )
        self.cache = PrefixCache(slots, 64 << 20, can_cut=self.model.can_cut, size=self.runner.state_size())
        self.scheduler = Scheduler(
            num_slots=slots, max_waiting=99, cache=self.cache,
            budget=Budget(BATCH + slots, budget, budget, budget), even_runs=even_runs, can_cut=self.model.can_cut,
        )  # fmt: skip

    def build(self, *parts: str | int | Image.Image) -> Prompt:
        """A prompt of texts, control tokens and pictures."""
        pieces: Sequence[Piece] = [picture_of(part) if isinstance(part, Image.Image) else part for part in parts]
        return self.builder.build(tuple(pieces))

    def begin(self, prompt: Prompt, *, limit: int = 1) -> sequences.Sequence:
        """A sequence that waits."""
        service = Service(caching=Caching())
        sequence = sequences.Sequence(
            (0, str(next(names))), 0, prompt=prompt.tokens, limit=limit, decoding=Decoding(), service=service
        )
        sequence.placement = prompt.placement
        self.scheduler.add([sequence])
        return sequence

    def step(self) -> dict[str, Logits]:
        """Logits of those that have some now, by their requests' names. They say what is likeliest."""
        plan = self.scheduler.schedule()
        for preparation in plan.preparations:
            self.runner.prepare(preparation)
        logits, rows = self.runner.decode([run_of(part) for part in plan.parts]), dict[str, Logits]()
        samples = iter(logits)
        for part in plan.parts:
            self.scheduler.computed(part)
            sequence = part.sequence
            if part.samples:
                rows[sequence.request[1]] = row = next(samples).copy()
                sequence.append(int(row.argmax()))
                sequence.finish = "length" if len(sequence.sampled) >= sequence.limit else None
                self.scheduler.verified(part)
            if part.padding:
                self.runner.cut(sequence.slot, sequence.position(sequence.num_computed))
            if sequence.finish:
                self.scheduler.remove(sequence)
        return rows

    def run(self) -> dict[str, list[Logits]]:
        """All that wait, to their ends."""
        rows: dict[str, list[Logits]] = {}
        while not self.scheduler.idle:
            for name, row in self.step().items():
                rows.setdefault(name, []).append(row)
        return rows

    def look(self, *parts: str | int | Image.Image, limit: int = 1) -> Logits:
        """(limit, vocabulary): logits behind a prompt, and behind each token that is likeliest there."""
        sequence = self.begin(self.build(*parts), limit=limit)
        return np.stack(self.run()[sequence.request[1]])

    def close(self) -> None:
        self.projector.close()
        self.runner.close()
        self.model.close()


@contextmanager
def open_looker(
    model: Path | None = None, projector: Path = PROJECTOR, *, even_runs: bool = False, budget: int = BATCH
) -> Iterator[Looker]:
    """The bundled model, unless another is named."""
    looker = Looker(model or bundled_model(), projector, even_runs=even_runs, budget=budget)
    try:
        yield looker
    finally:
        looker.close()
