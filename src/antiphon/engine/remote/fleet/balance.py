"""Which upstream answers next: the one that has the conversation's prompt computed, unless it has too much to do. Pure.

Rendezvous hashing with bounded loads: every process, and every machine, comes to the same order for a conversation
without asking anybody, and a dead upstream's conversations spread over all others. (Mirrokni, Thorup and Zadimoghaddam,
"Consistent hashing with bounded loads", 2016.)
"""

import hashlib
import math
from collections.abc import Sequence

from msgspec import Struct

from antiphon.dialect.conversation import Conversation
from antiphon.dialect.medium import Medium, Transcript
from antiphon.engine.base import Service

SLACK = 1.25
"""Times the mean load that one may have before others are preferred."""


class Standing(Struct, frozen=True):
    """An upstream just now. load: answers that it is giving."""

    number: int
    name: str
    weight: float
    load: int


def order(standings: Sequence[Standing], key: bytes) -> list[int]:
    """Numbers of upstreams, whom to ask first. Those with too much to do come last, the least loaded first."""
    total, weights = sum(standing.load for standing in standings) + 1, sum(standing.weight for standing in standings)

    def is_full(standing: Standing) -> bool:
        return standing.load + 1 > math.ceil(SLACK * total * standing.weight / weights)

    preferred = sorted(standings, key=lambda standing: score(standing, key), reverse=True)
    free = [standing for standing in preferred if not is_full(standing)]
    full = sorted(filter(is_full, preferred), key=lambda standing: standing.load / standing.weight)
    return [standing.number for standing in (*free, *full)]


def score(standing: Standing, key: bytes) -> float:
    """Of an upstream for a conversation: the highest wins, in proportion to weights."""
    digest = hashlib.blake2b(key + standing.name.encode(), digest_size=8).digest()
    uniform = (int.from_bytes(digest, "big") + 1) / (2**64 + 1)
    return -standing.weight / math.log(uniform)


def key_of(conversation: Conversation, service: Service) -> bytes:
    """The same for all requests that probably begin alike: those of a group, or of a conversation, which is known by
    all up to what its user says first.
    """
    digest = hashlib.blake2b(service.caching.namespace.encode(), digest_size=16)
    if service.caching.grouped:
        return digest.digest()
    for turn in conversation.turns:
        digest.update(f"\0{turn.role}\0{turn.text}".encode("utf-8", "replace"))
        for mark in filter(turn.text.__contains__, conversation.media):
            digest.update(f"\0{name_of(conversation.media[mark])}".encode("utf-8", "replace"))
        if turn.role == "user":
            break
    return digest.digest()


def name_of(medium: Medium) -> str:
    """What tells it from others."""
    return medium.text if isinstance(medium, Transcript) else medium.digest
