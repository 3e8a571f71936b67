"""The ground all wire models stand on.

Incoming objects are strict: no coercion between types, no unknown fields, no NaN.
`NotYet` marks a field of the specification that is not built: it takes its neutral values
(those that ask for nothing) and answers anything else with `unsupported_parameter`.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

UNSUPPORTED = "antiphon_unsupported"


class Incoming(BaseModel):
    """An object a client sends."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Outgoing(BaseModel):
    """An object we send; fields that were never set are left out of the JSON."""

    model_config = ConfigDict(frozen=True)

    def json_bytes(self) -> bytes:
        """Compact UTF-8 JSON of the fields that were set."""
        return self.__pydantic_serializer__.to_json(self, exclude_unset=True)


@dataclass(frozen=True)
class NotYet:
    """Annotation of a field that is refused unless null or one of `neutral`; `advice` ends the refusal."""

    neutral: tuple[Any, ...] = ()
    advice: str = "It is not built yet in this version; leave it out."

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.check, serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        return {"enum": [None, *self.neutral]}

    def check(self, value: Any) -> Any:
        """Return a neutral `value`; raise Pydantic's error of our own type for any other."""
        if value is None or any(type(value) is type(neutral) and value == neutral for neutral in self.neutral):
            return value
        raise PydanticCustomError(UNSUPPORTED, "{advice}", {"advice": self.advice})
