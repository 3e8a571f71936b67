"""One choice of an upstream's answer: deltas in, events out. Pure.

The invariant: whatever comes, what is said are events as an engine of ours would say, or it is malformed.
"""

from collections.abc import Iterator

from antiphon.engine.events import Finish, FinishReason, Reasoning, Refusal, Said, Text
from antiphon.engine.remote.answer.calls import Calls
from antiphon.engine.remote.answer.chunks import ChoiceIn, DeltaIn
from antiphon.engine.remote.answer.logprobs import build_logprobs
from antiphon.engine.remote.answer.malformed import Malformed, TooMuch
from antiphon.engine.remote.answer.manner import Manner
from antiphon.engine.remote.answer.pending import Pending
from antiphon.engine.remote.answer.speech import Speech

REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "tool_calls": "stop",
    "function_call": "stop",
    "length": "length",
    "content_filter": "content_filter",
}
LONGEST = 32 << 20
"""Characters of one choice."""


class OpenChoice:
    """Feed it what comes of this choice."""

    def __init__(self, index: int, manner: Manner) -> None:
        self.index = index
        self.manner = manner
        self.pending = Pending()
        self.calls = Calls(index, manner, self.pending)
        self.speech = Speech(index, manner, self.pending, self.calls)
        self.finished = False
        self.num_chars = 0
        self.num_told_thoughts = 0

    @property
    def num_thoughts(self) -> int:
        """Pieces of reasoning, however they came."""
        return self.num_told_thoughts + self.speech.num_thoughts

    def feed(self, given: ChoiceIn) -> Iterator[Said]:
        """What follows from it. Raises `Malformed`."""
        if self.speech.stopped:
            return
        delta = given.delta or DeltaIn()
        if self.finished:
            return self._look_behind_the_end(delta)
        if given.logprobs and self._belong(delta, given.finish_reason):
            self.pending.add(build_logprobs(given.logprobs, self.manner.num_top))
        yield from self._delta(delta)
        if self.speech.stopped:
            self.finished = True
            yield Finish("stop", self.index)
        elif given.finish_reason is not None:
            yield from self._finish(given.finish_reason)

    def _belong(self, delta: DeltaIn, reason: str | None) -> bool:
        """Whether tokens are of the answer that come with this: not the one that ends it, nor white space that has been
        trimmed.
        """
        is_end = REASONS.get(reason or "") == "stop"
        return says(delta) or not (is_end or (self.manner.trims and delta.content is None))

    def _look_behind_the_end(self, delta: DeltaIn) -> None:
        if says(delta):
            raise Malformed("went on with a choice that had finished")

    def _delta(self, delta: DeltaIn) -> Iterator[Said]:
        if thought := delta.reasoning_content or delta.reasoning:
            self.num_told_thoughts += 1
            yield Reasoning(self._count(thought), self.index, self.pending.take())
        if delta.refusal:
            yield Refusal(self._count(delta.refusal), self.index, self.pending.take())
        if delta.content:
            if self.manner.num_top is not None and not self.pending.has_come:
                raise Malformed("gave no log-probabilities")
            yield from self.speech.feed(self._count(delta.content))
        for call in delta.tool_calls or ():
            if self.manner.taught:
                raise Malformed("calls tools by a parser of its own, which was not asked to")
            yield from self.calls.feed(call)
            self._count("")

    def _count(self, text: str) -> str:
        self.num_chars += len(text)
        if self.num_chars + self.calls.num_chars > LONGEST:
            raise TooMuch("does not come to an end")
        return text

    def _finish(self, reason: str) -> Iterator[Said]:
        if reason not in REASONS:
            raise Malformed(f"ended its answer with '{reason[:40]}'")
        self.finished = True
        yield from self.speech.finish()
        left, why = self.pending.take(), REASONS[reason]
        if self.speech.stopped:
            why, left = "stop", ()
        elif why == "stop":
            self.calls.end()
            left = () if self.manner.stops_there and not self.manner.taught else left  # those of a stop string
        if left:
            yield Text("", self.index, left)
        yield Finish(why, self.index)


def says(delta: DeltaIn) -> bool:
    """Whether there is anything in it."""
    return bool(delta.content or delta.reasoning or delta.reasoning_content or delta.refusal or delta.tool_calls)
