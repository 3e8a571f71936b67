"""What is refused before anything is computed: the same words, whatever would have computed it."""

from typing import Any

import httpx
import openai
import pytest

from tests.conformance.asker import Asker
from tests.model.ask import MODEL

OUT_OF_RANGE: dict[str, dict[str, Any]] = {
    "temperature": {"temperature": 2.1},
    "top_p": {"top_p": -0.1},
    "n": {"n": 129},
    "presence_penalty": {"presence_penalty": 2.5},
    "frequency_penalty": {"frequency_penalty": -2.5},
    "top_logprobs": {"top_logprobs": 21, "logprobs": True},
    "logit_bias.1": {"logit_bias": {"1": 101}},
    "max_tokens": {"max_tokens": 0},
    "seed": {"seed": 2**63},
    "top_k": {"extra_body": {"top_k": -2}},
    "min_p": {"extra_body": {"min_p": 1.5}},
    "tool_choice": {"tool_choice": "required"},
}


@pytest.mark.parametrize("param", OUT_OF_RANGE)
def test_out_of_range(ask: Asker, param: str) -> None:
    """400, which names the field."""
    error = ask.refused("hi", **OUT_OF_RANGE[param])
    assert (error.status_code, error.type, error.param) == (400, "invalid_request_error", param)


def test_unknown_field(ask: Asker) -> None:
    """A field that the API does not have is 400, never passed on."""
    error = ask.refused("hi", extra_body={"repetition_penalty": 1.2})
    assert (error.status_code, error.code, error.param) == (400, "unknown_parameter", "repetition_penalty")


@pytest.mark.parametrize("name", ["gpt-4o", "upstream-smollm2", "smollm2#upstream-smollm2"])
def test_unknown_model(client: openai.OpenAI, name: str) -> None:
    """A name that the server does not have is 404, also that by which an upstream calls its model."""
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model=name, messages=[{"role": "user", "content": "hi"}])
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("content", "code", "param"),
    [
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}, "unsupported_parameter", "type"),
        ({"type": "input_audio", "input_audio": {"data": "A", "format": "wav"}}, "invalid_audio", "input_audio.data"),
        ({"type": "file", "file": {"file_id": "file-1"}}, "file_not_found", "file.file_id"),
    ],
    ids=["image", "audio", "file"],
)
def test_what_the_model_cannot_take(http: httpx.Client, content: dict[str, Any], code: str, param: str) -> None:
    """An image where no model sees, a recording that is none and a file that is not there are 400, with the place."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": [content]}]}
    answer = http.post("/v1/chat/completions", json=body)
    error = answer.json()["error"]
    expected = (400, code, f"messages[0].content[0].{param}")
    assert (answer.status_code, error["code"], error["param"]) == expected


def test_models(http: httpx.Client) -> None:
    """The server names its model by its own name, with its context, and nothing of what is behind it."""
    answer = http.get("/v1/models")
    [model] = answer.json()["data"]
    assert model["id"] == MODEL and model["context_length"] == 2048
    assert "upstream" not in answer.text and "127.0.0.1" not in answer.text
    assert http.get("/health").status_code == 200
