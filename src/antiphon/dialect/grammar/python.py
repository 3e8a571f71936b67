"""Arguments as Python writes them, by a function's schema. Values are JSON, but for truth values."""

from antiphon.dialect.grammar.notation import Notation
from antiphon.dialect.grammar.schema import Property
from antiphon.dialect.keys import KEY


def write_keywords(notation: Notation) -> str:
    """`a=1, b="x"`, in the schema's order."""
    lark = notation.lark

    def write(given: Property) -> str:
        if given.schema == {"type": "boolean"}:
            return f'{lark.named("", given.name, "=")} ("True" | "False")'
        return f"{lark.named('', given.name, '=')} {notation.value(given)}"

    return notation.pairs(write, lambda: f'/{KEY}/ "=" {notation.any_value()}', between='", "')
