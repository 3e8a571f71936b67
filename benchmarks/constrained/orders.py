"""What is asked for: one record after another, each with a prompt and a seed of its own.

It knows no server. Invariant: the orders of one run are the same whoever is asked, and no two prompts begin alike.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from antiphon.bench.prompts import PromptSource
from constrained.schemas import RECORDS, Record

OPENING_WORDS = 4


@dataclass(frozen=True)
class Order:
    """One record to be written."""

    record: Record
    prompt: str
    seed: int


@dataclass(frozen=True)
class Generation:
    """How answers are sampled and sent: the same for all orders and servers."""

    max_tokens: int
    temperature: float
    stream: bool
    timeout_s: float

    def build_body(self, model: str, order: Order) -> dict[str, Any]:
        """A request body without anything that OpenAI's API does not have."""
        body: dict[str, Any] = {
            "model": model,
            "messages": [{"role": "user", "content": order.prompt}],
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "top_p": 1,
            "seed": order.seed,
            "stream": self.stream,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": order.record.name, "strict": True, "schema": order.record.schema},
            },
        }
        return {**body, "stream_options": {"include_usage": True}} if self.stream else body


class OrderSource:
    """A row of orders. fresh_schemas: whether each has a schema that no server has seen."""

    def __init__(self, seed: int, *, fresh_schemas: bool) -> None:
        self._seed = seed
        self._fresh_schemas = fresh_schemas
        self._prompts = PromptSource(seed)
        self._numbers = itertools.count()

    def build_order(self, record: Record) -> Order:
        """The next one, for this record."""
        number = self._seed + next(self._numbers)
        opening = self._prompts.build_prompt(OPENING_WORDS)
        prompt = f"{opening}: write {record.called} that has to do with these words, as JSON."
        return Order(record.with_mark(number) if self._fresh_schemas else record, prompt, number)

    def build_streams(self, concurrency: int, num_orders: int) -> list[Sequence[Order]]:
        """The orders of one round, a row for each stream; each row begins with another record."""
        return [
            [self.build_order(RECORDS[(stream + place) % len(RECORDS)]) for place in range(num_orders)]
            for stream in range(concurrency)
        ]
