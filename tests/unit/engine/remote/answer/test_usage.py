"""What an answer took, by what the upstream says of it."""

from typing import Any

import pytest

from antiphon.engine.events import Usage
from antiphon.engine.remote.answer.malformed import Malformed
from antiphon.engine.remote.answer.manner import Manner
from tests.unit.engine.remote.answer.deltas import PLAIN, STOP, chunk, read, text

EACH = Manner(usage_each=True)
BASE = {"prompt_tokens": 50, "completion_tokens": 10}


def count(*usages: dict[str, Any], manner: Manner = PLAIN, thoughts: int = 0) -> Usage:
    """What it took in all, by all that it says of it."""
    thinking = [chunk({"delta": {"reasoning": "a"}})] * thoughts
    *_, usage = read(*thinking, chunk(text("a")), chunk(STOP), *(chunk(usage=usage) for usage in usages), manner=manner)
    assert isinstance(usage, Usage)
    return usage


@pytest.mark.parametrize(("told", "meant"), [
    ({}, Usage(50, 10)),
    ({"total_tokens": -5}, Usage(50, 10)),
    ({"prompt_tokens_details": None, "completion_tokens_details": None, "reasoning_tokens": None}, Usage(50, 10)),
    ({"prompt_tokens_details": {}, "completion_tokens_details": {"audio_tokens": None}}, Usage(50, 10)),
    ({"prompt_tokens_details": {"cached_tokens": 48}}, Usage(50, 10, cached_tokens=48)),
    ({"prompt_tokens_details": {"cached_tokens": 50}}, Usage(50, 10, cached_tokens=50)),
    ({"prompt_tokens_details": {"cache_write_tokens": 2}}, Usage(50, 10, cache_write_tokens=2)),
    ({"prompt_tokens_details": {"created_cache_tokens": 2}}, Usage(50, 10, cache_write_tokens=2)),
    ({"prompt_tokens_details": {"image_tokens": 25, "audio_tokens": 5}},
     Usage(50, 10, image_tokens=25, audio_tokens=5)),
    ({"prompt_tokens_details": {"multimodal_tokens": {"image": 25, "audio": 25, "video": 9}}},
     Usage(50, 10, image_tokens=25, audio_tokens=25)),
    ({"prompt_tokens_details": {"image_tokens": None, "audio_tokens": 0, "multimodal_tokens": None}}, Usage(50, 10)),
    ({"completion_tokens_details": {"reasoning_tokens": 7}}, Usage(50, 10, reasoning_tokens=7)),
    ({"reasoning_tokens": 7}, Usage(50, 10, reasoning_tokens=7)),
    ({"completion_tokens_details": {"accepted_prediction_tokens": 4, "rejected_prediction_tokens": 3}},
     Usage(50, 10, accepted_prediction_tokens=4, rejected_prediction_tokens=3)),
])  # fmt: skip
def test_what_it_says(told: dict[str, Any], meant: Usage) -> None:
    """vLLM's, OpenAI's and Antiphon's details, SGLang's reasoning, and what may be missing."""
    assert count({**BASE, **told}) == meant


@pytest.mark.parametrize("told", [
    {"prompt_tokens_details": {"cached_tokens": 51}},
    {"prompt_tokens_details": {"image_tokens": 51}},
    {"prompt_tokens_details": {"image_tokens": 26, "audio_tokens": 25}},
    {"prompt_tokens_details": {"multimodal_tokens": {"image": 51}}},
    {"completion_tokens_details": {"reasoning_tokens": 11}},
    {"reasoning_tokens": 11},
    {"completion_tokens_details": {"rejected_prediction_tokens": 11}},
    {"completion_tokens_details": {"reasoning_tokens": 6, "rejected_prediction_tokens": 5}},
])  # fmt: skip
def test_a_part_is_no_more_than_the_whole(told: dict[str, Any]) -> None:
    """Or the numbers mean nothing."""
    with pytest.raises(Malformed, match="a part of its tokens is more than all"):
        count({**BASE, **told})


@pytest.mark.parametrize("told", [
    {"prompt_tokens_details": {"cached_tokens": -1}}, {"completion_tokens_details": {"reasoning_tokens": -1}},
    {"prompt_tokens_details": {"cached_tokens": "1"}}, {"prompt_tokens_details": {"image_tokens": -1}},
    {"prompt_tokens_details": {"multimodal_tokens": [25]}},
    {"prompt_tokens_details": {"multimodal_tokens": {"image": "1"}}},
    {"prompt_tokens_details": 1}, {"reasoning_tokens": 0.5},
])  # fmt: skip
def test_details_that_are_none(told: dict[str, Any]) -> None:
    """As with the counts."""
    with pytest.raises(Malformed, match="cannot be read"):
        count({**BASE, **told})


@pytest.mark.parametrize(("thoughts", "told", "meant"), [
    (3, {}, 3), (3, {"reasoning_tokens": 8}, 8), (20, {}, 10), (0, {}, 0),
    (3, {"completion_tokens_details": {"reasoning_tokens": 5}}, 5),
])  # fmt: skip
def test_thoughts_that_nobody_counts(thoughts: int, told: dict[str, Any], meant: int) -> None:
    """Their deltas stand for them, and are no more than all tokens."""
    assert count({**BASE, **told}, thoughts=thoughts).reasoning_tokens == meant


def test_a_guess_of_ours_spoils_no_answer() -> None:
    """Where a prediction leaves room for fewer."""
    told = {**BASE, "completion_tokens_details": {"rejected_prediction_tokens": 8}}
    assert count(told, thoughts=5).reasoning_tokens <= 2


def test_the_last_counts() -> None:
    """Some say it with every event."""
    assert count({**BASE, "completion_tokens": 1}, BASE) == Usage(50, 10)


def test_of_each_choice_its_own() -> None:
    """Completions add up, and the prompt is one."""
    cached = {"prompt_tokens_details": {"cached_tokens": 40}}
    first, second = {**BASE, **cached}, {"prompt_tokens": 50, "completion_tokens": 7}
    assert count(first, second, manner=EACH) == Usage(50, 17, cached_tokens=40)
    assert count(BASE, manner=EACH) == Usage(50, 10)
