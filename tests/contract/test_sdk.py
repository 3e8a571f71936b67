"""The official `openai` package against a server: whole and streamed answers, and every field that says how."""

from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionChunk

from tests.contract.live import script

TEXTS = [
    "Hello",
    "one two three",
    "  odd \n\n white  space\t",
    "Grüße 日本語 👩‍👩‍👧",
    script("a", "", "b🎉", " c"),
    script(),
]


def ask(content: str, **fields: Any) -> dict[str, Any]:
    """Arguments of `create`."""
    return {"model": "smollm2", "messages": [{"role": "user", "content": content}], **fields}


def stream(client: openai.OpenAI, content: str, **fields: Any) -> list[ChatCompletionChunk]:
    """All chunks of a streamed answer."""
    return list(client.chat.completions.create(**ask(content, stream=True, **fields)))


def text_of(chunks: list[ChatCompletionChunk], index: int = 0) -> str:
    """The text of one choice."""
    mine = [choice for chunk in chunks for choice in chunk.choices if choice.index == index]
    return "".join(choice.delta.content or "" for choice in mine)


def test_a_whole_answer_has_every_field(client: openai.OpenAI) -> None:
    """A whole answer carries all that the specification names, and nothing that was not asked for."""
    answer = client.chat.completions.create(**ask("Hello there"))
    assert answer.id.startswith("chatcmpl-")
    assert answer.object == "chat.completion"
    assert answer.model == "smollm2"
    assert answer.created > 1_700_000_000
    assert answer.system_fingerprint and answer.system_fingerprint.startswith("fp_")
    assert "service_tier" not in answer.model_fields_set
    (choice,) = answer.choices
    assert (choice.index, choice.finish_reason, choice.logprobs) == (0, "stop", None)
    assert {"logprobs"} <= choice.model_fields_set
    assert (choice.message.role, choice.message.content, choice.message.refusal) == ("assistant", "Hello there", None)
    assert {"refusal", "annotations"} <= choice.message.model_fields_set
    assert choice.message.tool_calls is None
    assert answer.usage
    assert answer.usage.to_dict() == {
        "prompt_tokens": 2,
        "completion_tokens": 2,
        "total_tokens": 4,
        "prompt_tokens_details": {
            "audio_tokens": 0,
            "cached_tokens": 0,
            "cache_write_tokens": 0,
            "text_tokens": 2,
            "image_tokens": 0,
        },
        "completion_tokens_details": {
            "accepted_prediction_tokens": 0,
            "audio_tokens": 0,
            "reasoning_tokens": 0,
            "rejected_prediction_tokens": 0,
            "text_tokens": 2,
        },
    }


@pytest.mark.parametrize("content", TEXTS)
@pytest.mark.parametrize("fields", [{}, {"stop": ["b", "wo"]}, {"max_tokens": 2}, {"n": 3}])
def test_streamed_and_whole_answers_agree(client: openai.OpenAI, content: str, fields: dict[str, Any]) -> None:
    """The complete answer is the accumulated stream: same text, same ends, same usage."""
    whole = client.chat.completions.create(**ask(content, **fields))
    chunks = stream(client, content, stream_options={"include_usage": True}, **fields)
    assert [text_of(chunks, choice.index) for choice in whole.choices] == [c.message.content for c in whole.choices]
    ends = {choice.index: choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason}
    assert ends == {choice.index: choice.finish_reason for choice in whole.choices}
    assert chunks[-1].usage == whole.usage


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("content", TEXTS)
def test_the_shape_of_a_stream(client: openai.OpenAI, content: str, n: int) -> None:
    """Each choice has one chunk with the role, then content, then one with the reason and an empty delta."""
    chunks = stream(client, content, n=n)
    assert len({(c.id, c.created, c.model, c.object, c.system_fingerprint) for c in chunks}) == 1
    assert all(chunk.choices for chunk in chunks)
    for index in range(n):
        first, *middle, last = [c for chunk in chunks for c in chunk.choices if c.index == index]
        assert (first.delta.role, first.delta.content, first.finish_reason) == ("assistant", "", None)
        assert all("role" not in choice.delta.model_fields_set for choice in [*middle, last])
        assert all(choice.finish_reason is None and choice.delta.content for choice in middle)
        assert (last.finish_reason, last.delta.to_dict()) == ("stop", {})
        assert all({"finish_reason", "logprobs"} <= choice.model_fields_set for choice in [first, *middle, last])


def test_usage_comes_last_and_only_when_asked(client: openai.OpenAI) -> None:
    """With `include_usage`, a last chunk without choices has the usage and all others have null."""
    *chunks, last = stream(client, "a b", stream_options={"include_usage": True})
    assert (last.choices, last.usage and last.usage.total_tokens) == ([], 4)
    assert all(chunk.choices and "usage" in chunk.model_fields_set and chunk.usage is None for chunk in chunks)


@pytest.mark.parametrize("options", [None, {}, {"include_usage": False}])
def test_usage_is_absent_when_not_asked(client: openai.OpenAI, options: dict[str, bool] | None) -> None:
    """Without `include_usage`, no chunk has a usage field at all."""
    chunks = stream(client, "a b", stream_options=options)
    assert all(chunk.choices and "usage" not in chunk.model_fields_set for chunk in chunks)


def test_n_counts_the_prompt_once(client: openai.OpenAI) -> None:
    """`n` choices cost the prompt once and each choice's tokens."""
    answer = client.chat.completions.create(**ask("one two", n=3))
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert answer.usage and (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (2, 6)


@pytest.mark.parametrize(("stop", "text"), [("two", "one "), (["three", "e tw"], "on"), ("none", "one two three")])
def test_stop(client: openai.OpenAI, stop: Any, text: str) -> None:
    """The answer ends before the stop string that is completed first, across tokens, and never holds it."""
    choice = client.chat.completions.create(**ask("one two three", stop=stop)).choices[0]
    assert (choice.message.content, choice.finish_reason) == (text, "stop")


@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
def test_limits(client: openai.OpenAI, limit: str) -> None:
    """Both names of the limit cut an answer, with the reason `length`; an answer that fits ends with `stop`."""
    fields: dict[str, Any] = {limit: 2}
    choice = client.chat.completions.create(**ask("one two three", **fields)).choices[0]
    assert (choice.message.content, choice.finish_reason) == ("one two", "length")
    fields = {limit: 4}
    assert client.chat.completions.create(**ask("one two three", **fields)).choices[0].finish_reason == "stop"


def test_logprobs_in_both_modes(client: openai.OpenAI) -> None:
    """One entry for each token, with its bytes, and the same entries in a stream; `top_logprobs` is a list."""
    whole = client.chat.completions.create(**ask("Grüße 🎉 x", logprobs=True)).choices[0]
    assert whole.logprobs and whole.logprobs.content and whole.logprobs.refusal is None
    assert [bytes(entry.bytes or ()).decode() for entry in whole.logprobs.content] == ["Grüße", " 🎉", " x"]
    assert all(entry.top_logprobs == [] for entry in whole.logprobs.content)
    chunks = stream(client, "Grüße 🎉 x", logprobs=True)
    parts = [choice.logprobs for chunk in chunks for choice in chunk.choices if choice.logprobs]
    assert [entry for part in parts for entry in part.content or ()] == whole.logprobs.content


def test_service_tier_is_told_when_asked(client: openai.OpenAI) -> None:
    """Asked for a tier, the answer and every chunk name the one that was used."""
    assert client.chat.completions.create(**ask("a", service_tier="auto")).service_tier == "default"
    assert {chunk.service_tier for chunk in stream(client, "a", service_tier="default")} == {"default"}


def test_an_alias_is_answered_by_its_model(client: openai.OpenAI) -> None:
    """Another name that the server was told to answer for gets the model's own name back."""
    answer = client.chat.completions.create(**ask("a") | {"model": "gpt-4o"})
    assert answer.model == "smollm2"
    assert client.models.retrieve("gpt-4o").id == "smollm2"


def test_models(client: openai.OpenAI) -> None:
    """Models are listed, the default first, each with its context length."""
    assert [model.id for model in client.models.list()] == ["smollm2", "second"]
    assert client.models.retrieve("second").to_dict()["context_length"] == 8192


def test_the_packages_own_stream_helper(client: openai.OpenAI) -> None:
    """`client.chat.completions.stream()` accumulates to what a whole answer is."""
    with client.chat.completions.stream(**ask("one two 🎉", logprobs=True)) as events:
        seen = list(events)
        final = events.get_final_completion()
    assert {"chunk", "content.delta", "content.done", "logprobs.content.done"} <= {event.type for event in seen}
    assert "".join(event.delta for event in seen if event.type == "content.delta") == "one two 🎉"
    assert final.choices[0].message.content == "one two 🎉"
    assert final.choices[0].finish_reason == "stop"


async def test_the_asynchronous_package(async_client: openai.AsyncOpenAI) -> None:
    """The asynchronous client gets the same, whole, streamed and by its helper."""
    whole = await async_client.chat.completions.create(**ask("one two"))
    chunks = [chunk async for chunk in await async_client.chat.completions.create(**ask("one two", stream=True))]
    async with async_client.chat.completions.stream(**ask("one two")) as events:
        final = await events.get_final_completion()
    assert whole.choices[0].message.content == text_of(chunks) == final.choices[0].message.content == "one two"


CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CUSTOM_CALL = {"id": "call_2", "type": "custom", "custom": {"name": "c", "input": "x"}}
ROLES: list[list[dict[str, Any]]] = [
    [{"role": "developer", "content": "d"}, {"role": "system", "content": "s", "name": "x"}],
    [{"role": "assistant", "content": ""}, {"role": "assistant", "content": "a", "refusal": None, "tool_calls": []}],
    [{"role": "assistant", "refusal": "No.", "content": None, "annotations": [], "audio": None}],
    [{"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}, {"type": "text", "text": "b"}]}],
    [
        {"role": "assistant", "content": None, "tool_calls": [CALL, CUSTOM_CALL]},
        {"role": "tool", "content": [{"type": "text", "text": "4"}], "tool_call_id": "call_1"},
        {"role": "tool", "content": "4", "tool_call_id": "call_2"},
    ],
    [
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "content": None, "name": "f"},
    ],
    [{"role": "function", "content": "4", "name": "f"}],
    [{"role": "assistant", "content": "a", "reasoning_content": "because"}],
]


@pytest.mark.parametrize("history", ROLES)
def test_every_role_is_taken(client: openai.OpenAI, history: Any) -> None:
    """All six roles, content as text, parts or null where the specification allows it."""
    question = {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]}
    answer = client.chat.completions.create(model="smollm2", messages=[*history, question])
    assert answer.choices[0].message.content == "one\ntwo"


def test_an_answer_can_be_given_back(client: openai.OpenAI) -> None:
    """The message of an answer is a message of the next request, as it is."""
    first = client.chat.completions.create(**ask("one")).choices[0].message
    messages: Any = [{"role": "user", "content": "one"}, first.to_dict(), {"role": "user", "content": "two"}]
    answer = client.chat.completions.create(model="smollm2", messages=messages)
    assert answer.choices[0].message.content == "two"
