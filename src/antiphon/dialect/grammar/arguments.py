"""The arguments of a function, in its family's notation. Knows nothing of what stands around them."""

from antiphon.dialect.conversation import Tool
from antiphon.dialect.form import Form
from antiphon.dialect.grammar.gemma import write_gemma
from antiphon.dialect.grammar.lark import Lark
from antiphon.dialect.grammar.notation import Notation
from antiphon.dialect.grammar.python import write_keywords
from antiphon.dialect.grammar.schema import part_of, properties_of, schema_of
from antiphon.dialect.grammar.tags import write_tags
from antiphon.dialect.keys import carries
from antiphon.dialect.writing import UNPACKED


def write_arguments(lark: Lark, form: Form, tool: Tool, number: int) -> str:
    """An expression for the arguments of the function with this number."""
    schema = schema_of(tool)
    if form.notation == "json":
        return lark.part(part_of(tool, f"arguments{number}", schema))
    if form.notation in UNPACKED and not all(carries(form, given.name) for given in properties_of(schema) or ()):
        return f"{lark.literal(UNPACKED[form.notation])} {lark.part(part_of(tool, f'arguments{number}', schema))}"
    notation = Notation(lark, tool, number, schema)
    match form.notation:
        case "tags":
            assert form.tags, "a form in tags says which"
            return write_tags(notation, form.tags)
        case "python":
            return write_keywords(notation)
        case "gemma":
            return write_gemma(notation, form)
