"""Sentences of errors that clients and agents match on."""

import pytest

from antiphon import errors

SENTENCES: list[tuple[errors.ApiError, int, str | None, str]] = [
    (
        errors.ContextLengthExceeded(8192, 9000), 400, "messages",
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
    ),
    (
        errors.ContextLengthExceeded(8192, 8000, completion=500), 400, "messages",
        "This model's maximum context length is 8192 tokens. However, you requested 8500 tokens"
        " (8000 in the messages, 500 in the completion).",
    ),
    (
        errors.ContextLengthExceeded(8192, 9000, told=True), 400, "messages",
        "This model's maximum context length is 8192 tokens. However, your messages, tools and schema resulted in 9000"
        " tokens.",
    ),
    (
        errors.ContextLengthExceeded(8192, 8000, completion=500, told=True), 400, "messages",
        "This model's maximum context length is 8192 tokens. However, you requested 8500 tokens"
        " (8000 in the messages, tools and schema, 500 in the completion).",
    ),
    (
        errors.GrammarTooComplex("tools[3].function.parameters"), 400, "tools[3].function.parameters",
        "The answer came to where nothing can follow by 'tools[3].function.parameters',",
    ),
    (errors.ModelNotFound("gpt", ["a", "b"]), 404, "model", "The model 'gpt' does not exist here. Available: a, b."),
    (errors.UnknownParameter("a.b"), 400, "a.b", "Unknown parameter: 'a.b'."),
    (errors.InvalidApiKey(given=True), 401, None, "Incorrect API key provided."),
    (errors.InvalidApiKey(given=False), 401, None, "You didn't provide an API key."),
]  # fmt: skip


@pytest.mark.parametrize(("error", "status", "param", "sentence"), SENTENCES)
def test_sentences(error: errors.ApiError, status: int, param: str | None, sentence: str) -> None:
    """OpenAI's wording where there is one, both numbers in it, and the field at fault beside it."""
    assert error.status == status
    assert error.body()["error"] == {
        "message": error.message, "type": error.type, "param": param, "code": error.code,
    }  # fmt: skip
    assert error.message.startswith(sentence)


@pytest.mark.parametrize("error", [errors.QueueFull(1), errors.ServerDraining(), errors.EngineLoading("m", "r")])
def test_what_passes_says_when_to_come_back(error: errors.ApiError) -> None:
    """429 and 503 carry Retry-After."""
    assert error.retry_after_s and error.status in (429, 503)
