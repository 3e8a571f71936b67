"""Answers of a real model: both modes, several choices, seeds, limits, fields and kinds of messages."""

from typing import Any

import pytest

from tests.model.ask import MODEL, Ask
from tests.model.plain import NEVER_END

SEA = "Tell me about the sea."
SAMPLINGS: dict[str, dict[str, Any]] = {
    "greedy": {"temperature": 0},
    "seeded": {"temperature": 1, "seed": 11},
    "truncated": {"temperature": 0.8, "top_p": 0.9, "seed": -7},
    "extended": {"temperature": 1.5, "seed": 2**63 - 1, "extra_body": {"top_k": 40, "min_p": 0.05}},
    "penalised": {"temperature": 1, "presence_penalty": 0.5, "frequency_penalty": 0.5, "seed": 0},
}


@pytest.mark.parametrize("sampling", SAMPLINGS.values(), ids=SAMPLINGS)
def test_modes(ask: Ask, sampling: dict[str, Any]) -> None:
    """A whole answer and a streamed one are the same, token for token, at temperature 0 and at a fixed seed."""
    answer = ask.both(SEA, max_tokens=40, logprobs=True, **sampling)
    assert len(answer.only.tokens) == answer.usage["completion_tokens"] > 10


def test_choices(ask: Ask) -> None:
    """`n: 3` gives three choices, which differ without a seed."""
    answer = ask.whole(SEA, n=3, max_tokens=24)
    assert sorted(answer.choices) == [0, 1, 2]
    assert len(set(answer.texts)) == 3


def test_choices_of_stream(ask: Ask) -> None:
    """Each of several streamed choices has a chunk with the role and one chunk with its finish reason."""
    chunks = ask.chunks(SEA, n=3, max_tokens=12, logit_bias=NEVER_END)
    for index in range(3):
        mine = [choice for chunk in chunks for choice in chunk.choices if choice.index == index]
        assert [choice.delta.role for choice in mine] == ["assistant"] + [None] * (len(mine) - 1)
        assert [choice.finish_reason for choice in mine] == [None] * (len(mine) - 1) + ["length"]


def test_no_seed(ask: Ask) -> None:
    """Without a seed every answer varies."""
    assert len({ask.whole(SEA, max_tokens=24).only.text for _ in range(3)}) == 3


def test_seed(ask: Ask) -> None:
    """The same seed repeats each of the choices, in both modes; another seed does not."""
    answer = ask.both(SEA, n=3, seed=42, max_tokens=24)
    assert len(set(answer.texts)) == 3
    assert not set(answer.texts) & set(ask.whole(SEA, n=3, seed=43, max_tokens=24).texts)


def test_seed_of_fewer_choices(ask: Ask) -> None:
    """A choice does not depend on how many others are made beside it."""
    assert ask.whole(SEA, n=3, seed=5, max_tokens=16).texts[:1] == ask.whole(SEA, seed=5, max_tokens=16).texts


def test_greedy_choices(ask: Ask) -> None:
    """At temperature 0 all choices are the likeliest answer."""
    texts = ask.both(SEA, n=3, temperature=0, max_tokens=16).texts
    assert texts == [texts[0]] * 3


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
@pytest.mark.parametrize("limit", [1, 2, 17])
def test_limit(ask: Ask, field: str, limit: int) -> None:
    """An answer that meets its limit has exactly that many tokens and ends for `length`."""
    answer = ask.both(SEA, temperature=0, logprobs=True, **{field: limit})
    assert answer.usage["completion_tokens"] == limit == len(answer.only.tokens)
    assert answer.only.finish == "length"


def test_natural_end(ask: Ask) -> None:
    """An answer that the model ends has the reason `stop`, and the token that ended it is no part of it."""
    answer = ask.both("hi", temperature=0, logprobs=True)
    assert answer.only.finish == "stop"
    assert "".join(answer.only.tokens) == answer.only.text
    assert "<|" not in answer.only.text


def test_usage(ask: Ask) -> None:
    """Usage counts the prompt once and the tokens of all choices, with both detail objects, in both modes."""
    alone = ask.both(SEA, max_tokens=9, seed=1, logit_bias=NEVER_END).usage
    several = ask.both(SEA, max_tokens=9, seed=1, logit_bias=NEVER_END, n=4).usage
    assert several["prompt_tokens"] == alone["prompt_tokens"]
    assert several["completion_tokens"] == 4 * alone["completion_tokens"] == 36
    assert several["total_tokens"] == several["prompt_tokens"] + 36
    assert several["completion_tokens_details"]["reasoning_tokens"] == 0


def test_cached_tokens(ask: Ask) -> None:
    """Usage tells how many tokens of the prompt were computed before; a prompt asked again is known but for its end."""
    fields: dict[str, Any] = {"temperature": 0, "max_tokens": 8}
    first, second = (ask.whole("Which sea is the deepest?", **fields) for _ in range(2))
    assert first.num_cached < second.num_cached == second.usage["prompt_tokens"] - 2
    assert first == second


def test_fields(ask: Ask) -> None:
    """A whole answer has every field that applies."""
    completion = ask.completion("hi", temperature=0, service_tier="auto")
    assert completion.id.startswith("chatcmpl-")
    assert (completion.object, completion.model, completion.service_tier) == ("chat.completion", MODEL, "default")
    assert isinstance(completion.created, int)
    given = completion.choices[0].model_dump(exclude_unset=True)
    content = "Hello! How can I assist you today?"
    assert given == {
        "index": 0,
        "message": {"role": "assistant", "content": content, "refusal": None, "annotations": []},
        "logprobs": None,
        "finish_reason": "stop",
    }


def test_fields_of_chunks(ask: Ask) -> None:
    """All chunks of an answer carry the same envelope; only the last has the usage, and no choices."""
    chunks = ask.chunks("hi", temperature=0)
    assert len({(chunk.id, chunk.created, chunk.model, chunk.system_fingerprint) for chunk in chunks}) == 1
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert [chunk.usage is None for chunk in chunks] == [True] * (len(chunks) - 1) + [False]
    assert [bool(chunk.choices) for chunk in chunks] == [True] * (len(chunks) - 1) + [False]


def test_fingerprint(ask: Ask) -> None:
    """The system fingerprint is the same for every answer, whatever was asked; the id never is."""
    answers = [ask.completion("hi", max_tokens=1), ask.completion(SEA, max_tokens=2, temperature=0)]
    chunk = ask.chunks("hi", max_tokens=1)[0]
    assert {answer.system_fingerprint for answer in answers} == {chunk.system_fingerprint}
    assert str(chunk.system_fingerprint).startswith("fp_")
    assert len({chunk.id, *(answer.id for answer in answers)}) == 3


def test_own_answer(ask: Ask) -> None:
    """A message of an answer can be sent back as it is."""
    first = ask.completion("hi", temperature=0)
    said = first.choices[0].message.model_dump(exclude_unset=True)
    asked = {"role": "user", "content": "And now?"}
    again = ask.whole(messages=[{"role": "user", "content": "hi"}, said, asked], max_tokens=1)
    assert first.usage
    assert again.usage["prompt_tokens"] > first.usage.total_tokens
