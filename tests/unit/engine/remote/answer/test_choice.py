"""One choice: texts, thoughts, refusals, how it ends, and what must not come."""

import pytest

from antiphon.engine.events import Finish, FinishReason, Reasoning, Refusal, Said, Text
from antiphon.engine.remote.answer.choice import LONGEST
from antiphon.engine.remote.answer.malformed import Malformed, TooMuch
from tests.unit.engine.remote.answer.deltas import CUT, STOP, Fields, call, say, text


@pytest.mark.parametrize(("delta", "said"), [
    ({"role": "assistant"}, []),
    ({"role": "assistant", "content": "", "reasoning": "", "refusal": "", "tool_calls": []}, []),
    ({"content": "a"}, [Text("a")]),
    ({"reasoning_content": "a"}, [Reasoning("a")]),
    ({"reasoning": "a"}, [Reasoning("a")]),
    ({"reasoning": "a", "reasoning_content": "a"}, [Reasoning("a")]),
    ({"reasoning": "a", "reasoning_content": ""}, [Reasoning("a")]),
    ({"refusal": "a"}, [Refusal("a")]),
    ({"reasoning": "a", "content": "b"}, [Reasoning("a"), Text("b")]),
    ({"content": " \n"}, [Text(" \n")]),
])  # fmt: skip
def test_what_a_delta_says(delta: Fields, said: list[Said]) -> None:
    """Thoughts by both names, once; what is empty says nothing."""
    assert say({"delta": delta}) == said


def test_which_choice_it_is() -> None:
    """Stands in every event."""
    said = say({"delta": {"reasoning": "a", "refusal": "b", "content": "c"}}, call(index=0, name="f"), STOP, index=3)
    assert {event.choice for event in said} == {3} and len(said) == 5


@pytest.mark.parametrize(("told", "meant"), [
    ("stop", "stop"), ("tool_calls", "stop"), ("function_call", "stop"), ("eos", "stop"), ("eos_token", "stop"),
    ("stop_sequence", "stop"), ("length", "length"), ("content_filter", "content_filter"),
])  # fmt: skip
def test_how_it_ends(told: str, meant: FinishReason) -> None:
    """In the words that servers have for it."""
    assert say(text("a", finish_reason=told)) == [Text("a"), Finish(meant)]


@pytest.mark.parametrize("told", ["", "abort", "error", "STOP", "x" * 1000])
def test_an_end_that_is_none(told: str) -> None:
    """An answer that was broken off is not passed on as whole; the reason is told, shortly."""
    with pytest.raises(Malformed) as caught:
        say(text("a", finish_reason=told))
    assert told[:40] in str(caught.value) and len(str(caught.value)) < 80


@pytest.mark.parametrize("behind", [text("b"), {"delta": {"reasoning": "b"}}, {"delta": {"reasoning_content": "b"}},
                                    {"delta": {"refusal": "b"}}, call(index=0, name="f")])  # fmt: skip
@pytest.mark.parametrize("end", [STOP, CUT])
def test_nothing_comes_behind_the_end(end: Fields, behind: Fields) -> None:
    """Neither text nor call."""
    with pytest.raises(Malformed, match="went on with a choice that had finished"):
        say(text("a"), end, behind)


@pytest.mark.parametrize("behind", [STOP, CUT, {}, {"delta": None}, {"delta": {"role": "assistant", "content": ""}}])
def test_an_end_that_is_said_again(behind: Fields) -> None:
    """Says nothing."""
    assert say(text("a"), STOP, behind) == [Text("a"), Finish()]


HALF = "x" * (LONGEST // 2 + 1)


@pytest.mark.parametrize("field", ["content", "reasoning", "refusal"])
def test_it_does_not_come_to_an_end(field: str) -> None:
    """There is a most, whatever it says."""
    assert len(say({"delta": {field: HALF}})) == 1
    with pytest.raises(TooMuch):
        say({"delta": {field: HALF}}, {"delta": {field: HALF}})


def test_arguments_do_not_come_to_an_end() -> None:
    """The same most, with all that was said before."""
    with pytest.raises(TooMuch):
        say(text(HALF), call(HALF, index=0, name="f"))
