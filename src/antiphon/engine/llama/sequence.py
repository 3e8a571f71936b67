"""One choice while it is computed: its tokens, how it samples, and its text. Knows nothing of batches or llama.cpp."""

import itertools
from collections import Counter, deque

from antiphon.dialect.reading.reader import Reader
from antiphon.engine.base import Decoding, Service
from antiphon.engine.events import FinishReason
from antiphon.engine.llama.constraint import Constraint
from antiphon.engine.llama.drafting.drafter import Drafter
from antiphon.engine.llama.draws import Draws
from antiphon.engine.llama.messages import Said
from antiphon.engine.llama.output import Output
from antiphon.engine.llama.prefix_cache import ALWAYS_COMPUTED, Reuse
from antiphon.engine.llama.senses.embedding import Shown
from antiphon.engine.llama.senses.placement import NOTHING_PLACED

DEFAULT = Service()
RequestKey = tuple[int, str]


class Sequence:
    """request: (sender, id). prompt: token ids, and names of what is no token; `placement` tells where these are.
    limit: most tokens to sample. service: who goes first, and what others may find of it. constraint: what it must
    follow. reader: how its text is read.

    breakpoints: how many tokens of the prompt lie before each. drafter: guesses what it goes on with.

    `forced` tokens come next without a choice; `unsaid` is what came so before the first one.
    broken: its grammar has given up. `num_computed` of its tokens are in the cache; the rest must go through the
    model before the next one can be sampled. While it runs, `slot` is its cache stream. `number` tells who came
    first; `num_cached` is how much of the prompt had been computed before it began.
    """

    numbers = itertools.count()

    def __init__(
        self,
        request: RequestKey,
        choice: int,
        *,
        prompt: list[int],
        limit: int,
        decoding: Decoding,
        service: Service = DEFAULT,
        constraint: Constraint | None = None,
        reader: Reader | None = None,
    ) -> None:
        self.number = next(self.numbers)
        self.tier = service.tier
        self.caching = service.caching
        self.breakpoints: tuple[int, ...] = ()
        self.request = request
        self.choice = choice
        self.prompt = prompt
        self.limit = limit
        self.decoding = decoding
        self.sampled: list[int] = []
        self.counts: Counter[int] = Counter()
        self.draws = Draws(decoding.seed, choice)
        self.output = Output(decoding.stop, reader)
        self.constraint = constraint
        self.forced: deque[int] = deque(constraint.begin() if constraint else ())
        self.unsaid: list[Said] = []
        self.broken = False
        self.drafter: Drafter | None = None
        self.placement = NOTHING_PLACED
        self.num_computed = 0
        self.prefill = len(prompt)
        self.num_cached: int | None = None
        self.slot = -1
        self.finish: FinishReason | None = None

    @property
    def tokens(self) -> list[int]:
        """All of them: the prompt and what has been sampled."""
        return self.prompt + self.sampled

    @property
    def num_uncomputed(self) -> int:
        """How many tokens stand before the next sample."""
        return len(self.prompt) + len(self.sampled) - self.num_computed

    @property
    def prompt_computed(self) -> bool:
        """Whether its prompt is computed, and all it had said when it was interrupted: each step gives it a token."""
        return self.num_computed >= self.prefill

    def uncomputed(self, most: int) -> list[int]:
        """The next tokens to compute, at most `most`."""
        if self.num_computed >= len(self.prompt):
            return self.sampled[self.num_computed - len(self.prompt) :][:most]
        rest = self.prompt[self.num_computed : self.num_computed + most]
        return rest + self.sampled[: most - len(rest)] if len(rest) < most else rest

    @property
    def always_computed(self) -> int:
        """Tokens at the end of its prompt that are computed, whatever is there: no more than one behind a picture,
        beside which it never is computed.
        """
        return 1 if self.prompt[-2:-1] and self.prompt[-2] < 0 else ALWAYS_COMPUTED

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """How many tokens of the prompt others may want to go on from, where it has to be decided beforehand."""
        end = max(0, len(self.prompt) - self.always_computed)
        return self.breakpoints if self.caching.explicit else (*self.breakpoints, end)

    def interrupt(self) -> None:
        """It loses its slot, and goes on later where it was."""
        self.num_computed = 0
        self.prefill = len(self.prompt) + len(self.sampled)

    def num_shared(self, length: int) -> int:
        """How many of its first `length` tokens others may find: none that end within a picture."""
        if not self.caching.explicit:
            return self.placement.before(length)
        return max((place for place in self.breakpoints if place <= length), default=0)

    def position(self, length: int) -> int:
        """Where its cache has the token behind the first `length`."""
        return self.placement.num_positions(length)

    def shown(self, num_tokens: int, padding: int) -> Shown | None:
        """What the next tokens stand for, and what fills them up; None where they are tokens."""
        begin, end = self.num_computed, self.num_computed + num_tokens
        placed = self.placement.stretch(begin).placed
        if placed is None:
            return None
        return placed.show(begin, end, self.position(placed.start)).filled_up(padding, self.position(end))

    def reuse(self, source: int, target: int, length: int) -> Reuse:
        """That slot `target` is to hold its first `length` tokens, which `source` has."""
        position = self.position(length)
        return Reuse(source, target, length, None if position == length else position)

    @property
    def namespace(self) -> str:
        """Whose what it looks for is. What nobody else may find of one that goes on later is its own."""
        return f"#{self.number}" if self.goes_on and self.caching.explicit else self.caching.namespace

    @property
    def goes_on(self) -> bool:
        """Whether it had a slot before."""
        return self.num_cached is not None

    def tokens_from(self, start: int, most: int) -> list[int]:
        """The next tokens of all, at most `most`."""
        behind = start - len(self.prompt)
        return self.sampled[behind : behind + most]

    def append(self, token: int) -> None:
        """Take a sampled token that is part of the answer."""
        self.sampled.append(token)
        self.counts[token] += 1
