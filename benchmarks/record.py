"""Everything a benchmark measured, as JSON.

It knows the shape of the file and nothing of how the rounds came to be. Times are in seconds from the start of a
round; the API key is not written.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from antiphon.bench.reply import Reply
from figures import compute_figures
from load import Round


def write_record(path: Path, about: Mapping[str, Any], *, rounds: Sequence[Round]) -> None:
    """Write the file anew; called after every level, so that a benchmark broken off leaves what it had."""
    record = {**about, "rounds": [_render_round(one) for one in rounds]}
    path.write_text(json.dumps(record, indent=1) + "\n")


def _render_round(one: Round) -> dict[str, Any]:
    return {
        "server": one.server.name,
        "model": one.server.model,
        "concurrency": one.concurrency,
        "run": one.run,
        "wall_s": round(one.wall_s, 6),
        "client_cpu_s": round(one.client_cpu_s, 6),
        "figures": dict(compute_figures(one)),
        "replies": [_render_reply(reply, one.started_s) for reply in one.replies],
    }


def _render_reply(reply: Reply, start_s: float) -> dict[str, Any]:
    return {
        "started_s": round(reply.started_s - start_s, 6),
        "ended_s": round(reply.ended_s - start_s, 6),
        "arrivals_s": [round(arrival_s - start_s, 6) for arrival_s in reply.arrivals_s],
        "prompt_tokens": reply.prompt_tokens,
        "output_tokens": reply.output_tokens,
        "usage_reported": reply.completion_tokens is not None,
        "error": reply.error,
    }
