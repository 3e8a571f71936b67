"""Fields of a request that cannot be honoured: told by status, code and JSON path, never ignored."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, error_of
from tests.unit.schema.cases import BAD_FIELDS, NEUTRAL, UNBUILT


@pytest.fixture(autouse=True)
def lives(http: httpx.Client) -> Iterator[None]:
    """After whatever a test sent, the same connection answers a good request."""
    yield
    assert http.post(COMPLETIONS, json=body("still here")).status_code == 200


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("fields", "code", "param"), BAD_FIELDS)
def test_a_bad_field_is_400(http: httpx.Client, fields: dict[str, Any], code: str, param: str, stream: bool) -> None:
    """Over HTTP a bad field is the same 400, whether an answer or a stream was asked for."""
    answer = http.post(COMPLETIONS, json=body() | {"stream": stream} | fields)
    assert answer.status_code == 400
    error = error_of(answer)
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)


@pytest.mark.parametrize(("field", "value"), UNBUILT)
def test_what_is_not_built_is_refused(http: httpx.Client, field: str, value: Any) -> None:
    """A property of the specification that is not built is 400 `unsupported_parameter`, by its name."""
    answer = http.post(COMPLETIONS, json=body(**{field: value}))
    assert answer.status_code == 400
    error = error_of(answer)
    assert (error["code"], error["param"]) == ("unsupported_parameter", field)
    assert f"'{field}'" in error["message"]


@pytest.mark.parametrize(("field", "value"), NEUTRAL)
def test_what_asks_for_nothing_is_taken(http: httpx.Client, field: str, value: Any) -> None:
    """A property at its neutral value, or null, changes nothing and is accepted."""
    answer = http.post(COMPLETIONS, json=body(**{field: value}))
    assert answer.status_code == 200, answer.text
