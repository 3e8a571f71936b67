"""From a request to how it is served: its tier, what may be kept of its prompt, and what it will probably be answered.

Changes when an answer comes, and never what it says.
"""

import hashlib
from collections.abc import Iterator, Set

from antiphon.capability import Capability
from antiphon.completion.conversation import join
from antiphon.engine.base import Caching, Service, Tier
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.parts import RefusalPart
from antiphon.schema.response.completion import ServiceTier

TIERS: dict[str | None, Tier] = {"priority": "priority", "fast": "priority", "flex": "flex"}
"""All others are default."""
TTL_S = {"30m": 1800, "12h": 43200}


def build_service(request: CreateChatCompletion, *, tenant: str) -> Service:
    """tenant: only its requests share what is computed."""
    prediction = join(request.prediction.content) if request.prediction else None
    return Service(tier=tier_of(request), caching=build_caching(request, tenant=tenant), prediction=prediction)


def tier_of(request: CreateChatCompletion) -> Tier:
    """The tier that a request gets."""
    return TIERS.get(request.service_tier, "default")


def told_tier(request: CreateChatCompletion, capabilities: Set[Capability]) -> ServiceTier | None:
    """What an answer says of it: nothing where nothing was asked."""
    if request.service_tier is None:
        return None
    return tier_of(request) if "service_tiers" in capabilities else "default"


def build_caching(request: CreateChatCompletion, *, tenant: str) -> Caching:
    """Groups are apart from each other, as tenants are."""
    group, options = request.prompt_cache_key, request.prompt_cache_options
    told = f"{tenant}\0{group or ''}".encode("utf-8", "surrogatepass")
    return Caching(
        namespace=hashlib.sha256(told).hexdigest()[:32],
        grouped=group is not None,
        explicit=options is not None and options.mode == "explicit",
        ttl_s=max((TTL_S[ttl] for ttl in find_ttls(request)), default=None),
        on_disk=request.prompt_cache_retention == "24h",
    )


def find_ttls(request: CreateChatCompletion) -> Iterator[str]:
    """How long prompts must stay, wherever that is said."""
    if request.prompt_cache_options and request.prompt_cache_options.ttl:
        yield request.prompt_cache_options.ttl
    for message in request.messages:
        for part in message.content if isinstance(message.content, list) else ():
            marked = None if isinstance(part, RefusalPart) else part.prompt_cache_breakpoint
            if marked and marked.ttl:
                yield marked.ttl
