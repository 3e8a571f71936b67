"""Answers of upstreams as they stand on the wire, and what is made of them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from antiphon.engine.events import Arguments, Event, Reasoning, Refusal, Said, Text
from antiphon.engine.remote.answer.answer import Answer
from antiphon.engine.remote.answer.choice import OpenChoice
from antiphon.engine.remote.answer.chunks import ChoiceIn
from antiphon.engine.remote.answer.manner import Manner

Fields = dict[str, Any]
PLAIN = Manner()
STOP: Fields = {"delta": {}, "finish_reason": "stop"}
CUT: Fields = {"delta": {}, "finish_reason": "length"}
USAGE: Fields = {"prompt_tokens": 5, "completion_tokens": 3}


def chunk(*choices: Fields, **more: Any) -> bytes:
    """The data of one event."""
    return json.dumps({"id": "c", "object": "chat.completion.chunk", "choices": choices, **more}).encode()


def read(*data: bytes, num_choices: int = 1, manner: Manner = PLAIN) -> list[Event]:
    """A whole answer, its usage last."""
    answer = Answer(num_choices, manner)
    return [*(event for each in data for event in answer.feed(each)), answer.end()]


def say(*given: Fields, manner: Manner = PLAIN, index: int = 0) -> list[Said]:
    """What is said of one choice."""
    choice = OpenChoice(index, manner)
    return [event for fields in given for event in choice.feed(msgspec.convert(fields, ChoiceIn))]


def text(said: str, **more: Any) -> Fields:
    """A delta of content."""
    return {"delta": {"content": said}, **more}


def call(arguments: str | None = None, **more: Any) -> Fields:
    """A delta of a function's call."""
    function = {key: more.pop(key) for key in ("name",) if key in more} | {"arguments": arguments}
    return {"delta": {"tool_calls": [{"function": function, **more}]}}


def logprob(token: str) -> Fields:
    """One entry."""
    return {"token": token, "logprob": -1.0, "bytes": list(token.encode()), "top_logprobs": []}


def merge(events: Iterable[Said]) -> list[Said]:
    """Events of one kind as one, and none that say nothing; a call begins a new one."""
    merged: list[Said] = []
    for event in events:
        last = merged[-1] if merged else None
        if isinstance(event, Text | Arguments | Reasoning | Refusal):
            if isinstance(last, type(event)):
                merged[-1] = type(event)(last.text + event.text, event.choice, last.logprobs + event.logprobs)
            elif event.text or event.logprobs:
                merged.append(event)
        else:
            merged.append(event)
    return merged


def tokens_of(events: Iterable[Said]) -> list[str]:
    """The tokens of all entries, in the order in which they come out."""
    speaking = (event for event in events if isinstance(event, Text | Arguments | Reasoning | Refusal))
    return [entry.token for event in speaking for entry in event.logprobs]


def cut(whole: str, places: Sequence[int]) -> list[str]:
    """A text in pieces, cut at these places."""
    inner = sorted(place for place in set(places) if 0 < place < len(whole))
    return [whole[begin:end] for begin, end in zip([0, *inner], [*inner, len(whole)], strict=True)]
