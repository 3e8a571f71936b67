"""Which settings a rolling restart can change."""

from typing import Any

import pytest

from antiphon.errors import ConfigurationError
from antiphon.server.supervisor.kept import check_kept, describe_kept
from antiphon.settings import Settings

BEFORE: dict[str, Any] = {"workers": 2, "model": {"a": "smollm2", "far": "http://one/v1"}}
MAY_CHANGE: list[dict[str, Any]] = [
    {},
    {"alias": {"gpt-*": "a"}},
    {"api_key": ["k"]},
    {"request_timeout": 5.0},
    {"reasoning_field": "none"},
    {"model": {"far": "http://two/v1", "a": "smollm2"}},
    {"model": {"a": "smollm2"}},
]
MAY_NOT_CHANGE: list[tuple[dict[str, Any], str]] = [
    ({"workers": 3}, "--workers"),
    ({"port": 9}, "--port"),
    ({"context": 64}, "--context"),
    ({"data_dir": "/elsewhere"}, "--data-dir"),
    ({"drain_timeout": 1.0}, "--drain-timeout"),
    ({"engine": "scripted"}, "--"),
    ({"model": {"a": "smollm2", "b": "smollm2"}}, "--model"),
    ({"model": {"a": "other.gguf"}}, "--model"),
]


@pytest.mark.parametrize("change", MAY_CHANGE)
def test_what_may_change(change: dict[str, Any]) -> None:
    """What API processes have for themselves."""
    check_kept(describe_kept(Settings(**BEFORE)), Settings(**{**BEFORE, **change}))


@pytest.mark.parametrize(("change", "flag"), MAY_NOT_CHANGE)
def test_what_may_not_change(change: dict[str, Any], flag: str) -> None:
    """What is of the socket or of the models, by its name."""
    with pytest.raises(ConfigurationError, match=flag):
        check_kept(describe_kept(Settings(**BEFORE)), Settings(**{**BEFORE, **change}))


def test_what_only_one_of_them_knows() -> None:
    """A setting that newer code has is no reason not to restart."""
    before = {**describe_kept(Settings(**BEFORE)), "gone": 1}
    del before["context"]
    check_kept(before, Settings(**BEFORE))
