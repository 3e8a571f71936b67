"""Stored completions, whoever made them: kept, listed, read, changed and deleted here."""

from typing import Any

import openai
import pytest

from tests.conformance.asker import Asker


@pytest.mark.parametrize("stream", [False, True])
def test_the_life_of_one(ask: Asker, client: openai.OpenAI, stream: bool) -> None:
    """A completion that is stored is there at once, as it was answered, with messages and metadata, until deleted."""
    job = {"job": f"{ask.target.name} {stream}"}
    fields: dict[str, Any] = {"temperature": 0, "max_tokens": 6, "store": True, "metadata": job}
    completions = client.chat.completions
    if stream:
        chunks = ask.chunks("Say hello.", **fields)
        name, text = chunks[0].id, "".join(c.delta.content or "" for chunk in chunks for c in chunk.choices)
    else:
        made = ask.completion("Say hello.", **fields)
        name, text = made.id, made.choices[0].message.content or ""
        assert made.metadata == job
    [found] = completions.list(metadata=job)
    read = completions.retrieve(name)
    assert found.id == read.id == name and read.model == "smollm2" and read.metadata == job
    assert read.choices[0].message.content == text and read.usage and read.usage.completion_tokens == 6
    [message] = completions.messages.list(name)
    assert (message.role, message.content) == ("user", "Say hello.")
    assert completions.update(name, metadata={"job": "done"}).metadata == {"job": "done"}
    assert completions.delete(name).deleted and not list(completions.list(metadata=job))
    with pytest.raises(openai.NotFoundError):
        completions.retrieve(name)


def test_what_is_not_stored(ask: Asker, client: openai.OpenAI) -> None:
    """Without `store` nothing is kept."""
    made = ask.completion("Say hello.", max_tokens=1)
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.retrieve(made.id)


def test_choices_with_their_numbers(ask: Asker, client: openai.OpenAI) -> None:
    """Several choices and log-probabilities are kept as they were answered."""
    made = ask.completion("hi", n=2, seed=1, max_tokens=3, logprobs=True, top_logprobs=1, store=True)
    assert [choice.to_dict() for choice in client.chat.completions.retrieve(made.id).choices] == [
        choice.to_dict() for choice in made.choices
    ]
    client.chat.completions.delete(made.id)
