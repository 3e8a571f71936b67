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
class Call:
    """A call of either kind of tool, or in the deprecated form, which has no id. text: arguments or input."""

    name: str = ""
    text: str = ""
    kind: str = ""
    id: str = field(default="", compare=False)

    def add(self, call: Any) -> None:
        """Take a part of it, or all at once."""
        self.id, self.kind = getattr(call, "id", None) or self.id, getattr(call, "type", None) or self.kind
        custom, function = getattr(call, "custom", None), getattr(call, "function", None)
        if custom:  # the package has no type for it in a stream, and leaves it as it is
            given = custom if isinstance(custom, dict) else custom.model_dump()
            self.name, self.text = given.get("name") or self.name, self.text + (given.get("input") or "")
        elif function or self.kind == "":
            said = function or call
            self.name, self.text = said.name or self.name, self.text + (said.arguments or "")


@dataclass
class Choice:
    """A choice of either kind of answer. thoughts: what it reasoned. function_call: the deprecated form of a call.
    logprobs: entries as dictionaries, None when there are none.
    """

    text: str = ""
    finish: str | None = None
    thoughts: str = ""
    calls: list[Call] = field(default_factory=list)
    function_call: Call | None = None
    logprobs: list[dict[str, Any]] | None = field(default=None, compare=False)

    def add(self, said: Any, finish: str | None, logprobs: Any) -> None:
        """Take a chunk's delta, or a whole message."""
        self.text += said.content or ""
        self.thoughts += getattr(said, "reasoning_content", None) or ""
        self.finish = finish or self.finish
        for place, call in enumerate(said.tool_calls or ()):
            index = getattr(call, "index", place)
            assert index in (len(self.calls), len(self.calls) - 1), "calls come one after another"
            if index == len(self.calls):
                self.calls.append(Call())
            self.calls[index].add(call)
        if said.function_call:
            self.function_call = self.function_call or Call()
            self.function_call.add(said.function_call)
        if logprobs and logprobs.content is not None:
            self.logprobs = (self.logprobs or []) + [entry.model_dump() for entry in logprobs.content]

    @property
    def called(self) -> list[tuple[str, str]]:
        """Names, and arguments or inputs, of its calls."""
        return [(call.name, call.text) for call in self.calls]

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
    """All choices by index, and the usage, of which `num_cached` and `num_written` depend on what was asked before."""

    choices: dict[int, Choice] = field(default_factory=dict)
    usage: dict[str, Any] = field(default_factory=dict)
    num_cached: int = field(default=0, compare=False)
    num_written: int = field(default=0, compare=False)

    def close(self, usage: CompletionUsage) -> "Answer":
        """Take the usage."""
        self.usage = usage.model_dump()
        self.num_cached = self.usage["prompt_tokens_details"].pop("cached_tokens")
        self.num_written = self.usage["prompt_tokens_details"].pop("cache_write_tokens")
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
        answer.choices[choice.index].add(choice.message, choice.finish_reason, choice.logprobs)
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
            open_choice.add(choice.delta, choice.finish_reason, choice.logprobs)
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

    def both_known(self, text: str = "", **fields: Any) -> Answer:
        """The same of a prompt that was computed before. What a grammar forces first is computed together with a prompt
        that is new, and in large batches llama.cpp rounds otherwise.
        """
        self.whole(text, **{**fields, "n": 1, "max_tokens": 1})
        return self.both(text, **fields)
