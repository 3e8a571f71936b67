"""One question to the model by the official package, whole or streamed, brought to one form for comparison."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from openai import OpenAI
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionChunk

MODEL = "smollm2"
TOLERANCE = 0.01


@dataclass
class Choice:
    """A choice of either kind of answer. logprobs: entries as dictionaries, None when there are none."""

    text: str = ""
    finish: str | None = None
    logprobs: list[dict[str, Any]] | None = field(default=None, compare=False)

    def add(self, text: str | None, finish: str | None, logprobs: Any) -> None:
        """Take a chunk, or all at once."""
        self.text += text or ""
        self.finish = finish or self.finish
        if logprobs and logprobs.content is not None:
            self.logprobs = (self.logprobs or []) + [entry.model_dump() for entry in logprobs.content]

    @property
    def tokens(self) -> list[str]:
        """What it is made of; asked for with `logprobs=True`."""
        return [entry["token"] for entry in self.logprobs or []]

    @property
    def bytes(self) -> bytes:
        """The same in bytes."""
        return b"".join(bytes(entry["bytes"]) for entry in self.logprobs or [])


@dataclass
class Answer:
    """All choices by index, and the usage, of which `num_cached` depends on what was asked before."""

    choices: dict[int, Choice] = field(default_factory=dict)
    usage: dict[str, Any] = field(default_factory=dict)
    num_cached: int = field(default=0, compare=False)

    def close(self, usage: CompletionUsage) -> "Answer":
        """Take the usage."""
        self.usage = usage.model_dump()
        self.num_cached = self.usage["prompt_tokens_details"].pop("cached_tokens")
        return self

    @property
    def texts(self) -> list[str]:
        """Of all choices in order."""
        return [self.choices[index].text for index in sorted(self.choices)]

    @property
    def only(self) -> Choice:
        """The single choice."""
        [choice] = self.choices.values()
        return choice


def of_completion(completion: ChatCompletion) -> Answer:
    """A whole answer."""
    answer = Answer()
    for choice in completion.choices:
        answer.choices[choice.index] = Choice()
        answer.choices[choice.index].add(choice.message.content, choice.finish_reason, choice.logprobs)
    assert completion.usage
    return answer.close(completion.usage)


def of_chunks(chunks: Iterable[ChatCompletionChunk]) -> Answer:
    """A streamed one, whose last chunk has the usage."""
    answer, usage = Answer(), None
    for chunk in chunks:
        assert usage is None, "usage comes last"
        usage = chunk.usage
        for choice in chunk.choices:
            open_choice = answer.choices.setdefault(choice.index, Choice())
            open_choice.add(choice.delta.content, choice.finish_reason, choice.logprobs)
    assert usage
    return answer.close(usage)


def check_same_logprobs(one: Choice, other: Choice) -> None:
    """The same tokens with the same values, up to what the order of additions does to them."""
    assert other.tokens == one.tokens
    assert other.bytes == one.bytes
    for mine, theirs in zip(one.logprobs or [], other.logprobs or [], strict=True):
        assert theirs["logprob"] == pytest.approx(mine["logprob"], abs=TOLERANCE)
        tops = [[top["logprob"] for top in entry["top_logprobs"]] for entry in (mine, theirs)]
        assert tops[1] == pytest.approx(tops[0], abs=TOLERANCE)


def build_request(text: str, fields: dict[str, Any]) -> dict[str, Any]:
    """`messages` among the fields takes the place of the text."""
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], **fields}


class Ask:
    """What tests say: `ask("Hello", temperature=0)`."""

    def __init__(self, client: OpenAI) -> None:
        self.client = client

    def completion(self, text: str = "", **fields: Any) -> ChatCompletion:
        """The package's own object."""
        return self.client.chat.completions.create(**build_request(text, fields))

    def chunks(self, text: str = "", **fields: Any) -> list[ChatCompletionChunk]:
        """The same of a stream, with usage."""
        request = build_request(text, fields)
        return list(self.client.chat.completions.create(**request, stream=True, stream_options={"include_usage": True}))

    def whole(self, text: str = "", **fields: Any) -> Answer:
        """A whole answer."""
        return of_completion(self.completion(text, **fields))

    def streamed(self, text: str = "", **fields: Any) -> Answer:
        """The same as a stream."""
        return of_chunks(self.chunks(text, **fields))

    def both(self, text: str = "", **fields: Any) -> Answer:
        """One answer, in both modes, which must not differ in anything."""
        whole, streamed = self.whole(text, **fields), self.streamed(text, **fields)
        assert streamed == whole
        for index, choice in whole.choices.items():
            check_same_logprobs(choice, streamed.choices[index])
        return whole
