"""A query string to a validated value. Knows how clients write numbers and objects there, and no single parameter."""

import re
from collections.abc import Iterable
from typing import Any

from antiphon.errors import InvalidRequest
from antiphon.schema.request.parse import Model, Parsed, validate
from antiphon.schema.request.words import shorten

INTEGER = re.compile(r"-?[0-9]{1,18}")
PAIR = re.compile(r"(?P<name>[^\[\]]+)\[(?P<key>.*)\]", re.DOTALL)
"""`metadata[key]`. The key is all that stands between the first bracket and the last: a client may put brackets in."""


def parse_query(parameters: Iterable[tuple[str, str]], model: type[Model], *, drop_unknown: bool) -> Parsed[Model]:
    """drop_unknown: parameters that the operation does not have are reported, not refused. Raises `InvalidRequest`."""
    value: dict[str, Any] = {}
    for written, text in parameters:
        pair = PAIR.fullmatch(written)
        holder, name = (value.setdefault(pair["name"], {}), pair["key"]) if pair else (value, written)
        if not isinstance(holder, dict) or name in holder:
            told = f"The parameter '{shorten(written)}' is given twice."
            raise InvalidRequest(told, param=shorten(written), code="invalid_value")
        holder[name] = int(text) if not pair and takes_integer(model, name) and INTEGER.fullmatch(text) else text
    return validate(value, model, drop_unknown=drop_unknown)


def takes_integer(model: type[Model], name: str) -> bool:
    """Whether a text that is a number means the number."""
    field = model.model_fields.get(name)
    return field is not None and field.annotation is int
