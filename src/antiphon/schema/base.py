"""The ground incoming wire models stand on: strict, with no coercion between types, no unknown fields, no NaN.

A text below a field says what it is; `server/openapi.py` reads it there.
"""

from math import isfinite
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError


class Incoming(BaseModel):
    """An object a client sends. Null is the same as leaving a field out, wherever it may be left out."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def check_finite(value: Any) -> Any:
    """JSON has no infinity, but a number with too large an exponent becomes one. Raises Pydantic's error."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, float) and not isfinite(item):
            raise PydanticCustomError("finite_number", "")
        if isinstance(item, dict | list):
            rest += item.values() if isinstance(item, dict) else item
    return value


def as_integer(value: Any) -> Any:
    """JSON has one kind of number: 1.0 is an integer, as its schemas have it too."""
    return int(value) if type(value) is float and value.is_integer() else value


WHOLE = BeforeValidator(as_integer)
JsonObject = Annotated[dict[str, Any], AfterValidator(check_finite)]
FunctionName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")]
ParticipantName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\s<|\\/>]+$")]
Identifier = Annotated[str, StringConstraints(max_length=64)]
