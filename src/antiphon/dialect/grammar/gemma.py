"""Arguments in Gemma's notation, by a function's schema: bare keys, strings between control tokens."""

from typing import Any

from antiphon.dialect.families.gemma import QUOTE
from antiphon.dialect.form import Form
from antiphon.dialect.grammar.notation import Notation, write_text
from antiphon.dialect.grammar.order import write_pairs
from antiphon.dialect.grammar.schema import Property, properties_of
from antiphon.dialect.grammar.strings import is_text, values_of
from antiphon.dialect.keys import KEY, carries

COMMA = '","'


def write_gemma(notation: Notation, form: Form) -> str:
    """`key:value,key:value`, in the schema's order."""
    writer = GemmaWriter(notation, form)
    return notation.pairs(writer.pair, lambda: f'/{KEY}/ ":" {writer.anything()}', between=COMMA)


class GemmaWriter:
    """Values, with a rule for each schema that others refer to."""

    def __init__(self, notation: Notation, form: Form) -> None:
        self.notation = notation
        self.form = form
        self.lark = notation.lark
        self.rules: dict[str, str] = {}

    def pair(self, given: Property) -> str:
        """A key, in quotes where it needs some, and its value."""
        quote = "" if carries(self.form, given.name) else QUOTE
        return f"{self.lark.named(quote, given.name, f'{quote}:')} {self.value(given.schema)}"

    def value(self, schema: Any) -> str:
        """A value of a schema. What the notation has no grammar for may be anything."""
        if not isinstance(schema, dict):
            return self.anything()
        if is_text(schema):
            return f"{self.lark.literal(QUOTE)} {write_text(self.lark, schema, QUOTE)}"
        if values := values_of(schema):
            return f"({' | '.join(map(self.constant, values))})"
        if reference := schema.get("$ref"):
            return self.reference(reference)
        if options := schema.get("anyOf", schema.get("oneOf")):
            return f"({' | '.join(map(self.value, options))})"
        kinds = schema.get("type", [])
        if isinstance(kinds, list):
            return (
                f"({' | '.join(self.value({**schema, 'type': kind}) for kind in kinds)})" if kinds else self.anything()
            )
        return self.typed(schema, kinds)

    def typed(self, schema: dict[str, Any], kind: str) -> str:
        """A value of one type."""
        match kind:
            case "array":
                return self.array(schema)
            case "object" if (properties := properties_of(schema)) is not None:
                pairs = [(self.pair(given), given.required) for given in properties]
                inner = write_pairs(self.lark, self.lark.fresh("object"), pairs, COMMA)
                return f'"{{" {inner} "}}"'
            case "object":
                return f'"{{" (/{KEY}/ ":" {self.anything()} ("," /{KEY}/ ":" {self.anything()}){{0,31}})? "}}"'
            case "string":
                return self.value({"type": "string"})
        return self.notation.json({**schema, "x-guidance": self.notation.schema.get("x-guidance", {})})

    def array(self, schema: dict[str, Any]) -> str:
        """Items with commas."""
        least, most = int(schema.get("minItems", 0)), schema.get("maxItems")
        if most == 0:
            return '"[]"'
        item = self.value(schema.get("items", True))
        more = f'("," {item}){{{max(least - 1, 0)},{"" if most is None else int(most) - 1}}}'
        return f'"[" {item} {more} "]"' if least else f'"[" ({item} {more})? "]"'

    def reference(self, reference: str) -> str:
        """A rule for what is referred to, made once, so that it may refer to itself."""
        if reference not in self.rules:
            self.rules[reference] = name = self.lark.rule(self.lark.fresh("shared"), '""')
            self.lark.rules[name] = self.value(resolve(self.notation.schema, reference))
        return self.rules[reference]

    def constant(self, value: Any) -> str:
        """A value that is known."""
        if isinstance(value, str):
            return self.lark.named(QUOTE, value, QUOTE)
        return self.notation.json({"const": value, "x-guidance": self.notation.schema.get("x-guidance", {})})

    def anything(self) -> str:
        """Any value."""
        if "anything" not in self.rules:
            self.rules["anything"] = name = self.lark.rule(self.lark.fresh("anything"), '""')
            text = f"{self.lark.literal(QUOTE)} {write_text(self.lark, {'type': 'string'}, QUOTE)}"
            number = r"/-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,15})?/"
            pairs = f'/{KEY}/ ":" {name} ("," /{KEY}/ ":" {name}){{0,31}}'
            items = f'{name} ("," {name}){{0,31}}'
            self.lark.rules[name] = (
                f'{text} | {number} | "true" | "false" | "null" | "{{" ({pairs})? "}}" | "[" ({items})? "]"'
            )
        return self.rules["anything"]


def resolve(root: dict[str, Any], reference: str) -> Any:
    """What a reference within a schema means."""
    value: Any = root
    for step in reference.removeprefix("#").split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~").replace("%25", "%")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value
