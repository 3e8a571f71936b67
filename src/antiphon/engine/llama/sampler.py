"""Logits to tokens, in numpy, row by row so that a row stays in the CPU's cache.

Order: logit_bias, penalties, the grammar's mask, temperature, top_k, top_p, min_p, draw. Reported log-probabilities
are of the model's distribution after logit_bias and before all else. Draws invert the cumulative
distribution in the order of the vocabulary, so small numeric differences rarely change a token.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from antiphon.engine.base import Decoding
from antiphon.engine.llama.constraint import Mask
from antiphon.engine.llama.sequence import Sequence

NUM_LIKELIEST = 20
UNLIKELY = -9999.0
BLOCK = 256
COLDEST = 1e-6
"""Under it a draw is the likeliest token anyway, and float32 cannot divide by it."""

Row = NDArray[np.float32]
Ids = NDArray[np.intp]


class Sampled(NamedTuple):
    """A token, and, where asked for, its log-probability and the likeliest (token, log-probability)."""

    token: int
    logprob: float | None = None
    top: tuple[tuple[int, float], ...] = ()


def sample(row: Row, sequence: Sequence, mask: Mask | None = None) -> Sampled:
    """Choose the next token of `sequence`. `row`: logits (vocabulary,), may be changed. mask: what may come."""
    decoding = sequence.decoding
    if decoding.logit_bias:
        row[list(decoding.logit_bias)] += np.fromiter(decoding.logit_bias.values(), np.float32)
    if not (decoding.presence_penalty or decoding.frequency_penalty) or not sequence.counts:
        token = choose_allowed(row, sequence, mask)
    else:
        ids = np.fromiter(sequence.counts, np.intp)
        before = row[ids]
        counts = np.fromiter(sequence.counts.values(), np.float32)
        row[ids] -= decoding.presence_penalty + decoding.frequency_penalty * counts
        token = choose_allowed(row, sequence, mask)
        row[ids] = before
    return Sampled(token) if decoding.logprobs is None else report(row, token, decoding.logprobs)


def take(row: Row, sequence: Sequence, token: int) -> Sampled:
    """A token that must come, with its log-probability where that is asked for."""
    decoding = sequence.decoding
    if decoding.logprobs is None:
        return Sampled(token)
    if decoding.logit_bias:
        row[list(decoding.logit_bias)] += np.fromiter(decoding.logit_bias.values(), np.float32)
    return report(row, token, decoding.logprobs)


def choose_allowed(row: Row, sequence: Sequence, mask: Mask | None) -> int:
    """A choice among the tokens of a mask: probabilities are of what is allowed."""
    if mask is None:
        return choose(row, sequence)
    allowed = np.flatnonzero(mask)
    return int(allowed[choose(row[allowed], sequence)])


def choose(row: Row, sequence: Sequence) -> int:
    """The likeliest token at temperature 0, else a draw."""
    decoding = sequence.decoding
    if decoding.temperature < COLDEST:
        return int(row.argmax())
    weights = np.subtract(row, row.max())
    weights /= np.float32(decoding.temperature)
    np.exp(weights, out=weights)
    u = sequence.draws.at(len(sequence.sampled))
    if decoding.top_k == 0 and decoding.top_p == 1 and decoding.min_p == 0:
        return draw(weights, u)
    ids = truncate(weights, decoding)
    return int(ids[draw(weights[ids], u)])


def draw(weights: Row, u: float) -> int:
    """The index at which the cumulative weight passes the share `u`: first the block, then within it."""
    blocks = np.add.reduceat(weights, np.arange(0, len(weights), BLOCK)).cumsum(dtype=np.float64)
    target = u * blocks[-1]
    block = min(int(blocks.searchsorted(target, "right")), len(blocks) - 1)
    begin = block * BLOCK
    within = weights[begin : begin + BLOCK].cumsum(dtype=np.float64)
    rest = target - (blocks[block - 1] if block else 0.0)
    index = min(int(within.searchsorted(rest, "right")), len(within) - 1)
    while weights[begin + index] == 0 and index:  # rounding must not choose an impossible token
        index -= 1
    return begin + index


def truncate(weights: Row, decoding: Decoding) -> Ids:
    """The ids that top_k, top_p and min_p leave, in the order of the vocabulary."""
    ids = candidates(weights, decoding)
    kept = weights[ids]
    order = np.argsort(-kept, kind="stable")
    ids, kept = ids[order], kept[order]
    if decoding.top_k:
        ids, kept = ids[: decoding.top_k], kept[: decoding.top_k]
    if decoding.top_p < 1:
        total = kept.sum(dtype=np.float64) if decoding.top_k else weights.sum(dtype=np.float64)
        enough = int(kept.cumsum(dtype=np.float64).searchsorted(decoding.top_p * total)) + 1
        ids, kept = ids[:enough], kept[:enough]
    if decoding.min_p:
        ids = ids[kept >= decoding.min_p * kept[0]]
    return np.sort(ids)


def candidates(weights: Row, decoding: Decoding) -> Ids:
    """A small superset of what truncation will leave, found without sorting the vocabulary.

    Tokens under (1 - top_p) / vocabulary of the mass weigh less than 1 - top_p together, so what
    is above that share holds the nucleus. The largest weight is 1, which makes min_p a threshold.
    """
    floor = np.float32(decoding.min_p)
    if decoding.top_k and decoding.top_k < len(weights):
        floor = max(floor, np.partition(weights, -decoding.top_k)[-decoding.top_k])
    elif decoding.top_p < 1:
        floor = max(floor, np.float32((1 - decoding.top_p) * weights.sum(dtype=np.float64) / len(weights)))
    return np.flatnonzero(weights >= floor)


def report(row: Row, token: int, num_top: int) -> Sampled:
    """The log-probability of `token` and of the `num_top` likeliest, most likely first."""
    highest = float(row.max())
    normalizer = highest + float(np.log(np.exp(row - row.max()).sum(dtype=np.float64)))
    rank = int(np.count_nonzero(row > row[token]))
    logprob = float(row[token]) - normalizer if rank < NUM_LIKELIEST else UNLIKELY
    if not num_top:
        return Sampled(token, logprob)
    ids = np.argpartition(row, -num_top)[-num_top:]
    ids = ids[np.argsort(-row[ids], kind="stable")]
    return Sampled(token, logprob, tuple((int(top), float(row[top]) - normalizer) for top in ids))
