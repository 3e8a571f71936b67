"""What each kind of engine can do, and in which words it is asked: the one table of it.

A test compares it with the real thing where that runs here (llama-server, vLLM). SGLang's rows are from its source.
"""

from typing import Literal

from msgspec import Struct

from antiphon.capability import Capability
from antiphon.upstreams import KindName

BASE: frozenset[Capability] = frozenset({"tools", "structured_output"})
"""What a gateway has by itself, whatever is behind it: calls can be taught, and answers checked."""
Grammars = Literal["structured_outputs", "ebnf", "grammar"]
"""The field that takes a grammar: vLLM's, SGLang's, llama-server's."""


class Kind(Struct, frozen=True, kw_only=True):
    """capabilities: beyond those of all. native: whether custom tools, allowed tools, tiers and predictions pass as
    they are. health: where it says that it can answer; by default in its models. salts: whether prompts are kept apart
    by a salt. goes_on: whether it goes on with a last turn of the assistant, where a new one is wanted.

    Sampling. neutral: fields that make its own defaults the API's. limit: its name for most tokens of a choice.
    seed_bits: of the largest seed that it takes. penalty_window: its field for how far back penalties look.
    least_top_p: the smallest that it takes. greedy_alone: whether it takes no `n` at temperature 0.

    Tools and formats. names: whether a tool can be chosen by name. strict: whether it knows that field. holds_calls:
    whether calls that must come follow their schemas by its own means. formats_beside_tools: whether it has both.
    grammars: how it takes one.

    Media. redraws: whether pictures go there as the pixels that a built-in model would see, because it reads few kinds
    itself, and none the way it was held. hears_urls: whether a recording is a data URL.

    Answers. least_top: likeliest tokens without which it gives no log-probabilities. tops_sampled: whether it puts the
    sampled token among the likeliest, whatever it is. usage_each: whether it says of each choice apart what it took.
    trims: whether it tells of white space at the beginning that it does not send.
    """

    name: KindName
    capabilities: frozenset[Capability] = frozenset()
    native: bool = False
    health: str | None = None
    salts: bool = False
    goes_on: bool = False

    neutral: dict[str, float | int] = {}
    limit: str = "max_completion_tokens"
    seed_bits: int = 63
    penalty_window: str | None = None
    least_top_p: float = 0.0
    greedy_alone: bool = False

    names: bool = True
    strict: bool = False
    holds_calls: bool = True
    formats_beside_tools: bool = True
    grammars: Grammars | None = None

    redraws: bool = False
    hears_urls: bool = False

    least_top: int = 0
    tops_sampled: bool = False
    usage_each: bool = False
    trims: bool = False


VLLM = Kind(
    name="vllm",
    capabilities=frozenset({"token_filters", "prompt_grouping", "reasoning_effort", "reasoning_content"}),
    health="/health",
    salts=True,
    neutral={"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0},
    least_top_p=1e-6,
    greedy_alone=True,
    strict=True,
    holds_calls=False,
    formats_beside_tools=False,
    grammars="structured_outputs",
    tops_sampled=True,
)
SGLANG = Kind(
    name="sglang",
    capabilities=frozenset({"token_filters", "prompt_grouping", "reasoning_effort", "reasoning_content"}),
    health="/health",
    salts=True,
    neutral={"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0},
    strict=True,
    formats_beside_tools=False,
    grammars="ebnf",
    hears_urls=True,
)
LLAMA_SERVER = Kind(
    name="llama-server",
    capabilities=frozenset({"token_filters", "reasoning_content"}),
    health="/health",
    goes_on=True,
    neutral={"top_k": 0, "min_p": 0.0, "typical_p": 1.0, "repeat_penalty": 1.0},
    limit="max_tokens",
    seed_bits=31,
    penalty_window="repeat_last_n",
    names=False,
    formats_beside_tools=False,
    grammars="grammar",
    redraws=True,
    least_top=1,
    usage_each=True,
    trims=True,
)
OPENAI = Kind(
    name="openai",
    capabilities=frozenset({"prediction", "prompt_grouping", "prompt_storage", "reasoning_effort", "service_tiers"}),
    native=True,
    strict=True,
)
GENERIC = Kind(name="generic", limit="max_tokens")

KINDS: dict[KindName, Kind] = {kind.name: kind for kind in (VLLM, SGLANG, LLAMA_SERVER, OPENAI, GENERIC)}
