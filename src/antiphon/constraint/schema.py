"""What others ask of this room: whether a schema can be enforced, whether it is within bounds, and the schema as the
grammar engine gets it.
"""

from typing import Any

from antiphon.constraint.bounds import check_bounds
from antiphon.constraint.build import build_schema
from antiphon.constraint.faults.find import find_faults
from antiphon.constraint.place import render_pointer
from antiphon.errors import InvalidSchema

__all__ = ["build_schema", "check_bounds", "check_schema"]


def check_schema(schema: dict[str, Any], *, param: str, strict: bool) -> None:
    """Raises `InvalidSchema` for the first fault, unless an answer can be held to all that this schema says.

    strict: only the subset that OpenAI documents for structured outputs is allowed.
    """
    check_bounds(schema, param=param)
    fault = next(find_faults(schema, strict=strict), None)
    if fault is not None:
        raise InvalidSchema(param, render_pointer(fault.path), fault.reason)
