"""What an upstream is, by what it says of itself. Asking it is in tests/contract/."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from antiphon.engine.remote.address import parse_address
from antiphon.engine.remote.fleet.detection import choose_model, find_context, guess, read_object, renew
from antiphon.engine.remote.found import Found
from antiphon.engine.remote.kinds import GENERIC, OPENAI
from antiphon.engine.remote.line import Line
from antiphon.errors import ConfigurationError
from antiphon.upstreams import KindName, UpstreamSettings

PROPS = {"default_generation_settings": {"n_ctx": 2048, "params": {}}, "total_slots": 4}


@pytest.mark.parametrize(("card", "told", "kind"), [
    ({"owned_by": "vllm"}, {}, "vllm"),
    ({"owned_by": "vllm"}, PROPS, "vllm"),
    ({"owned_by": "sglang"}, {}, "sglang"),
    ({"owned_by": "llamacpp"}, {}, "llama-server"),
    ({"owned_by": "antiphon"}, {}, "openai"),
    ({"owned_by": "openai"}, {}, "openai"),
    ({"owned_by": "openai-internal"}, {}, "openai"),
    ({"owned_by": "somebody"}, {}, "generic"),
    ({}, {}, "generic"),
    ({"owned_by": 5}, {"version": "1"}, "generic"),
    ({"owned_by": None}, PROPS, "llama-server"),
    ({"owned_by": "me"}, {"tool_call_parser": None}, "sglang"),
    ({"owned_by": "me"}, {"grammar_backend": "xgrammar"}, "sglang"),
])  # fmt: skip
def test_its_kind(card: dict[str, Any], told: dict[str, Any], kind: KindName) -> None:
    """By who owns its model, else by what it answers; what nobody knows is of no kind."""
    assert guess(card, told) == kind


@pytest.mark.parametrize(("card", "told", "length"), [
    ({"max_model_len": 4096}, {}, 4096),
    ({"context_length": 8192}, {}, 8192),
    ({}, PROPS, 2048),
    ({"max_model_len": 4096}, PROPS, 4096),
    ({"max_model_len": None}, PROPS, 2048),
    ({"max_model_len": "4096"}, {}, None),
    ({"max_model_len": 0}, {}, None),
    ({"max_model_len": -1}, PROPS, 2048),
    ({"max_model_len": True}, {}, None),
    ({"max_model_len": 4096.0}, {}, None),
    ({}, {"default_generation_settings": 5}, None),
    ({}, {}, None),
])  # fmt: skip
def test_its_context(card: dict[str, Any], told: dict[str, Any], length: int | None) -> None:
    """From where its kind says it, if it is a number of tokens."""
    assert find_context(card, told) == length


@pytest.mark.parametrize(("body", "told"), [
    (b'{"a": 1}', {"a": 1}), (b"{}", {}), (b"", {}), (b"[1]", {}), (b"<html>", {}), (b"\xff", {}), (b"[" * 100_000, {}),
    (b'{"a": ' + b"[" * 100_000, {}), (b"null", {}), (b'{"a": 1}x', {}),
], ids=range(10))  # fmt: skip
def test_an_object_or_nothing(body: bytes, told: dict[str, Any]) -> None:
    """Whatever comes."""
    assert read_object(body) == told


FOUND = Found(kind=OPENAI, model="m", sees=True, context_length=64)


@pytest.mark.parametrize(("body", "renewed"), [
    ({"data": [{"id": "m", "input_modalities": ["text"]}]}, replace(FOUND, sees=False)),
    ({"data": [{"id": "m", "input_modalities": ["audio"], "context_length": 128}]},
     replace(FOUND, sees=False, hears=True, context_length=128)),
    ({"data": [{"id": "m", "input_modalities": None}]}, FOUND),
    ({"data": [{"id": "n", "input_modalities": ["text"]}]}, FOUND),
    ({"data": None}, FOUND), ({}, FOUND),
])  # fmt: skip
def test_what_it_says_later(body: dict[str, Any], renewed: Found) -> None:
    """Counts, where it has the model; only of a kind that says it there."""
    assert renew(FOUND, msgspec.json.encode(body)) == renewed
    other = replace(FOUND, kind=GENERIC)
    assert renew(other, msgspec.json.encode(body)) == other


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """One that nothing is sent along, to an upstream that may have any models."""
    line = Line("big", parse_address("http://gpu:8000/v1"), UpstreamSettings.model_validate({}))
    yield line
    await line.close()


async def test_the_only_model(line: Line) -> None:
    """Need not be named."""
    assert choose_model(line, [{"id": "a", "owned_by": "vllm"}]) == {"id": "a", "owned_by": "vllm"}


async def test_one_of_several(line: Line) -> None:
    """Must be, and is told how; not all of a thousand are listed."""
    with pytest.raises(ConfigurationError) as caught:
        choose_model(line, [{"id": f"m{number}"} for number in range(1000)])
    assert "say which by one of #m0, #m1, " in str(caught.value) and len(str(caught.value)) < 200


async def test_one_that_is_named() -> None:
    """Is taken as it is listed, and else on trust: an upstream may know more names."""
    line = Line("big", parse_address("http://gpu:8000/v1#b"), UpstreamSettings.model_validate({}))
    assert choose_model(line, [{"id": "a"}, {"id": "b", "owned_by": "vllm"}]) == {"id": "b", "owned_by": "vllm"}
    assert choose_model(line, [{"id": "a"}]) == {"id": "b"}
    await line.close()
