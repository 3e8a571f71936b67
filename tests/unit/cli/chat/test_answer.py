"""An answer while it comes, and what it cost."""

from collections.abc import Iterator
from typing import Any

import pytest

from antiphon.cli.chat.answer import Answer
from antiphon.cli.chat.conversation import Turn
from antiphon.client.events import ChoiceDone, ContentDelta, ReasoningDelta, RefusalDelta, StreamEvent, UsageReported
from antiphon.client.responses import Choice, Usage


def ticks() -> Iterator[float]:
    """A clock that is half a second later each time."""
    now = 0.0
    while True:
        yield now
        now += 0.5


def take(*events: StreamEvent) -> tuple[Answer, list[Any]]:
    """What is shown of each."""
    clock = ticks()
    answer = Answer(lambda: next(clock))
    return answer, [answer.take(event) for event in events]


def done(reason: str) -> ChoiceDone:
    """The end."""
    return ChoiceDone(0, Choice({"index": 0, "finish_reason": reason}))


USAGE = UsageReported(Usage({"prompt_tokens": 1200, "completion_tokens": 4}))


def test_what_is_shown() -> None:
    """Texts, refusals and thoughts, each by its kind."""
    answer, shown = take(ReasoningDelta(0, "Hm"), ContentDelta(0, "I "), RefusalDelta(0, "won't"), done("stop"), USAGE)
    assert shown == [("reasoning", "Hm"), ("text", "I "), ("text", "won't"), None, None]
    assert answer.to_turn() == Turn("assistant", "I won't", reasoning="Hm")


@pytest.mark.parametrize(("events", "told"), [
    ((ContentDelta(0, "a"), ContentDelta(0, "b"), done("stop"), USAGE),
     "1,200 tokens read, 4 written, 6.0 a second, the first after 0.50 s"),
    ((ContentDelta(0, "a"), done("length")), "the first after 0.50 s, cut at the limit of tokens"),
    ((ContentDelta(0, "a"),), "the first after 0.50 s, stopped"),
    ((done("stop"), UsageReported(Usage({}))), ""),
    ((done("a new reason"),), ""),
])  # fmt: skip
def test_what_it_cost(events: tuple[StreamEvent, ...], told: str) -> None:
    """One line, of what is known."""
    assert take(*events)[0].render_cost() == told


@pytest.mark.parametrize(("events", "cut"), [((), True), ((done("length"),), True), ((done("stop"),), False)])
def test_what_is_cut(events: tuple[StreamEvent, ...], cut: bool) -> None:
    """What did not end by itself."""
    assert take(*events)[0].to_turn().cut == cut
