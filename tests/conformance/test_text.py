"""Text: the same whole and streamed, token for token, with whole characters, and with what it cost."""

from typing import Any
from uuid import uuid4

import pytest

from tests.conformance.asker import Asker
from tests.model.plain import NEVER_END, Vocabulary

COLORS = "Name three primary colors."
"""Where the likeliest token is likeliest by far, so that rounding changes nothing."""
RUN = uuid4().hex
"""An engine that was there before this run may know prompts of earlier ones."""
SAMPLINGS: dict[str, dict[str, Any]] = {
    "greedy": {"temperature": 0},
    "seeded": {"temperature": 1, "seed": 11},
    "truncated": {"temperature": 0.8, "top_p": 0.9, "seed": 7},
    "extended": {"temperature": 1.5, "seed": 2**63 - 1, "extra_body": {"top_k": 40, "min_p": 0.05}},
    "penalised": {"temperature": 1, "presence_penalty": 0.5, "frequency_penalty": 0.5, "seed": 0},
}


@pytest.mark.parametrize("sampling", SAMPLINGS.values(), ids=SAMPLINGS)
def test_modes(ask: Asker, sampling: dict[str, Any]) -> None:
    """A whole answer and a streamed one are the same in text, reason and usage."""
    answer = ask.both(COLORS, max_tokens=16, logit_bias=NEVER_END, **sampling)
    assert answer.usage["completion_tokens"] == 16 and len(answer.only.text) > 16
    assert answer.only.finish == "length"


def test_natural_end(ask: Asker) -> None:
    """An answer that the model ends has the reason `stop`, and the token that ended it is no part of it."""
    answer = ask.both("hi", temperature=0, max_tokens=60, logprobs=True, top_logprobs=1)
    assert answer.only.finish == "stop" and answer.usage["completion_tokens"] < 60
    assert answer.only.text and "<|" not in answer.only.text
    assert answer.only.bytes == answer.only.text.encode()


def test_emoji(ask: Asker) -> None:
    """A character of several tokens comes whole: no piece of a stream has half of one, and none becomes U+FFFD."""
    fields: dict[str, Any] = {"temperature": 0, "max_tokens": 24}
    answer = ask.both("Say 🦜🦜🦜", **fields)
    assert any(ord(letter) > 0xFFFF for letter in answer.only.text), "the answer has no such character"
    pieces = [choice.delta.content or "" for chunk in ask.chunks("Say 🦜🦜🦜", **fields) for choice in chunk.choices]
    assert "\ufffd" not in "".join(pieces) and all(is_whole(piece) for piece in pieces)


@pytest.mark.needs("structured_output")
def test_scripts(ask: Asker) -> None:
    """So do CJK, a family of emoji, a flag, letters with marks and writing from right to left: to the letter."""
    text = "漢字かな 👨‍👩‍👧 🇫🇷 é ñ שלום"
    schema = {"type": "object", "properties": {"text": {"const": text}}, "required": ["text"],
              "additionalProperties": False}  # fmt: skip
    wanted = {"type": "json_schema", "json_schema": {"name": "copy", "schema": schema, "strict": True}}
    answer = ask.both("Copy it.", response_format=wanted, temperature=0, max_tokens=200)
    assert (answer.only.text, answer.only.finish) == (f'{{"text": "{text}"}}', "stop")


def test_a_cut_character(ask: Asker) -> None:
    """Where a limit cuts in the middle of a character, what cannot be shown is left out, never broken."""
    for limit in (1, 2, 3, 5):
        answer = ask.both("Say 🦜🦜🦜", temperature=0, max_tokens=limit)
        assert "\ufffd" not in answer.only.text and is_whole(answer.only.text)


def test_usage(ask: Asker, vocabulary: Vocabulary) -> None:
    """Usage counts the prompt as it is, the same in both modes and for each answer to it."""
    first, second = (ask.both(text, temperature=0, max_tokens=3).usage for text in ("One two.", "One two. One two."))
    assert first["completion_tokens"] == second["completion_tokens"] == 3
    assert second["prompt_tokens"] - first["prompt_tokens"] == len(vocabulary.tokens(" One two."))


def test_cached_tokens(ask: Asker) -> None:
    """Usage tells how many tokens of a long prompt were computed before."""
    text = f"{RUN}: " + "The waves came and went, and nobody counted them. " * 24
    first, second = (ask.whole(text, temperature=0, max_tokens=2) for _ in range(2))
    assert first.num_cached < 100 < second.num_cached < second.usage["prompt_tokens"]


def is_whole(text: str) -> bool:
    """Whether it has no half of a surrogate pair."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") == text
