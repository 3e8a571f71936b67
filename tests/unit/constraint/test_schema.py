"""The door of the room."""

from typing import Any

import pytest
from hypothesis import given

from antiphon.constraint.schema import build_schema, check_bounds, check_schema
from antiphon.errors import InvalidSchema
from tests.schemas.suite import SUITE
from tests.unit.constraint.junk import schemas


def test_the_suite_is_accepted() -> None:
    """All that the walks and the model are tried with."""
    for case in SUITE:
        check_schema(case.schema, param=case.name, strict=case.strict)
        check_bounds(case.schema, param=case.name)


def test_the_error_tells_all() -> None:
    """Which field, which place in it, and why."""
    schema = {"type": "object", "properties": {"age/years": {"type": "integer", "minimum": "0"}}}
    with pytest.raises(InvalidSchema) as caught:
        check_schema(schema, param="response_format.json_schema.schema", strict=False)
    assert caught.value.body()["error"] == {
        "message": "Invalid schema at '#/properties/age~1years/minimum': must be a number.",
        "code": "invalid_json_schema",
        "type": "invalid_request_error", "param": "response_format.json_schema.schema",
    }  # fmt: skip
    assert caught.value.status == 400


def test_a_long_pointer_does_not_hide_the_reason() -> None:
    """Names may be long; the reason is told all the same."""
    with pytest.raises(InvalidSchema, match="must be one or several"):
        check_schema({"properties": {"x" * 4000: {"type": 5}}}, param="p", strict=False)


def test_names_of_constructed_properties_are_names() -> None:
    """A wrapper around the schema, as some clients send it by mistake, is named."""
    with pytest.raises(InvalidSchema, match="'#/name': an unknown keyword"):
        check_schema({"name": "n", "schema": {}}, param="p", strict=False)


@given(schemas)
def test_nothing_else_is_ever_raised(schema: dict[str, Any]) -> None:
    """Whatever a client sends is a schema, or an error that says why not; never a fault of ours."""
    for strict in (True, False):
        try:
            check_schema(schema, param="p", strict=strict)
        except InvalidSchema as error:
            assert "Invalid schema at '#" in error.message
        else:
            build_schema(schema, lenient=False)
