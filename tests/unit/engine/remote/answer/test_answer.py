"""A whole answer of an upstream: who says what, when it is over, and what cannot be read."""

import json
from typing import Any

import pytest

from antiphon.engine.events import Finish, Text, Usage
from antiphon.engine.remote.answer.answer import Reported
from antiphon.engine.remote.answer.malformed import CutShort, Malformed
from tests.unit.engine.remote.answer.deltas import STOP, USAGE, chunk, read, text

WHOLE = [chunk(text("a")), chunk(STOP), chunk(usage=USAGE)]


def fail(*data: bytes) -> str:
    """Why this is no answer."""
    with pytest.raises(Malformed) as caught:
        read(*data)
    return str(caught.value)


def test_its_parts() -> None:
    """Text, end, and what it took."""
    assert read(*WHOLE) == [Text("a"), Finish(), Usage(5, 3)]


@pytest.mark.parametrize("data", [
    [chunk({"delta": {"role": "assistant"}}), *WHOLE],
    [chunk({"delta": {"role": "assistant", "content": ""}}), *WHOLE],
    [chunk({"delta": {"content": None, "tool_calls": None}}), chunk({"delta": None}), chunk(), *WHOLE],
    [b"{}", b"", b"  ", b'{"choices": null}', *WHOLE],
    [chunk(text("a")), chunk(STOP, usage=USAGE)],
    [chunk(text("a", finish_reason="stop")), chunk(usage=USAGE)],
    [chunk(text("a"), usage={**USAGE, "completion_tokens": 1}), chunk(STOP), chunk(usage=USAGE)],
    [chunk(text("a")), chunk(STOP), chunk({"delta": {}}), chunk({"delta": {"content": ""}}), chunk(usage=USAGE)],
    [*WHOLE, b"[DONE]"],
    [*WHOLE, b" [DONE] ", b"[DONE]", b"nonsense", chunk(text("b"))],
    [chunk({**text("a"), "token_ids": None}, timings={}, prompt_filter_results=[{}]), *WHOLE[1:]],
    [chunk({"index": 0, "delta": {"content": "a", "extra": {"b": 1}}, "matched_stop": 2}), *WHOLE[1:]],
], ids=range(12))  # fmt: skip
def test_the_same_answer_in_other_words(data: list[bytes]) -> None:
    """Roles, empty deltas, unknown fields, usage of earlier, and all that comes behind the end say nothing."""
    assert read(*data) == [Text("a"), Finish(), Usage(5, 3)]


def test_choices_may_come_in_any_order() -> None:
    """Several in one event, or one after the other."""
    second = {"index": 1}
    data = [
        chunk(text("b", **second), text("a")),
        chunk({**STOP, **second}),
        chunk(text("c")),
        chunk(STOP),
        WHOLE[-1],
    ]
    said = [Text("b", 1), Text("a"), Finish(choice=1), Text("c"), Finish()]
    assert read(*data, num_choices=2) == [*said, Usage(5, 3)]


@pytest.mark.parametrize("index", [1, 2, -1, 2**40])
def test_a_choice_that_nobody_asked_for(index: int) -> None:
    """Is not passed on."""
    assert fail(chunk(text("a", index=index)), *WHOLE) == "answered with a choice that nobody asked for"


@pytest.mark.parametrize("data", [[], [chunk(text("a"))], [chunk(text("a")), WHOLE[-1]]], ids=["nothing", "a", "ab"])
def test_closed_early(data: list[bytes]) -> None:
    """A choice without its end is not complete: the connection was cut."""
    with pytest.raises(CutShort, match="closed the connection before its answer was complete"):
        read(*data)


@pytest.mark.parametrize("data", [[], [chunk(text("a"))], [chunk(text("a")), WHOLE[-1]]], ids=["nothing", "a", "ab"])
def test_done_too_early(data: list[bytes]) -> None:
    """What says itself that it is complete was not cut, and is wrong."""
    with pytest.raises(Malformed, match="said that its answer was complete before it was") as caught:
        read(*data, b"[DONE]")
    assert not isinstance(caught.value, CutShort)


def test_one_of_two_choices() -> None:
    """Is not the whole answer."""
    with pytest.raises(CutShort):
        read(*WHOLE, num_choices=2)


def test_a_usage_that_is_missing() -> None:
    """Nothing is made up."""
    assert fail(*WHOLE[:2], b"[DONE]") == "did not say how many tokens its answer took"
    assert fail(*WHOLE[:2], chunk(usage=None)) == "did not say how many tokens its answer took"


UNREADABLE = [
    b"a", b"{", b"[", b"[]", b"1", b"null", b'"a"', b"<html>", b'{"choices": 1}', b'{"choices": [1]}',
    b'{"choices": [null]}', b'{"choices": {"0": {}}}', b'{"choices": [{"delta": "a"}]}',
    b'{"choices": [{"delta": {"content": 1}}]}', b'{"choices": [{"delta": {"content": ["a"]}}]}',
    b'{"choices": [{"delta": {"tool_calls": {}}}]}', b'{"choices": [{"index": "0"}]}',
    b'{"choices": [{"index": null}]}',
    b'{"choices": [{"finish_reason": 1}]}', b'{"choices": [{"logprobs": {"content": [{}]}}]}',
    b'{"choices": [{"logprobs": {"content": [{"token": "a", "bytes": [256]}]}}]}', b'{"usage": 5}', b'{"usage": {}}',
    b'{"choices": [{"delta": {"content": "\xff"}}]}', b'{"choices": [{"delta": {"content": "\\ud800"}}]}',
    b'{"choices": [{"delta": {"content": "a', b'{"choices": [{"index": 1e400}]}', b'{"a": NaN}', b"{} {}",
    b"[" * 100_000, b'{"error":' + b"[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("data", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_cannot_be_read(data: bytes) -> None:
    """No JSON, no UTF-8, too deep, or of another type: one short line that tells nothing of what was sent."""
    reason = fail(data, *WHOLE)
    assert reason.startswith("sent what cannot be read: ") and len(reason) < 160 and "\n" not in reason
    assert "html" not in reason


COUNTS: list[Any] = [-1, 2**53, 2**64, 1.5, "3", None, True, [3], 1e300]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("field", USAGE)
def test_counts_that_are_none(field: str, count: Any) -> None:
    """Negative, too large, or no whole number."""
    assert fail(*WHOLE[:2], chunk(usage={**USAGE, field: count})).startswith("sent what cannot be read: ")


@pytest.mark.parametrize("told", [{"message": "a", "code": 400}, "a", {}, [1], 5, True, ""])
def test_it_says_that_it_failed(told: Any) -> None:
    """Instead of an answer, or in the middle of one."""
    for data in ([json.dumps({"error": told}).encode()], [WHOLE[0], json.dumps({"error": told}).encode()]):
        with pytest.raises(Reported) as caught:
            read(*data)
        assert caught.value.told == told


def test_it_says_that_it_failed_without_a_field_for_it() -> None:
    """The older form of vLLM and SGLang."""
    with pytest.raises(Reported) as caught:
        read(b'{"object": "error", "message": "out of memory", "type": "InternalServerError", "code": 500}')
    assert isinstance(caught.value.told, dict) and caught.value.told["message"] == "out of memory"


def test_no_error_is_none() -> None:
    """Some always have the field."""
    assert read(chunk(text("a"), error=None), *WHOLE[1:])[0] == Text("a")
