"""From a request to the way of decoding: the API's defaults, filled in."""

from typing import Any

import pytest

from antiphon.completion.decoding import build_decoding
from antiphon.engine.base import Decoding
from tests.unit.completion.requests import request

DECODINGS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"temperature": None, "top_p": None, "n": None, "stop": None, "logit_bias": None, "logprobs": None}, {}),
    ({"temperature": 0}, {"temperature": 0.0}),
    ({"top_p": 0}, {"top_p": 0.0}),
    ({"max_tokens": 3}, {"max_tokens": 3}),
    ({"max_tokens": 3.0, "n": 2.0}, {"max_tokens": 3, "n": 2}),
    ({"max_completion_tokens": 3}, {"max_tokens": 3}),
    ({"max_completion_tokens": 3, "max_tokens": 3}, {"max_tokens": 3}),
    ({"stop": "a"}, {"stop": ("a",)}),
    ({"stop": ["a", "b"]}, {"stop": ("a", "b")}),
    ({"top_k": -1}, {"top_k": 0}),
    ({"top_k": 40, "min_p": 0.1}, {"top_k": 40, "min_p": 0.1}),
    ({"logit_bias": {"7": 1}}, {"logit_bias": {7: 1.0}}),
    ({"presence_penalty": 1, "frequency_penalty": -1}, {"presence_penalty": 1.0, "frequency_penalty": -1.0}),
    ({"logprobs": False}, {"logprobs": None}),
    ({"logprobs": True}, {"logprobs": 0}),
    ({"logprobs": True, "top_logprobs": 0}, {"logprobs": 0}),
    ({"logprobs": True, "top_logprobs": 5}, {"logprobs": 5}),
    ({"n": 3}, {"n": 3}),
]


@pytest.mark.parametrize(("fields", "decoding"), DECODINGS)
def test_decodings(fields: dict[str, Any], decoding: dict[str, Any]) -> None:
    """What was asked for is kept, and the API's defaults fill in the rest: temperature 1, top_p 1, one choice."""
    assert build_decoding(request(seed=7, **fields)) == Decoding(seed=7, **decoding)


def test_without_a_seed_every_request_has_its_own() -> None:
    """Where no seed was asked for, answers vary; where one was, also 0, it is kept."""
    assert len({build_decoding(request()).seed for _ in range(10)}) == 10
    assert [build_decoding(request(seed=seed)).seed for seed in (0, -1, -(2**63))] == [0, -1, -(2**63)]


def test_a_seed_of_ours_is_an_int64() -> None:
    """A seed that was drawn fits where a given one does."""
    assert all(0 <= build_decoding(request()).seed < 2**63 for _ in range(20))
