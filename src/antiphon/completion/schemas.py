"""What a request wants enforced: schemas that must be enforced exactly can be, grammars are of text, and all is within
bounds. Knows no model; whether a grammar compiles, the engine finds out.
"""

import re
from typing import Any

from antiphon.constraint.schema import check_bounds, check_schema
from antiphon.errors import InvalidGrammar, InvalidRequest, InvalidSchema
from antiphon.recent import Recent
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.options import JsonSchemaResponse
from antiphon.schema.request.tools import CustomTool, Function, FunctionTool, Grammar, GrammarFormat, Tool

MOST_TOLD = 512_000
"""Characters of all tools together: each is bounded already, and there may be 128."""
QUOTED = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|#[^\n]*|/(?:\\.|[^/\\\n])+/')
BEYOND_LARK = re.compile(r"%(?:llguidance|json|lark|regex)\b|@\w+|<[^\s>]*>|^\s*[?!]?\w+\[[^\]\n]*\]\s*:", re.MULTILINE)
MOST_KNOWN, MOST_KNOWN_BYTES = 4096, 16 << 20
known: Recent[tuple[str, bool | None], bool] = Recent(MOST_KNOWN, most_weight=MOST_KNOWN_BYTES)
"""Schemas that were found good, as Python shows them: clients send the same with every request."""


def check_schemas(request: CreateChatCompletion) -> None:
    """Raises an `InvalidRequest` for the first that cannot be enforced as it must be. What a function asks for that is
    not strict is enforced as far as it can be.
    """
    told = 0
    for field, tools in (("functions", request.functions), ("tools", request.tools)):
        for index, tool in enumerate(tools or ()):
            told += check_tool(tool, f"{field}[{index}]")
            if told > MOST_TOLD:
                raise InvalidRequest(
                    f"Invalid '{field}': up to this one they have more than {MOST_TOLD} characters together.",
                    param=f"{field}[{index}]",
                    code="string_above_max_length",
                )
    if isinstance(request.response_format, JsonSchemaResponse):
        wanted = request.response_format.json_schema
        check(wanted.schema_, "response_format.json_schema.schema", strict=bool(wanted.strict))


def check_tool(tool: Tool | Function, param: str) -> int:
    """How many characters it has that the model is told, about."""
    match tool:
        case CustomTool(custom=custom):
            grammar = custom.format.grammar if isinstance(custom.format, GrammarFormat) else None
            if grammar:
                check_grammar(grammar, f"{param}.custom.format.grammar.definition")
            return len(custom.description or "") + len(grammar.definition if grammar else "")
        case FunctionTool(function=function):
            strict = True if function.strict else None
            check_parameters(function.parameters, f"{param}.function.parameters", strict=strict)
        case Function() as function:
            check_parameters(function.parameters, f"{param}.parameters", strict=None)
    return len(function.description or "") + len(repr(function.parameters))


def check_grammar(grammar: Grammar, param: str) -> None:
    """Raises `InvalidGrammar` for what the engine's variant of Lark has and Lark has not: it would do nothing here, or
    more than a grammar of text should.
    """
    if grammar.syntax == "lark" and (found := BEYOND_LARK.search(QUOTED.sub('""', grammar.definition))):
        raise InvalidGrammar(param, f"'{found[0].strip()}' is not supported in a grammar of text")


def check_parameters(schema: dict[str, Any] | None, param: str, *, strict: bool | None) -> None:
    """Raises `InvalidSchema` also where arguments would be no object."""
    check(schema, param, strict=strict)
    wanted = (schema or {}).get("type", "object")
    if wanted != "object" and not (isinstance(wanted, list) and "object" in wanted):
        raise InvalidSchema(param, "#/type", "the parameters of a function must be of type 'object'")


def check(schema: dict[str, Any] | None, param: str, *, strict: bool | None) -> None:
    """strict: None where only bounds count."""
    if schema is None:
        return
    key = (repr(schema), strict)
    if known.find(key):
        return
    if strict is None:
        check_bounds(schema, param=param)
    else:
        check_schema(schema, param=param, strict=strict)
    known.keep(key, True, len(key[0]))
