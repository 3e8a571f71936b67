"""The ground all wire models stand on.

Incoming objects are strict: no coercion between types, no unknown fields, no NaN. Outgoing ones are
as they were built, by us.
`NotYet` marks a field of the specification that is not built: it takes its neutral values
(those that ask for nothing) and answers anything else with `unsupported_parameter`.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

UNSUPPORTED = "antiphon_unsupported"
encode = msgspec.json.Encoder().encode


class Incoming(BaseModel):
    """An object a client sends."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Outgoing(Struct, frozen=True, kw_only=True):
    """An object we send; fields that are `UNSET` are left out of the JSON. A struct, not a Pydantic model:
    one is made for every token, while the model that makes the tokens has the CPU's caches.
    """

    def json_bytes(self) -> bytes:
        """Compact UTF-8 JSON."""
        return encode(self)


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
