"""Sampling on small rows: each parameter does what the API says, compared with plain implementations."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from antiphon.engine.base import Decoding
from antiphon.engine.llama.constraint import Mask
from antiphon.engine.llama.sampler import (
    BLOCK,
    UNLIKELY,
    Row,
    Sampled,
    choose,
    choose_allowed,
    draw,
    sample,
    take,
    truncate,
)
from antiphon.engine.llama.sequence import Sequence

rows = st.lists(st.integers(-80, 80).map(lambda tenth: tenth / 10), min_size=2, max_size=40)
shares = st.integers(0, 100).map(lambda percent: percent / 100)


def sequence(*sampled: int, **decoding: Any) -> Sequence:
    """A choice with these tokens sampled already."""
    made = Sequence((b"", "r"), 0, prompt=[0, 1], limit=100, decoding=Decoding(**decoding))
    for token in sampled:
        made.append(token)
    return made


def row(*logits: float) -> Row:
    """Logits of a small vocabulary."""
    return np.array(logits, np.float32)


def pick(logits: Row, *sampled: int, **decoding: Any) -> Sampled:
    """Sample once, from a copy."""
    return sample(logits.copy(), sequence(*sampled, **decoding))


def softmax(logits: Row, temperature: float = 1.0) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Probabilities, in double precision."""
    scaled = logits.astype(np.float64) / temperature
    weights = np.exp(scaled - scaled.max())
    return weights / weights.sum()  # type: ignore[no-any-return]


GREEDY = [
    # logits, tokens so far, parameters, token
    ((1, 3, 2), (), {}, 1),
    ((1, 3, 3), (), {}, 1),
    ((1, 3, 2), (), {"logit_bias": {0: 2.5}}, 0),
    ((1, 3, 2), (), {"logit_bias": {1: -100}}, 2),
    ((1, 3, 2), (), {"logit_bias": {0: 100, 2: 100}}, 2),
    ((1, 3, 2), (1,), {"presence_penalty": 1.5}, 2),
    ((1, 3, 2), (1, 1, 1), {"presence_penalty": 0.9}, 1),
    ((1, 3, 2), (1,), {"frequency_penalty": 0.6}, 1),
    ((1, 3, 2), (1, 1), {"frequency_penalty": 0.6}, 2),
    ((1, 3, 2), (1, 1, 2), {"frequency_penalty": 0.6}, 1),
    ((1, 3, 2), (1,), {"frequency_penalty": 0.6, "presence_penalty": 0.6}, 2),
    ((1, 3, 2), (0,), {"presence_penalty": -1.9}, 1),
    ((1, 3, 2), (0, 0), {"frequency_penalty": -2.0}, 0),
    ((1, 3, 2), (1,), {"frequency_penalty": 2.0, "logit_bias": {1: 5}}, 1),
    ((3, 1, 2), (), {"presence_penalty": 2.0, "frequency_penalty": 2.0}, 0),
    ((1, 3, 2), (), {"top_k": 1, "top_p": 0.1, "min_p": 1.0}, 1),
]


@pytest.mark.parametrize(("logits", "sampled", "decoding", "token"), GREEDY)
def test_the_likeliest_after_bias_and_penalties(
    logits: tuple[float, ...], sampled: tuple[int, ...], decoding: dict[str, Any], token: int
) -> None:
    """At temperature 0: the highest of logit + bias - count x frequency - (count > 0) x presence. Tokens of the
    prompt (0 and 1 here) do not count; the lowest id wins a tie.
    """
    assert pick(row(*logits), *sampled, temperature=0.0, **decoding).token == token


@pytest.mark.parametrize("temperature", [1e-3, 1e-6, 1e-30, 1e-40, 1e-50, 5e-324])
def test_a_tiny_temperature_takes_the_likeliest(temperature: float) -> None:
    """The nearer to 0, the surer the likeliest token; no temperature is too small to compute with."""
    assert pick(row(1, 3, 2), temperature=temperature).token == 1


def kept(logits: Row, **decoding: Any) -> set[int]:
    """The tokens that may come out, by the ids that truncation leaves."""
    made = Decoding(**decoding)
    weights = np.exp((logits - logits.max()) / np.float32(made.temperature))
    return set(truncate(weights, made).tolist())


def naive(logits: Row, *, top_k: int = 0, top_p: float = 1.0, min_p: float = 0.0) -> set[int]:
    """Sort everything; take k, then the smallest set that reaches p, then drop what is under min_p."""
    p = np.exp((logits - logits.max()).astype(np.float32))
    order = np.argsort(-p, kind="stable")[: top_k or None]
    mass = p[order].astype(np.float64)
    reached = np.cumsum(mass) >= top_p * mass.sum()
    order = order[: int(reached.argmax()) + 1] if top_p < 1 else order
    return {int(token) for token in order if p[token] >= min_p * p[order[0]]}


def on_an_edge(logits: Row, share: float, top_k: int = 0) -> bool:
    """Whether rounding decides about a token."""
    p = softmax(logits)
    p = np.sort(p)[::-1][: top_k or None]
    return bool(np.isclose(np.cumsum(p / p.sum()), share, atol=1e-5).any())


@given(rows, shares)
def test_top_p_is_the_smallest_set_that_reaches_p(logits: list[float], top_p: float) -> None:
    """As sorting everything would have it; at 0 the likeliest token stays."""
    made = row(*logits)
    assume(not on_an_edge(made, top_p))
    assert kept(made, top_p=top_p) == naive(made, top_p=top_p)


@given(rows, st.integers(0, 45))
def test_top_k_is_the_k_likeliest(logits: list[float], top_k: int) -> None:
    """Exactly k tokens; of equals the lowest ids."""
    made = row(*logits)
    assert kept(made, top_k=top_k) == naive(made, top_k=top_k)


@given(rows, shares)
def test_min_p_is_a_share_of_the_likeliest(logits: list[float], min_p: float) -> None:
    """Tokens with at least `min_p` times the likeliest one's probability."""
    made = row(*logits)
    assume(not np.isclose(softmax(made) / softmax(made).max(), min_p, atol=1e-5).any() or min_p in (0, 1))
    assert kept(made, min_p=min_p) == naive(made, min_p=min_p)


@given(rows, st.integers(0, 10), shares, shares)
def test_truncations_compose(logits: list[float], top_k: int, top_p: float, min_p: float) -> None:
    """top_k, then top_p of what it left, then min_p."""
    made = row(*logits)
    assume(not on_an_edge(made, top_p, top_k))
    assume(not np.isclose(softmax(made) / softmax(made).max(), min_p, atol=1e-5).any() or min_p in (0, 1))
    expected = naive(made, top_k=top_k, top_p=top_p, min_p=min_p)
    assert kept(made, top_k=top_k, top_p=top_p, min_p=min_p) == expected


@given(rows, st.integers(0, 10), shares, shares, st.integers(0, 10**6))
def test_what_is_cut_off_is_never_drawn(logits: list[float], top_k: int, top_p: float, min_p: float, seed: int) -> None:
    """A token outside of what truncation leaves does not come out, whatever the seed."""
    made = row(*logits)
    parameters: dict[str, Any] = {"top_k": top_k, "top_p": top_p, "min_p": min_p}
    assert pick(made, seed=seed, **parameters).token in kept(made, **parameters)


@given(st.integers(1, 3 * BLOCK), st.floats(0, 1, exclude_max=True), st.integers(0, 10))
def test_draw_inverts_the_cumulative_distribution(size: int, u: float, seed: int) -> None:
    """The first index at which the cumulative weight passes the share, also over several blocks."""
    weights = np.random.default_rng(seed).random(size).astype(np.float32)
    cumulative = weights.cumsum(dtype=np.float64)
    assume(not np.isclose(cumulative, u * cumulative[-1], rtol=1e-5).any())
    assert draw(weights, u) == int(np.searchsorted(cumulative, u * cumulative[-1], "right"))


@given(st.lists(st.sampled_from([0.0, 0.0, 1.0, 0.25]), min_size=1, max_size=600), st.floats(0, 1, exclude_max=True))
def test_draw_never_takes_the_impossible(weights: list[float], u: float) -> None:
    """A token of probability 0 is not drawn, whatever the rounding."""
    assume(any(weights))
    assert weights[draw(row(*weights), u)] > 0


DISTRIBUTIONS: list[dict[str, Any]] = [{}, {"temperature": 0.5}, {"temperature": 2.0}, {"top_p": 0.9}, {"top_k": 3}]


@pytest.mark.parametrize("decoding", DISTRIBUTIONS)
def test_tokens_come_as_often_as_they_should(decoding: dict[str, Any]) -> None:
    """Over 4,000 positions the tokens follow the softmax of what is left (chi-square, p = 0.001)."""
    logits = row(*np.linspace(-1, 1.5, 12)[np.random.default_rng(1).permutation(12)])
    made, num = sequence(seed=11, **decoding), 4000
    counts = np.zeros(len(logits))
    for _ in range(num):
        token = choose(logits.copy(), made)
        made.sampled.append(token)
        counts[token] += 1
    left = sorted(kept(logits, **decoding))
    expected = np.zeros(len(logits))
    expected[left] = softmax(logits[left], decoding.get("temperature", 1.0)) * num
    assert not counts[expected == 0].any()
    assert ((counts - expected)[left] ** 2 / expected[left]).sum() < 31.3


def test_draws_repeat_by_seed_choice_and_position() -> None:
    """The same seed gives the same tokens, another seed others, and other rows in between change nothing."""
    logits = row(*np.zeros(1000))

    def run(seed: int) -> list[int]:
        made = sequence(seed=seed)
        for _ in range(20):
            made.append(sample(logits.copy(), made).token)
        return made.sampled

    assert run(3) == run(3) != run(4)
    assert sample(logits.copy(), sequence(*run(3)[:7], seed=3)).token == run(3)[7]


@given(rows, st.integers(0, 20), st.integers(0, 10**6))
def test_logprobs_are_of_the_model_after_bias(logits: list[float], num_top: int, seed: int) -> None:
    """The log-softmax of logits + bias: penalties, temperature and truncation do not change what is reported."""
    num_top = min(num_top, len(logits))
    made, bias = row(*logits), {0: 1.5, 1: -3.0}
    sampled = pick(
        made, 0, 1, 1, seed=seed, logit_bias=bias, presence_penalty=1.0, frequency_penalty=0.5, temperature=0.7,
        top_p=0.9, logprobs=num_top,
    )  # fmt: skip
    made[0] += 1.5
    made[1] -= 3.0
    expected = np.log(softmax(made))
    rank = int((made > made[sampled.token]).sum())
    assert sampled.logprob == pytest.approx(expected[sampled.token] if rank < 20 else UNLIKELY, abs=1e-4)
    assert [value for _, value in sampled.top] == pytest.approx(sorted(expected, reverse=True)[:num_top], abs=1e-4)
    assert all(value == pytest.approx(expected[token], abs=1e-4) for token, value in sampled.top)
    assert len({token for token, _ in sampled.top}) == num_top


def test_a_token_outside_the_20_likeliest_is_unlikely() -> None:
    """-9999.0 stands for a token that is not among the 20 likeliest, the 20th still has its own value."""
    logits = row(*np.arange(30, 0, -1) / 10)
    assert pick(logits, logit_bias={}, logprobs=0, temperature=0.0).logprob != UNLIKELY
    forced = [sample(logits.copy(), _only(token)) for token in (19, 20)]
    assert forced[0].token == 19 and forced[0].logprob is not None and forced[0].logprob > -10
    assert (forced[1].token, forced[1].logprob) == (20, -9999.0)


def _only(token: int) -> Sequence:
    """A choice whose penalties leave only one token to draw: all others were sampled very often."""
    others = [other for other in range(30) if other != token for _ in range(50)]
    return sequence(*others, frequency_penalty=2.0, temperature=0.0, logprobs=0)


def test_no_report_unless_asked() -> None:
    """Without `logprobs` nothing is computed; with 0 only the sampled token's own."""
    assert pick(row(1, 2)) == Sampled(pick(row(1, 2)).token, None, ())
    assert pick(row(1, 2), logprobs=0).top == ()


masked = st.lists(st.tuples(st.integers(-80, 80).map(lambda tenth: tenth / 10), st.booleans()), min_size=2, max_size=40)
samplings = st.fixed_dictionaries({}, optional={
    "temperature": st.sampled_from([0.0, 1e-9, 0.3, 1.0, 2.0]),
    "top_k": st.integers(0, 5),
    "top_p": shares,
    "min_p": shares,
    "presence_penalty": st.sampled_from([-2.0, 2.0]),
    "frequency_penalty": st.sampled_from([-2.0, 0.5]),
    "logit_bias": st.dictionaries(st.sampled_from([0, 1]), st.sampled_from([-100.0, 3.0, 100.0])),
    "logprobs": st.integers(0, 2),
    "seed": st.integers(0, 10**6),
})  # fmt: skip


def split(pairs: list[tuple[float, bool]]) -> tuple[Row, Mask]:
    """Logits, and whether each may come, of which at least one may."""
    mask = np.array([allowed for _, allowed in pairs])
    assume(mask.any())
    return row(*(logit for logit, _ in pairs)), mask


@given(masked, samplings, st.lists(st.integers(0, 1), max_size=4))
def test_only_what_a_mask_allows_is_chosen(
    pairs: list[tuple[float, bool]], decoding: dict[str, Any], sampled: list[int]
) -> None:
    """Whatever the temperature, truncation, penalties and bias: a grammar is never broken."""
    logits, mask = split(pairs)
    assert mask[sample(logits, sequence(*sampled, **decoding), mask).token]


@given(masked, samplings, st.lists(st.integers(0, 1), max_size=4))
def test_probabilities_are_of_what_is_allowed(
    pairs: list[tuple[float, bool]], decoding: dict[str, Any], sampled: list[int]
) -> None:
    """The choice is the one among a vocabulary that has the allowed tokens only, after bias and penalties."""
    logits, mask = split(pairs)
    made = sequence(*sampled, **decoding)
    allowed = np.flatnonzero(mask)
    changed = logits.copy()
    for token, bias in made.decoding.logit_bias.items():
        changed[token] += np.float32(bias)
    for token, count in made.counts.items():
        changed[token] -= np.float32(made.decoding.presence_penalty + made.decoding.frequency_penalty * count)
    assert sample(logits.copy(), made, mask).token == allowed[choose(changed[allowed], made)]


@given(masked, samplings, st.lists(st.integers(0, 1), max_size=4))
def test_reported_logprobs_do_not_know_of_the_mask(
    pairs: list[tuple[float, bool]], decoding: dict[str, Any], sampled: list[int]
) -> None:
    """They are the model's own, also those of the likeliest, which the mask may forbid."""
    logits, mask = split(pairs)
    made = sequence(*sampled, **(decoding | {"logprobs": 2}))
    bound = sample(logits.copy(), made, mask)
    free = sample(logits.copy(), made)
    assert bound.top == free.top
    assert bound == take(logits.copy(), made, bound.token)


def test_truncation_is_of_what_is_allowed() -> None:
    """`top_k: 1` takes the likeliest of the allowed, not nothing, when the likeliest of all is forbidden."""
    for decoding in ({"top_k": 1}, {"top_p": 0.0}, {"min_p": 1.0}, {"temperature": 0.0}):
        assert sample(row(9, 1, 2), sequence(**decoding), np.array([False, True, True])).token == 2


@pytest.mark.parametrize("decoding", DISTRIBUTIONS)
def test_allowed_tokens_come_as_often_as_they_should(decoding: dict[str, Any]) -> None:
    """Over 4,000 positions they follow the softmax of what is allowed and left (chi-square, p = 0.001)."""
    logits = row(*np.linspace(-1, 1.5, 24)[np.random.default_rng(1).permutation(24)])
    mask = np.arange(24) % 2 == 0
    made, num = sequence(seed=11, **decoding), 4000
    counts = np.zeros(len(logits))
    for _ in range(num):
        token = choose_allowed(logits.copy(), made, mask)
        made.sampled.append(token)
        counts[token] += 1
    left = np.flatnonzero(mask)[sorted(kept(logits[mask], **decoding))]
    expected = np.zeros(len(logits))
    expected[left] = softmax(logits[left], decoding.get("temperature", 1.0)) * num
    assert not counts[expected == 0].any()
    assert ((counts - expected)[left] ** 2 / expected[left]).sum() < 31.3


def test_a_token_that_must_come() -> None:
    """It has the value that the model gives it, after bias; nothing is computed that was not asked for."""
    assert take(row(1, 2, 3), sequence(), 0) == Sampled(0)
    taken = take(row(1, 2, 3), sequence(2, 2, logprobs=1, logit_bias={0: 1.0}, presence_penalty=2.0), 0)
    assert (taken.token, taken.logprob) == (0, pytest.approx(np.log(softmax(row(2, 2, 3))[0])))
    assert taken.top == ((2, pytest.approx(np.log(softmax(row(2, 2, 3))[2]))),)
