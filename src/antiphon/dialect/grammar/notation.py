"""What the notations that are not JSON share: values as parts of the grammar, pairs in the schema's order."""

import json
from collections.abc import Callable
from typing import Any

from antiphon.dialect.conversation import Tool
from antiphon.dialect.grammar.grammar import Part
from antiphon.dialect.grammar.lark import Lark
from antiphon.dialect.grammar.order import write_pairs
from antiphon.dialect.grammar.schema import Property, Schema, inner_schema, properties_of
from antiphon.dialect.grammar.strings import write_pattern

MOST_PAIRS = 31


class Notation:
    """One function's arguments. number: which function it is."""

    def __init__(self, lark: Lark, tool: Tool, number: int, schema: Schema) -> None:
        self.lark = lark
        self.tool = tool
        self.name = f"arguments{number}"
        self.schema = schema
        self.num_parts = 0

    def value(self, given: Property) -> str:
        """The value of a property as JSON."""
        return self.json(inner_schema(self.schema, given.schema))

    def any_value(self) -> str:
        """Any JSON."""
        return self.json({"x-guidance": self.schema.get("x-guidance", {})})

    def json(self, schema: Any) -> str:
        """JSON of a schema that stands alone."""
        self.num_parts += 1
        definition = json.dumps(schema, ensure_ascii=False)
        return self.lark.part(Part(f"{self.name}_{self.num_parts}", "json", definition, self.tool.place))

    def pairs(self, write: Callable[[Property], str], free: Callable[[], str], *, between: str) -> str:
        """All of them. free: an expression for any argument, where the schema does not say which there are."""
        properties = properties_of(self.schema)
        if properties is None:
            one = self.lark.rule(f"{self.name}_any", free())
            return f"({one} ({between} {one}){{0,{MOST_PAIRS}}})?"
        return write_pairs(self.lark, self.name, [(write(given), given.required) for given in properties], between)


def write_text(lark: Lark, schema: dict[str, Any], ends: str) -> str:
    """A string without quotes, and what ends it. The string cannot have within what ends it."""
    return lark.closed(write_pattern(lark, schema), ends, without=ends.strip())
