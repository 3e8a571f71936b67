"""Every JSON Schema of a request: those that must be enforced exactly can be, and none is out of bounds."""

from typing import Any

from antiphon.constraint.schema import check_bounds, check_schema
from antiphon.recent import Recent
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.options import JsonSchemaResponse
from antiphon.schema.request.tools import FunctionTool

MOST_KNOWN, MOST_KNOWN_BYTES = 4096, 16 << 20
known: Recent[tuple[str, bool | None], bool] = Recent(MOST_KNOWN, most_weight=MOST_KNOWN_BYTES)
"""Schemas that were found good, as Python shows them: clients send the same with every request."""


def check_schemas(request: CreateChatCompletion) -> None:
    """Raises `InvalidSchema` for the first that cannot be enforced as it must be. What a function asks for that is not
    strict is enforced as far as it can be.
    """
    for index, function in enumerate(request.functions or ()):
        check(function.parameters, f"functions[{index}].parameters", strict=None)
    for index, tool in enumerate(request.tools or ()):
        if isinstance(tool, FunctionTool):
            param = f"tools[{index}].function.parameters"
            check(tool.function.parameters, param, strict=True if tool.function.strict else None)
    if isinstance(request.response_format, JsonSchemaResponse):
        wanted = request.response_format.json_schema
        check(wanted.schema_, "response_format.json_schema.schema", strict=bool(wanted.strict))


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
