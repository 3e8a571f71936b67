"""What an answer, and a computed prompt, depends on, as hashes."""

import hashlib
from pathlib import Path

from antiphon.engine.llama.binding import build_description
from antiphon.engine.llama.config import FlashAttention, WorkerConfig
from antiphon.engine.llama.layout.choice import Loaded
from antiphon.engine.llama.model import digest
from antiphon.engine.llama.plan import Budget


def fingerprint(config: WorkerConfig, state: str, *, context: int, budget: Budget) -> str:
    """Of all that can change the output. state: the signature of what is computed. Where an answer does not depend on
    what is computed together, the shapes of cache and batch do not count.
    """
    shapes = "" if config.deterministic else f"{context} {config.parallel} {budget} {config.draft}"
    return f"fp_{digest_of(state, str(config.deterministic), shapes)[:12]}"


def state_signature(loaded: Loaded, config: WorkerConfig, attention: FlashAttention) -> str:
    """Of all that decides what is computed: build, weights, kernels."""
    weights = [loaded.model.digest(), loaded.layout, str(config.deterministic)]
    if config.projector_path:
        weights.append(digest(Path(config.projector_path)))
    return digest_of(build_description(), *weights, attention, config.kv_type)[:32]


def kept_signature(state: str, config: WorkerConfig, context: int) -> str:
    """Of all that decides whether a process can take what another one wrote: llama.cpp's state is that of a memory of
    so many streams, and a prompt that was cut from a longer context would not fit before it is cut.
    """
    return digest_of(state, str(config.parallel), str(context))[:32]


def digest_of(*told: str) -> str:
    """Of all of them."""
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
