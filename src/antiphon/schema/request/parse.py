"""Bytes of a request body to a validated request, or the error that says what is wrong and where.

Of Pydantic's errors it takes the one that tells most, in our own words (`schema/request/words.py`).
"""

from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json

from antiphon.errors import InvalidJson, InvalidRequest
from antiphon.schema.base import Incoming
from antiphon.schema.request.agreement import check_agreement
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.words import EXTRA, Step, explain, format_path, steps_of, type_name

MAX_FAULTS = 20_000


Model = TypeVar("Model", bound=Incoming)


class Parsed(NamedTuple, Generic[Model]):
    """A request, and the paths of fields that nobody knows and that were left out of it."""

    request: Model
    unknown: tuple[str, ...] = ()


def parse_create(body: bytes, *, drop_unknown: bool = False) -> Parsed[CreateChatCompletion]:
    """The body of a request for a completion; see `parse_body`."""
    parsed = parse_body(body, CreateChatCompletion, drop_unknown=drop_unknown)
    check_agreement(parsed.request)
    return parsed


def parse_body(body: bytes, model: type[Model], *, drop_unknown: bool = False) -> Parsed[Model]:
    """drop_unknown: fields that the specification does not have are reported, not refused.
    Raises `InvalidRequest` or a class under it.
    """
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidJson(str(error)) from None
    if not isinstance(value, dict):
        raise InvalidJson(f"expected an object, but got {type_name(value)}")
    return validate(value, model, drop_unknown=drop_unknown)


def validate(value: dict[str, Any], model: type[Model], *, drop_unknown: bool = False) -> Parsed[Model]:
    """The same for a value that was parsed before; what is unknown is taken out of it."""
    dropped: list[str] = []
    while True:
        try:
            return Parsed(model.model_validate(value), tuple(dropped))
        except ValidationError as error:
            details = _details(error)
            unknown = [detail for detail in details if detail["type"] == EXTRA]
            if not unknown or not drop_unknown:
                raise explain(details, value) from None
            places = [steps_of(detail, value) for detail in unknown]
            dropped += dict.fromkeys(map(format_path, places))
            for steps in places:
                _drop(value, steps)


def _details(error: ValidationError) -> list[ErrorDetails]:
    """What is wrong. A body with very many faults would keep the server busy for seconds to tell them apart."""
    if error.error_count() > MAX_FAULTS:
        raise InvalidRequest(
            f"The request has {error.error_count()} faults. Compare it with /openapi.json.", code="invalid_value"
        )
    return error.errors(include_url=False)


def _drop(value: Any, steps: list[Step]) -> None:
    """Take a field out of the body."""
    for step in steps[:-1]:
        value = value[step]
    value.pop(steps[-1], None)
