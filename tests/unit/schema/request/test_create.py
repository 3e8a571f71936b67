"""The fields of a request: which values are taken, and at which place the others are refused."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from antiphon.errors import InvalidRequest
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.parse import parse_create
from tests.unit.schema.request.cases import BAD_FIELDS, GOOD, GOOD_FIELDS, OPTIONAL, RICH, Fields
from tests.unit.schema.request.cases.places import is_free, places, replaced


def parse(fields: Fields) -> CreateChatCompletion:
    """A good request with fields laid over it."""
    return parse_create(json.dumps(GOOD | fields).encode()).request


@pytest.mark.parametrize(("fields", "code", "param"), BAD_FIELDS)
def test_bad_fields(fields: Fields, code: str, param: str) -> None:
    """A bad field is 400, with a code and the JSON path of the place, in a sentence for people."""
    with pytest.raises(InvalidRequest) as caught:
        parse(fields)
    error = caught.value
    assert (error.status, error.code, error.param) == (400, code, param)
    assert error.message.endswith(".")
    assert len(error.message) < 600


@pytest.mark.parametrize("fields", GOOD_FIELDS)
def test_good_fields(fields: Fields) -> None:
    """Every form of every union is taken, every value of every choice, and every bound is part of its range."""
    parsed = parse(fields).model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert parsed == GOOD | fields


@pytest.mark.parametrize("name", RICH)
def test_rich_requests(name: str) -> None:
    """A request that uses everything at once is taken, and nothing of it is lost."""
    parsed = parse(RICH[name]).model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert parsed == RICH[name]


@pytest.mark.parametrize("field", OPTIONAL)
def test_null_is_the_same_as_leaving_out(field: str) -> None:
    """An optional field that is null is one that is not there."""
    assert parse({field: None}) == parse({})


@pytest.mark.parametrize("name", RICH)
def test_null_is_the_same_as_leaving_out_anywhere(name: str) -> None:
    """So is it within a request: whatever may be left out may be null, and whatever may be null may be left out."""
    for path in places(RICH[name]):
        if isinstance(path[-1], int) or is_free(path) or path[-1] in ("content", "messages"):
            continue
        null, without = (is_taken(replaced(RICH[name], path, new)) for new in (None, ...))
        assert null == without, path


def is_taken(request: Any) -> CreateChatCompletion | None:
    """The request, if its shape is good."""
    try:
        return CreateChatCompletion.model_validate(request)
    except ValidationError:
        return None


@pytest.mark.parametrize("field", ["messages", "model"])
def test_what_is_needed_must_be_there(field: str) -> None:
    """A request without messages or a model is refused with the field's name."""
    body = {name: value for name, value in GOOD.items() if name != field}
    with pytest.raises(InvalidRequest) as caught:
        parse_create(json.dumps(body).encode())
    assert (caught.value.code, caught.value.param) == ("missing_required_parameter", field)


NUMBERS: list[tuple[str, Any]] = [("temperature", 1), ("top_p", 1), ("min_p", 0), ("presence_penalty", -2)]


@pytest.mark.parametrize(("field", "value"), NUMBERS)
def test_an_integer_is_a_number(field: str, value: int) -> None:
    """Where a number is asked for, JSON's `1` and `1.0` are one."""
    assert parse({field: value}) == parse({field: float(value)})
