"""What changes how an answer is made, and never what it says: honoured, or named in `antiphon-ignored`."""

from typing import Any
from uuid import uuid4

import pytest

from tests.conformance.asker import Asker
from tests.model.plain import Vocabulary

COLORS = "Name three primary colors."
FIELDS: dict[str, Any] = {"temperature": 0, "max_tokens": 10}


@pytest.fixture
def text(ask: Asker) -> str:
    """What is said without any hint."""
    return ask.whole(COLORS, **FIELDS).only.text


@pytest.mark.parametrize(("tier", "used"), [("auto", "default"), ("default", "default"), ("scale", "default")])
def test_the_default_tier(ask: Asker, text: str, tier: str, used: str) -> None:
    """The answer names the tier that was used, in each chunk too."""
    asked: dict[str, Any] = {"service_tier": tier} if tier != "scale" else {"service_tier": "auto"}
    answer = ask.completion(COLORS, **FIELDS, **asked)
    assert (answer.service_tier, answer.choices[0].message.content) == (used, text)
    assert {chunk.service_tier for chunk in ask.chunks(COLORS, **FIELDS, **asked)} == {used}


@pytest.mark.needs("service_tiers")
@pytest.mark.parametrize(("tier", "used"), [("flex", "flex"), ("priority", "priority"), ("fast", "priority")])
def test_other_tiers(ask: Asker, text: str, tier: str, used: str) -> None:
    """So it is where tiers mean something."""
    answer = ask.completion(COLORS, **FIELDS, service_tier=tier)
    assert (answer.service_tier, answer.choices[0].message.content) == (used, text)


@pytest.mark.needs("prompt_grouping")
def test_prompt_cache_key(ask: Asker, text: str) -> None:
    """Groups find their own prompts, and none of another's."""
    asked = f"{uuid4().hex}: " + "The gulls cried over the harbour, and the nets lay drying. " * 12
    name = f"of {ask.target.name}"
    counts = [
        ask.whole(asked, temperature=0, max_tokens=1, prompt_cache_key=key).num_cached
        for key in (name, name, f"not {name}")
    ]
    assert counts[0] < 64 < counts[1]
    assert counts[2] < 64 or not ask.target.salts
    assert ask.both(COLORS, **FIELDS, prompt_cache_key="a group").only.text == text


@pytest.mark.needs("prompt_storage")
def test_prompt_cache_retention(ask: Asker, text: str) -> None:
    """A prompt that is kept for a day is answered as any other."""
    assert ask.both(COLORS, **FIELDS, prompt_cache_retention="24h").only.text == text


@pytest.mark.needs("prediction")
def test_prediction(ask: Asker, vocabulary: Vocabulary) -> None:
    """A right prediction changes no letter, and what was tried of it is counted."""
    only = {vocabulary.only(" the"): 100}
    said: Any = {"type": "content", "content": " the" * 48}
    answer = ask.whole(COLORS, temperature=0, max_tokens=48, logit_bias=only, prediction=said)
    assert answer.only.text == " the" * 48
    assert answer.usage["completion_tokens_details"]["accepted_prediction_tokens"] > 0


@pytest.mark.needs("reasoning_effort")
def test_reasoning_effort(ask: Asker) -> None:
    """It is taken; what it does is the model's business."""
    assert ask.whole(COLORS, **FIELDS, reasoning_effort="high").only.text


@pytest.mark.needs("reasoning_content")
def test_reasoning_content(ask: Asker) -> None:
    """What was thought before goes back."""
    said = {"role": "assistant", "content": "Red.", "reasoning_content": "Hm."}
    messages = [{"role": "user", "content": COLORS}, said, {"role": "user", "content": "Why?"}]
    assert ask.whole(messages=messages, **FIELDS).only.text


def test_several_at_once(ask: Asker, text: str) -> None:
    """Each of several hints is honoured or named, and none changes the text."""
    answer = ask.both(
        COLORS, **FIELDS, service_tier="priority", reasoning_effort="high", prompt_cache_key="several",
        prediction={"type": "content", "content": "The sea"}, prompt_cache_retention="24h",
    )  # fmt: skip
    assert answer.only.text == text


@pytest.mark.parametrize("level", ["low", "high"])
def test_verbosity(ask: Asker, level: str) -> None:
    """It becomes an instruction at the end of the system prompt; `medium` says nothing."""
    messages = [{"role": "system", "content": "You know the sea."}, {"role": "user", "content": COLORS}]
    plain, medium, told = (
        ask.whole(messages=messages, **FIELDS, **fields).usage["prompt_tokens"]
        for fields in ({}, {"verbosity": "medium"}, {"verbosity": level})
    )
    assert plain == medium < told - 4


def test_whose_it_is(ask: Asker, text: str) -> None:
    """Metadata come back, and neither they nor the user's identifiers change the text."""
    answer = ask.completion(COLORS, **FIELDS, metadata={"a": "b"}, user="u-1", safety_identifier="s-1")
    assert (answer.metadata, answer.choices[0].message.content) == ({"a": "b"}, text)
