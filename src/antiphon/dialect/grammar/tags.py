"""Arguments in tags, by a function's schema."""

from antiphon.dialect.form import Tags
from antiphon.dialect.grammar.notation import Notation, write_text
from antiphon.dialect.grammar.schema import Property
from antiphon.dialect.grammar.strings import find_text
from antiphon.dialect.keys import KEY


def write_tags(notation: Notation, tags: Tags) -> str:
    """A tag for each argument, in the schema's order."""
    lark = notation.lark
    json_ends = tags.json_ends or tags.key_ends

    def write(given: Property) -> str:
        text = find_text(given.schema, tags.value_ends)
        head = lark.named(tags.key_begins, given.name, json_ends)
        if not text:
            return f"{head} {notation.value(given)} {lark.literal(tags.value_ends)}"
        head_of_text = lark.named(tags.key_begins, given.name, tags.key_ends)
        written = f"{head_of_text} {write_text(lark, text.schema, tags.value_ends)}"
        return f"({written} | {head} {lark.literal(f'null{tags.value_ends}')})" if text.nullable else written

    def write_any() -> str:
        head = f"{lark.literal(tags.key_begins)} /{KEY}/ {lark.literal(json_ends)}"
        return f"{head} {notation.any_value()} {lark.literal(tags.value_ends)}"

    return notation.pairs(write, write_any, between="")
