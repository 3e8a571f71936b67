"""How tokens are chosen and who goes first, in the words of each kind of upstream."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.base import Caching, Decoding, Service, Tier
from antiphon.engine.remote.found import Found
from antiphon.engine.remote.kinds import GENERIC, KINDS, LLAMA_SERVER, OPENAI, SGLANG, VLLM, Kind
from antiphon.engine.remote.request.sampling import LONGEST_CONTEXT, fold, write_sampling

Fields = dict[str, Any]
DRAWN = Decoding(drawn=True, seed=7)
seeds = st.integers(-(2**63), 2**63 - 1)


def write(kind: Kind, decoding: Decoding = DRAWN, service: Service | None = None, **found: Any) -> Fields:
    """All fields."""
    return write_sampling(Found(kind=kind, model="m", **found), decoding, service or Service())


DEFAULTS: dict[str, Fields] = {
    "vllm": {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0, "cache_salt": "antiphon"},
    "sglang": {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0, "cache_salt": "antiphon"},
    "llama-server": {"top_k": 0, "min_p": 0.0, "typical_p": 1.0, "repeat_penalty": 1.0},
    "openai": {},
    "generic": {},
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_nothing_is_left_to_an_upstreams_defaults(kind: Kind) -> None:
    """The API's are said, and nothing that was not asked for."""
    assert write(kind) == {"temperature": 1.0, "top_p": 1.0, **DEFAULTS[kind.name]}


MOST = {"vllm": "max_completion_tokens", "sglang": "max_completion_tokens", "openai": "max_completion_tokens",
        "llama-server": "max_tokens", "generic": "max_tokens"}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_asked_for(kind: Kind) -> None:
    """By its name, and as it is."""
    asked = Decoding(
        max_tokens=9, temperature=0.0, top_p=0.5, top_k=40, min_p=0.1, presence_penalty=-1.5, frequency_penalty=2.0,
        logit_bias={5: -100.0, 17: 2.5}, stop=("a", "\n"), seed=42, n=3, logprobs=0,
    )  # fmt: skip
    window = {"repeat_last_n": LONGEST_CONTEXT} if kind.name == "llama-server" else {}
    fitted = {"vllm": {"temperature": 1.0, "top_k": 1}, "llama-server": {"top_logprobs": 1}}.get(kind.name, {})
    assert write(kind, asked) == {
        **DEFAULTS[kind.name], MOST[kind.name]: 9, "temperature": 0.0, "top_p": 0.5, "top_k": 40, "min_p": 0.1,
        "presence_penalty": -1.5, "frequency_penalty": 2.0, "logit_bias": {"5": -100.0, "17": 2.5}, "stop": ["a", "\n"],
        "seed": 42, "n": 3, "logprobs": True, "top_logprobs": 0, **window, **fitted,
    }  # fmt: skip


@pytest.mark.parametrize(("asked", "window"), [
    (Decoding(), None), (Decoding(presence_penalty=0.5), 4096), (Decoding(frequency_penalty=-0.5), 4096),
])  # fmt: skip
def test_how_far_back_penalties_look(asked: Decoding, window: int | None) -> None:
    """llama-server's over the whole context; the others always do."""
    assert write(LLAMA_SERVER, asked, context_length=4096).get("repeat_last_n") == window
    assert not any("repeat_last_n" in write(kind, asked) for kind in KINDS.values() if kind is not LLAMA_SERVER)


@pytest.mark.parametrize(("kind", "asked", "fields"), [
    (GENERIC, None, {}),
    (VLLM, None, {}),
    (GENERIC, 0, {"logprobs": True, "top_logprobs": 0}),
    (GENERIC, 5, {"logprobs": True, "top_logprobs": 5}),
    (SGLANG, 5, {"logprobs": True, "top_logprobs": 5}),
    (VLLM, 0, {"logprobs": True, "top_logprobs": 0}),
    (VLLM, 1, {"logprobs": True, "top_logprobs": 2}),
    (VLLM, 19, {"logprobs": True, "top_logprobs": 20}),
    (VLLM, 20, {"logprobs": True, "top_logprobs": 20}),
])  # fmt: skip
def test_logprobs(kind: Kind, asked: int | None, fields: Fields) -> None:
    """One more where the sampled one takes a place, up to what may be asked for."""
    written = write(kind, Decoding(logprobs=asked))
    assert {name: value for name, value in written.items() if "logprobs" in name} == fields
    assert all(type(value) in (bool, int) for value in fields.values())


@given(seeds, st.sampled_from([31, 63]))
def test_a_seed_of_so_many_bits(seed: int, bits: int) -> None:
    """Itself where it fits; always the same for the same."""
    folded = fold(seed, bits)
    assert folded == fold(seed, bits) and -(2**63) <= folded < 2**bits
    assert folded == seed or (bits == 31 and folded >= 0 and not 0 <= seed < 2**31)


def test_seeds_that_do_not_fit() -> None:
    """Stay apart."""
    given_seeds = [*range(-500, 0), *range(2**31, 2**31 + 500), *range(2**63 - 500, 2**63)]
    assert len({fold(seed, 31) for seed in given_seeds}) == len(given_seeds)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_seed_that_nobody_asked_for(kind: Kind) -> None:
    """Is the upstream's own affair, unless somebody is told."""
    assert "seed" not in write(kind, Decoding(seed=7, drawn=True))
    assert write(kind, Decoding(seed=7))["seed"] == 7 and write(kind, Decoding())["seed"] == 0


TIERS: list[tuple[Tier, int]] = [("priority", -1), ("default", 0), ("flex", 1)]


@pytest.mark.parametrize(("tier", "priority"), TIERS)
def test_who_goes_first(tier: Tier, priority: int) -> None:
    """By numbers, from either end, where the upstream has an order."""
    service = Service(tier=tier)
    assert write(VLLM, service=service, prioritizes=True)["priority"] == priority
    assert write(SGLANG, service=service, prioritizes=True, high_first=True)["priority"] == -priority
    assert "priority" not in write(VLLM, service=service)


@pytest.mark.parametrize(("service", "fields"), [
    (Service(), {}),
    (Service(tier="flex"), {"service_tier": "flex"}),
    (Service(tier="priority"), {"service_tier": "priority"}),
    (Service(prediction="a"), {"prediction": {"type": "content", "content": "a"}}),
    (Service(prediction=""), {"prediction": {"type": "content", "content": ""}}),
    (Service(caching=Caching(namespace="k")), {}),
    (Service(caching=Caching(namespace="k", grouped=True)), {"prompt_cache_key": "k"}),
    (Service(caching=Caching(namespace="k", on_disk=True)), {"prompt_cache_retention": "24h"}),
])  # fmt: skip
def test_what_openai_has_fields_for(service: Service, fields: Fields) -> None:
    """Tiers, predictions, caching; the others are not told."""
    assert write(OPENAI, service=service) == {"temperature": 1.0, "top_p": 1.0, **fields}
    assert write(GENERIC, service=service) == {"temperature": 1.0, "top_p": 1.0}
    assert not fields.keys() & write(VLLM, service=service).keys()


@pytest.mark.parametrize("kind", [VLLM, SGLANG])
def test_prompts_of_others_are_kept_apart(kind: Kind) -> None:
    """By a salt, which is never empty."""
    assert write(kind, service=Service(caching=Caching(namespace="k")))["cache_salt"] == "k"
    assert write(kind)["cache_salt"]
