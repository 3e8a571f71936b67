"""Every JSON Schema of a request: those that must be enforced exactly can be, and none is out of bounds."""

import re
from typing import Any

from antiphon.constraint.schema import check_bounds, check_schema
from antiphon.errors import InvalidGrammar, InvalidRequest, InvalidSchema
from antiphon.recent import Recent
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.options import JsonSchemaResponse
from antiphon.schema.request.tools import CustomTool, Function, FunctionTool, Grammar, GrammarFormat

MOST_TOLD = 512_000
QUOTED = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|#[^\n]*|/(?:\\.|[^/\\\n])+/')
BEYOND_LARK = re.compile(r"%(?:llguidance|json|lark|regex)\b|@\w+|<[^\s>]*>|^\s*[?!]?\w+\[[^\]\n]*\]\s*:", re.MULTILINE)
MOST_KNOWN, MOST_KNOWN_BYTES = 4096, 16 << 20
known: Recent[tuple[str, bool | None], bool] = Recent(MOST_KNOWN, most_weight=MOST_KNOWN_BYTES)
"""Schemas that were found good, as Python shows them: clients send the same with every request."""


def check_schemas(request: CreateChatCompletion) -> None:
    """Raises an `InvalidRequest` for the first that cannot be enforced as it must be. What a function asks for that is
    not strict is enforced as far as it can be.
    """
    check_size(request)
    for index, tool in enumerate(request.tools or ()):
        if isinstance(tool, CustomTool) and isinstance(tool.custom.format, GrammarFormat):
            check_grammar(tool.custom.format.grammar, f"tools[{index}].custom.format.grammar.definition")
    for index, function in enumerate(request.functions or ()):
        check_parameters(function.parameters, f"functions[{index}].parameters", strict=None)
    for index, tool in enumerate(request.tools or ()):
        if isinstance(tool, FunctionTool):
            param = f"tools[{index}].function.parameters"
            check_parameters(tool.function.parameters, param, strict=True if tool.function.strict else None)
    if isinstance(request.response_format, JsonSchemaResponse):
        wanted = request.response_format.json_schema
        check(wanted.schema_, "response_format.json_schema.schema", strict=bool(wanted.strict))


def check_size(request: CreateChatCompletion) -> None:
    """All tools of a request together: each is bounded already, and there may be 128."""
    told = 0
    for field in ("tools", "functions"):
        for index, tool in enumerate(getattr(request, field) or ()):
            function = tool.function if isinstance(tool, FunctionTool) else tool
            if isinstance(function, CustomTool):
                told += len(function.custom.description or "")
            else:
                told += len(function.description or "") + len(repr(function.parameters))
            if told > MOST_TOLD:
                if isinstance(function, Function):  # which by itself may be too large, and know where
                    within = f"{field}[{index}].function" if isinstance(tool, FunctionTool) else f"{field}[{index}]"
                    check(function.parameters, f"{within}.parameters", strict=None)
                raise InvalidRequest(
                    f"Invalid '{field}': up to this one they have more than {MOST_TOLD} characters together.",
                    param=f"{field}[{index}]",
                    code="string_above_max_length",
                )


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
