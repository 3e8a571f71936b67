"""A hundred tools and more, made by chance from a seed, in the strict subset.

Invariant: the same seed gives the same tools, and another seed other names, enums and bounds in each of them.
"""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from antiphon.bench.prompts import WORDS
from constrained.schemas import YES_OR_NO, Schema, build_object, choice, many, text, whole

Tool = Mapping[str, Any]


def build_tools(num_tools: int, num_bytes: int, *, seed: str) -> list[Tool]:
    """Together about as long as wanted when written as JSON, and a few kB longer if they are many."""
    chance = random.Random(seed)
    return [_build_tool(number, num_bytes // num_tools, chance) for number in range(num_tools)]


def count_bytes(tools: Sequence[Tool]) -> int:
    """Length as JSON."""
    return len(json.dumps(tools))


def _build_tool(number: int, num_bytes: int, chance: random.Random) -> Tool:
    name = "_".join([*chance.sample(WORDS, 3), str(number)])
    properties: dict[str, Schema] = {}
    while True:
        described = {"description": " ".join(chance.sample(WORDS, 6))}
        property_name = "_".join(chance.sample(WORDS, 2))
        properties[property_name] = {**_build_property(chance), **described}
        function = {"name": name, **described, "strict": True, "parameters": build_object(properties)}
        tool = {"type": "function", "function": function}
        # A property has some 120 bytes: the next one would lead past the end as often as not.
        if count_bytes([tool]) > num_bytes - 60:
            return tool


def _build_property(chance: random.Random) -> Schema:
    least = chance.randrange(1000)
    kinds: Sequence[Schema] = (
        text(chance.randrange(8, 64)),
        whole(least, least + chance.randrange(1, 100_000)),
        choice(*chance.sample(WORDS, 4)),
        many(choice(*chance.sample(WORDS, 3)), 1, chance.randrange(2, 6)),
        build_object({chance.choice(WORDS): whole(0, least + 1), f"{chance.choice(WORDS)}_name": text(24)}),
        YES_OR_NO,
    )
    return chance.choice(kinds)
