"""Figures of one round. Pure arithmetic; streams that failed add nothing but to the count of failures."""

from collections.abc import Iterable, Sequence

from figures import compute_percentile
from relay.connection import Stream
from relay.load import Round


def count_tokens(of: Round) -> int:
    """Tokens of whole streams."""
    return sum(stream.tally.num_tokens for stream in of.streams if not stream.error)


def compute_rate(of: Round) -> float:
    """Tokens per second of the whole round."""
    return count_tokens(of) / of.wall_s


def compute_rate_per_core(of: Round) -> float | None:
    """Tokens for each second of the gateway's CPU time; None without a gateway."""
    return count_tokens(of) / of.cpu_s.gateway if of.cpu_s.gateway else None


def compute_first_token(of: Round, percent: float) -> float | None:
    """Milliseconds from a request to its first token, of streams that began when all streams were there."""
    full_s = of.started_s + of.load.ramp_s
    times = [
        1000 * (stream.first_s - stream.started_s)
        for stream in of.streams
        if stream.first_s is not None and not stream.error and stream.started_s >= full_s
    ]
    return compute_percentile(times, percent)


def list_errors(streams: Iterable[Stream]) -> Sequence[str]:
    """Why streams failed, one reason for each that did."""
    return [stream.error for stream in streams if stream.error]
