"""Log-probabilities come out with what they belong to: each exactly once, in whatever way an answer is read."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from antiphon.engine.remote.answer.malformed import Malformed, TooMuch
from antiphon.engine.remote.answer.manner import Manner
from tests.unit.engine.remote.answer.deltas import CUT, STOP, Fields, call, cut, logprob, say, text, tokens_of
from tests.unit.engine.remote.answer.test_calls import WRAPPED
from tests.unit.engine.remote.answer.test_taught import ADD, BARE, FORCED, NOW, SPELLED, SPELT, SQL, TAUGHT

PLAIN = Manner(num_top=0)
TEXTS = {
    "plain": (PLAIN, f"a {ADD}"),
    "taught": (TAUGHT, f"See: {ADD}\n{NOW}\n{SQL} so."),
    "taught, no call": (TAUGHT, "a <tool_ca"),
    "forced": (FORCED, f"{ADD}\n{SQL}"),
    "forced, and does not": (FORCED, "I will not."),
    "spelled": (SPELLED, json.dumps(SPELT)),
    "bare": (BARE, "SELECT 1"),
}


@st.composite
def numbered(draw: st.DrawFn, deltas: list[Fields]) -> tuple[list[Fields], list[str]]:
    """Deltas with any number of entries each, the first with some, between such that say nothing; and all tokens."""
    given: list[Fields] = []
    for delta in [*deltas, draw(st.sampled_from([STOP, CUT]))]:
        given += [{"delta": {"content": ""}}] * draw(st.integers(0, 1)) + [delta]
    counts = [draw(st.integers(0 if place else 1, 2)) for place in range(len(given))]
    counts[-1] = 0 if given[-1] is STOP else counts[-1]
    firsts = [sum(counts[:place]) for place in range(len(counts))]
    tokens = [[f"t{first + more}" for more in range(count)] for first, count in zip(firsts, counts, strict=True)]
    return [
        {**delta, "logprobs": {"content": [logprob(token) for token in some]}}
        for delta, some in zip(given, tokens, strict=True)
    ], [token for some in tokens for token in some]


@pytest.mark.parametrize("mode", TEXTS)
@settings(max_examples=20)
@given(data=st.data())
def test_in_text(mode: str, data: st.DataObject) -> None:
    """Wherever it is cut, and where calls are cut off too."""
    manner, whole = TEXTS[mode]
    pieces = cut(whole[: data.draw(st.integers(0, len(whole)))], data.draw(st.lists(st.integers(0, 60), max_size=4)))
    deltas, tokens = data.draw(numbered([text(piece) for piece in pieces]))
    if deltas[-1]["finish_reason"] == "stop" and mode == "spelled":
        deltas[-1]["finish_reason"] = "length"  # a custom tool's input may be unfinished
    assert tokens_of(say(*deltas, manner=replace(manner, num_top=0))) == tokens


@settings(max_examples=20)
@given(st.data())
def test_of_calls_that_the_upstream_tells(data: st.DataObject) -> None:
    """Thoughts, text, calls with and without arguments, custom tools whose JSON says nothing yet."""
    given: list[Fields] = [
        {"delta": {"reasoning": "a"}}, text("b"), call(index=0, name="f"), call("{", index=0), call("}", index=0),
        call(index=1, name="sql"), call('{"inp', index=1), call('ut": "', index=1), call('c"}', index=1),
        call(index=2, name="g"),
    ]  # fmt: skip
    deltas, tokens = data.draw(numbered(given))
    assert tokens_of(say(*deltas, manner=replace(WRAPPED, num_top=0))) == tokens


@settings(max_examples=20)
@given(st.data())
def test_of_a_refusal(data: st.DataObject) -> None:
    """As of a text."""
    deltas, tokens = data.draw(numbered([{"delta": {"refusal": piece}} for piece in "no!"]))
    for delta in deltas:
        delta["logprobs"] = {"refusal": delta["logprobs"]["content"]}
    assert tokens_of(say(*deltas, manner=PLAIN)) == tokens


@pytest.mark.parametrize("mode", TEXTS)
def test_there_are_none(mode: str) -> None:
    """Where they were asked for, a text without any is not what was asked for."""
    manner, whole = TEXTS[mode]
    for delta in (text(whole), {**text(whole), "logprobs": None}, {**text(whole), "logprobs": {"content": []}}):
        with pytest.raises(Malformed, match="gave no log-probabilities"):
            say(delta, CUT, manner=replace(manner, num_top=0))


def test_the_token_that_ends_it_is_none_of_it() -> None:
    """vLLM tells it with the reason; where a limit has cut the answer, what comes last belongs to it."""
    last = {"logprobs": {"content": [logprob("<|im_end|>")]}}
    given = {**text("a"), "logprobs": {"content": [logprob("a")]}}
    assert tokens_of(say(given, {**STOP, **last}, manner=PLAIN)) == ["a"]
    assert tokens_of(say(given, {**CUT, **last}, manner=PLAIN)) == ["a", "<|im_end|>"]


def test_tokens_of_a_stop_string_are_none_of_it() -> None:
    """vLLM holds back their text, and tells of them."""
    given = [
        {**text("a"), "logprobs": {"content": [logprob("a")]}},
        {"delta": {"content": ""}, "logprobs": {"content": [logprob(" (")]}},
        {**STOP, "delta": {"content": "b"}, "logprobs": {"content": [logprob("b"), logprob("x")]}},
    ]
    manner = replace(PLAIN, stops_there=True)
    assert tokens_of(say(*given[:2], {**text("("), "logprobs": None}, STOP, manner=manner)) == ["a", " ("]
    assert tokens_of(say(*given[:2], STOP, manner=manner)) == ["a"]


def test_too_many_without_a_text() -> None:
    """They are not kept for ever."""
    many = {"delta": {"content": ""}, "logprobs": {"content": [logprob("a")] * 1000}}
    with pytest.raises(TooMuch):
        say(*[many] * 5, manner=PLAIN)


def test_where_nothing_is_said() -> None:
    """There need be none, nor for calls and thoughts, which not every upstream has them for."""
    for delta in ({"delta": {"content": ""}}, {"delta": {"reasoning": "a"}}, call("{}", index=0, name="f")):
        assert tokens_of(say(delta, STOP, manner=PLAIN)) == []


@pytest.mark.parametrize("mode", TEXTS)
def test_nobody_asked(mode: str) -> None:
    """Then none comes out."""
    manner, whole = TEXTS[mode]
    given = {**text(whole), "logprobs": {"content": [logprob("a")]}}
    assert tokens_of(say(given, CUT, manner=replace(manner, num_top=None))) == []
