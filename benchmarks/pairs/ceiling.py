"""What the measured costs of steps allow at most: the least time for a text whose drafts are right but for known places."""

from pathlib import Path

import msgspec

from antiphon.engine.llama.drafting.costs import StepCosts
from antiphon.engine.llama.drafting.measure import Measured

LONGEST = 32
"""Tokens of a run: one, and its draft."""


def read_costs(folder: Path) -> StepCosts:
    """As the server measured them when it was first started with this folder."""
    [file] = (folder / "tuning").glob("*-steps.json")
    return StepCosts(msgspec.json.decode(file.read_bytes(), type=Measured).step_ms)


def find_ceiling(costs: StepCosts, run: int, *, shortest: int) -> float:
    """How many times as fast as without drafts a text can be whose every `run`-th token is wrong, if it is known which:
    it is cut into runs in the best way. shortest: tokens of a run without a draft.
    """
    least = [0.0]
    for length in range(1, run + 1):
        ends = range(1, min(length, LONGEST) + 1)
        least.append(min(least[length - end] + costs.of_pass(max(end, shortest)) for end in ends))
    return run * costs.of_pass(shortest) / least[run]
