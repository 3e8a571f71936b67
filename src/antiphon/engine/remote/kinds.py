"""What each kind of engine can do, and in which words it is asked: the one table of it.

A test compares it with the real thing where that runs here (llama-server, vLLM). SGLang's rows are from its source.
"""

from typing import Literal

from msgspec import Struct

from antiphon.capability import Capability
from antiphon.upstreams import KindName

BASE: frozenset[Capability] = frozenset({"tools", "structured_output", "prompt_grouping"})
"""What a gateway has by itself, whatever is behind it: calls can be taught, answers checked, and the same go to the
same.
"""
Grammars = Literal["structured_outputs", "ebnf", "grammar"]
"""The field that takes a grammar: vLLM's, SGLang's, llama-server's."""


class Kind(Struct, frozen=True, kw_only=True):
    """capabilities: beyond those of all. neutral: fields that make its own defaults the API's. limit: its name for most
    tokens of a choice. roles: whether it knows the developer. seed_bits: the largest seed that it takes.
    native: whether custom tools, allowed tools, tiers and predictions pass as they are. names: whether a tool can be
    chosen by name. grammars: how it takes one. health: where it says that it can answer; by default in its models.
    salts: whether prompts are kept apart by a salt. penalty_window: its field for how far back penalties look.
    usage_each: whether it says of each choice apart what it took.
    """

    name: KindName
    capabilities: frozenset[Capability] = frozenset()
    neutral: dict[str, float | int] = {}
    limit: str = "max_completion_tokens"
    seed_bits: int = 63
    native: bool = False
    names: bool = True
    grammars: Grammars | None = None
    health: str | None = None
    salts: bool = False
    penalty_window: str | None = None
    usage_each: bool = False


VLLM = Kind(
    name="vllm",
    capabilities=frozenset({"token_filters", "reasoning_effort", "reasoning_content"}),
    neutral={"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0},
    grammars="structured_outputs",
    health="/health",
    salts=True,
)
SGLANG = Kind(
    name="sglang",
    capabilities=frozenset({"token_filters", "reasoning_effort", "reasoning_content"}),
    neutral={"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0},
    grammars="ebnf",
    health="/health",
    salts=True,
)
LLAMA_SERVER = Kind(
    name="llama-server",
    capabilities=frozenset({"token_filters", "reasoning_content"}),
    neutral={"top_k": 0, "min_p": 0.0, "typical_p": 1.0, "repeat_penalty": 1.0},
    limit="max_tokens",
    seed_bits=31,
    names=False,
    grammars="grammar",
    penalty_window="repeat_last_n",
    usage_each=True,
    health="/health",
)
OPENAI = Kind(
    name="openai",
    capabilities=frozenset({"prediction", "prompt_storage", "reasoning_effort", "service_tiers"}),
    native=True,
)
GENERIC = Kind(name="generic", limit="max_tokens")

KINDS: dict[KindName, Kind] = {kind.name: kind for kind in (VLLM, SGLANG, LLAMA_SERVER, OPENAI, GENERIC)}
