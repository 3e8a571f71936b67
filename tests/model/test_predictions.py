"""`prediction` makes an answer faster and never changes it, to the last bit where the server is `--deterministic`."""

import json
from typing import Any

import pytest

from tests.model.ask import Answer, Ask

STORY = "Tell a story about a fox and a river, with many details."
LENGTH = 40


def predicted(content: Any) -> dict[str, Any]:
    return {"prediction": {"type": "content", "content": content}}


def edited(text: str) -> str:
    """Every eighth word is another."""
    words = text.split(" ")
    words[5::8] = ["xylophone"] * len(words[5::8])
    return " ".join(words)


def counts(answer: Answer) -> tuple[int, int]:
    """Accepted and rejected tokens."""
    details = answer.usage["completion_tokens_details"]
    return details["accepted_prediction_tokens"], details["rejected_prediction_tokens"]


@pytest.mark.parametrize("options", [
    {"temperature": 0},
    {"temperature": 1, "seed": 5},
    {"temperature": 0.7, "seed": 6, "top_p": 0.9, "frequency_penalty": 0.5, "presence_penalty": 0.2},
    {"temperature": 1, "seed": 7, "n": 3},
    {"temperature": 0, "stop": ["river"]},
    {"temperature": 0, "logprobs": True, "top_logprobs": 2},
])  # fmt: skip
def test_no_prediction_changes_an_answer(ask_steady: Ask, options: dict[str, Any]) -> None:
    """Right, mostly right, wrong, far too long, in parts: the text, its end and its tokens are those without one."""
    fields = {"max_tokens": LENGTH, **options}
    plain = ask_steady.whole(STORY, **fields)
    assert counts(plain) == (0, 0)
    text = plain.texts[0]
    for content in (
        text,
        edited(text),
        "Nothing of the kind. " * 20,
        text * 200,
        [{"type": "text", "text": text}],
        "",
        " ",
    ):
        answer = ask_steady.whole(STORY, **fields, **predicted(content))
        assert answer.choices == plain.choices
        assert [choice.tokens for choice in answer.choices.values()] == [c.tokens for c in plain.choices.values()]
        accepted, rejected = counts(answer)
        assert accepted >= 0 and rejected >= 0
        assert answer.usage["completion_tokens"] == plain.usage["completion_tokens"] + rejected
        assert answer.usage["total_tokens"] == answer.usage["prompt_tokens"] + answer.usage["completion_tokens"]


def test_what_was_predicted_is_accepted(ask_steady: Ask) -> None:
    """Most of a right prediction, hardly anything of a wrong one, and what is left of an edited one."""
    fields: dict[str, Any] = {"max_tokens": 150, "temperature": 0}
    text = ask_steady.whole(STORY, **fields).only.text
    accepted, rejected = counts(ask_steady.whole(STORY, **fields, **predicted(text)))
    assert accepted > 75 and rejected == 0
    accepted, rejected = counts(ask_steady.whole(STORY, **fields, **predicted(edited(text))))
    assert accepted > 20 and rejected > 0
    accepted, rejected = counts(ask_steady.whole(STORY, **fields, **predicted("Zzyzx qqq 123. " * 50)))
    assert accepted < 10 and rejected < 10


def test_a_prediction_of_json(ask_steady: Ask) -> None:
    """Grammar and prediction together: the grammar holds, and what it forces need not be guessed."""
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
    fields: dict[str, Any] = {
        "temperature": 0,
        "max_tokens": 60,
        "response_format": {"type": "json_schema", "json_schema": {"name": "p", "schema": schema, "strict": True}},
    }
    plain = ask_steady.whole("Describe Ann, who is 7.", **fields)
    for content in (plain.only.text, '{"name": "Bob", "age": 8}', '{"other": 1}', "no JSON"):
        answer = ask_steady.both("Describe Ann, who is 7.", **fields, **predicted(content))
        assert answer.choices == plain.choices
    assert set(json.loads(plain.only.text)) == {"name", "age"}


def test_what_repeats_is_found_without_a_prediction(ask_steady: Ask, ask: Ask) -> None:
    """An answer that repeats its prompt is not counted as a prediction, and is the same as ever."""
    text = "one two three four five six seven eight nine ten. " * 8
    for asking in (ask_steady, ask):
        answer = asking.both_known(text, temperature=0, max_tokens=LENGTH)
        assert counts(answer) == (0, 0)
