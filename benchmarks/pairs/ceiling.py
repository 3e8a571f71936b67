"""What the measured costs of steps allow at most, for a draft of which nobody knows which tokens are wrong."""

from pathlib import Path

import msgspec

from antiphon.engine.llama.drafting.costs import StepCosts
from antiphon.engine.llama.drafting.measure import Measured

LONGEST = 31
"""Tokens of a draft."""


def read_costs(folder: Path) -> StepCosts:
    """As the server measured them when it was first started with this folder."""
    [file] = (folder / "tuning").glob("*-steps.json")
    return StepCosts(msgspec.json.decode(file.read_bytes(), type=Measured).step_ms)


def find_ceiling(costs: StepCosts, right: float, *, shortest: int) -> float:
    """How many times as fast as without drafts an answer can be, with drafts of the best length. right: how likely each
    token of a draft is. shortest: tokens of a run without a draft.
    """
    rates = [
        sum(right**place for place in range(count + 1)) / costs.of_pass(max(count + 1, shortest))
        for count in range(LONGEST + 1)
    ]
    return max(rates) * costs.of_pass(shortest)
