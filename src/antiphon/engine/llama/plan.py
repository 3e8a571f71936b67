"""What goes into a step, as values, and how much may."""

from typing import NamedTuple

from antiphon.engine.llama.prefix_cache import Keep, Reuse
from antiphon.engine.llama.sequence import Sequence


class Part(NamedTuple):
    """The next `num_tokens` tokens of a sequence. When no uncomputed token is left after them, it samples, and `draft`
    is computed behind them to be verified. `padding` tokens behind all that are computed for the run's length only.
    """

    sequence: Sequence
    num_tokens: int
    samples: bool
    draft: tuple[int, ...] = ()
    padding: int = 0

    @property
    def length(self) -> int:
        """Tokens of its run."""
        return self.num_tokens + len(self.draft) + self.padding


class Plan(NamedTuple):
    """A step: first what the caches are to hold, then what is computed, in the order of slots. num_prompt: tokens of
    prompts among them; num_speaking: sequences that are given tokens.
    """

    preparations: list[Reuse | Keep]
    parts: list[Part]
    num_prompt: int = 0
    num_speaking: int = 0


class Budget(NamedTuple):
    """Tokens of a step. most: of all together. prompts: of prompts where nothing else is computed. chunk: of prompts
    beside sequences that are given tokens, which is what bounds their pause. flex: of prompts where only flex is
    computed, so that who comes does not wait long.
    """

    most: int
    prompts: int
    chunk: int
    flex: int
