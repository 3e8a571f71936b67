"""How tokens are chosen and who goes first, in an upstream's words. Pure.

The API's defaults are said, because an upstream's own may be others: those of a model's `generation_config`, say.
"""

import hashlib
from typing import Any

from antiphon.engine.base import Decoding, Service, Tier
from antiphon.engine.remote.found import Found

PRIORITIES: dict[Tier, int] = {"priority": -1, "default": 0, "flex": 1}
"""As vLLM counts: lower goes first."""
MOST_TOP = 20
LONGEST_CONTEXT = 1 << 17


def write_sampling(found: Found, decoding: Decoding, service: Service) -> dict[str, Any]:
    """All fields that are about sampling and service."""
    kind = found.kind
    top_p = max(decoding.top_p, kind.least_top_p)
    fields: dict[str, Any] = {"temperature": decoding.temperature, "top_p": top_p, **kind.neutral}
    wished = {
        kind.limit: decoding.max_tokens,
        "top_k": decoding.top_k or None,
        "min_p": decoding.min_p or None,
        "presence_penalty": decoding.presence_penalty or None,
        "frequency_penalty": decoding.frequency_penalty or None,
        "logit_bias": {str(token): bias for token, bias in decoding.logit_bias.items()} or None,
        "stop": list(decoding.stop) or None,
        "n": decoding.n if decoding.n > 1 else None,
        "seed": None if decoding.drawn else fold(decoding.seed, kind.seed_bits),
    }
    fields |= {name: value for name, value in wished.items() if value is not None}
    if kind.penalty_window and (decoding.presence_penalty or decoding.frequency_penalty):
        fields[kind.penalty_window] = found.context_length or LONGEST_CONTEXT
    if kind.greedy_alone and decoding.n > 1 and not decoding.temperature:
        fields |= {"temperature": 1.0, "top_k": 1}  # which is the same
    return fields | write_logprobs(found, decoding) | write_service(found, service)


def fold(seed: int, bits: int) -> int:
    """A seed in as many bits as the upstream takes: itself where it fits."""
    if 0 <= seed < 1 << bits or bits > 62:
        return seed
    return int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:8], "big") % (1 << bits)


def write_logprobs(found: Found, decoding: Decoding) -> dict[str, Any]:
    """One more than are wanted where the sampled one may be among them."""
    if decoding.logprobs is None:
        return {}
    more = found.kind.tops_sampled and 0 < decoding.logprobs < MOST_TOP
    return {"logprobs": True, "top_logprobs": max(decoding.logprobs + more, found.kind.least_top)}


def write_service(found: Found, service: Service) -> dict[str, Any]:
    """Tier, caching, prediction."""
    fields: dict[str, Any] = {}
    if found.kind.salts:
        fields["cache_salt"] = service.caching.namespace or "antiphon"
    if found.prioritizes:
        fields["priority"] = PRIORITIES[service.tier] * (-1 if found.high_first else 1)
    return fields | (write_native(service) if found.kind.native else {})


def write_native(service: Service) -> dict[str, Any]:
    """What OpenAI's API has fields for."""
    fields: dict[str, Any] = {}
    if service.tier != "default":
        fields["service_tier"] = service.tier
    if service.prediction is not None:
        fields["prediction"] = {"type": "content", "content": service.prediction}
    if service.caching.grouped:
        fields["prompt_cache_key"] = service.caching.namespace
    if service.caching.on_disk:
        fields["prompt_cache_retention"] = "24h"
    return fields
