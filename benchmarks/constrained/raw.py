"""Every round and every answer as JSON, with the texts, for whoever wants other figures than ours.

Times are in seconds from the start of a round.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from constrained.figures import compute_figures
from constrained.rounds import Outcome, Round


def write_rounds(path: Path, about: Mapping[str, Any], *, rounds: Sequence[Round]) -> None:
    """Write the file anew; called after every level, so that a benchmark broken off leaves what it had."""
    path.write_text(json.dumps({**about, "rounds": [_render_round(one) for one in rounds]}, indent=1) + "\n")


def _render_round(one: Round) -> dict[str, Any]:
    return {
        "server": one.server.name,
        "model": one.server.model,
        "concurrency": one.concurrency,
        "run": one.run,
        "wall_s": round(one.wall_s, 6),
        "client_cpu_s": round(one.client_cpu_s, 6),
        "figures": dict(compute_figures(one)),
        "answers": [_render_outcome(outcome, one.started_s) for outcome in one.outcomes],
    }


def _render_outcome(outcome: Outcome, start_s: float) -> dict[str, Any]:
    answer, verdict = outcome.answer, outcome.verdict
    return {
        "record": outcome.order.record.name,
        "prompt": outcome.order.prompt,
        "seed": outcome.order.seed,
        "started_s": round(answer.started_s - start_s, 6),
        "first_s": round(answer.arrivals_s[0] - start_s, 6) if answer.arrivals_s else None,
        "ended_s": round(answer.ended_s - start_s, 6),
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
        "tokens_by_one_measure": verdict.num_tokens,
        "valid": verdict.is_valid,
        "finish_reason": answer.finish_reason,
        "complaint": verdict.complaint,
        "error": answer.error,
        "text": answer.text,
    }
