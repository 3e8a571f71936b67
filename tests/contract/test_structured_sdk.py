"""JSON of Pydantic models, calls of Pydantic tools and refusals, by the official package's `parse()` and `stream()`."""

from collections.abc import Callable
from typing import Any, Literal

import openai
import pytest
from openai.types.chat import ParsedChatCompletion
from pydantic import BaseModel

from tests.contract.live import script
from tests.contract.scripts import arguments, call, refusal, thought


class Step(BaseModel):
    """A step of an answer."""

    explanation: str
    output: str | None


class Solution(BaseModel):
    """An answer."""

    steps: list[Step]
    kind: Literal["exact", "guess"]
    value: float


class Weather(BaseModel):
    """The weather in a city."""

    city: str
    days: int


SOLUTION = Solution(steps=[Step(explanation="Grüße 🎉", output=None)], kind="exact", value=0.5)
JSON = ['{"steps": [{"expla', 'nation": "Grüße 🎉", ', '"output": null}], "kind": "ex', 'act", "value": 0.5', "}"]
CALL = [call("Weather", "call_a"), *arguments('{"city": "Pa', 'ris", "da', 'ys": 3}')]
PARIS = Weather(city="Paris", days=3)
TOOLS = [openai.pydantic_function_tool(Weather)]
NAMED = {"type": "function", "function": {"name": "Weather"}}
Answer = ParsedChatCompletion[Solution]
Told = list[tuple[str, Any]]
"""Events of the helper by their types, and what each says."""


def ask(*events: Any, **fields: Any) -> dict[str, Any]:
    """Arguments of the official package's methods, with the model as the format."""
    message = {"role": "user", "content": script(*events)}
    return {"model": "smollm2", "messages": [message], "response_format": Solution} | fields


def parse(client: openai.OpenAI, *events: Any, **fields: Any) -> Answer:
    """A whole answer."""
    return client.chat.completions.parse(**ask(*events, **fields))


def stream(client: openai.OpenAI, *events: Any, **fields: Any) -> Answer:
    """The same of a stream."""
    with client.chat.completions.stream(**ask(*events, **fields)) as stream:
        return stream.get_final_completion()


def told(client: openai.OpenAI, *events: Any, **fields: Any) -> Told:
    """What the helper tells on the way."""
    with client.chat.completions.stream(**ask(*events, **fields)) as stream:
        return [(event.type, event) for event in stream if event.type != "chunk"]


Mode = Callable[..., Answer]
both = pytest.mark.parametrize("mode", [parse, stream])


@both
def test_json_is_an_object_of_the_model(client: openai.OpenAI, mode: Mode) -> None:
    """Where a Pydantic model is the format, the answer is an object of it, and its content the JSON as it came."""
    choice = mode(client, *JSON).choices[0]
    assert choice.message.parsed == SOLUTION
    assert (choice.message.content, choice.finish_reason) == ("".join(JSON), "stop")
    assert (choice.message.refusal, choice.message.tool_calls) == (None, None)


@both
def test_every_choice_is_an_object(client: openai.OpenAI, mode: Mode) -> None:
    """So is each of several choices."""
    assert [choice.message.parsed for choice in mode(client, *JSON, n=3).choices] == [SOLUTION] * 3


def test_json_grows(client: openai.OpenAI) -> None:
    """On the way the helper has what can be read by then, and at the end the object, once."""
    events = [event for kind, event in told(client, *JSON) if kind == "content.delta"]
    assert [event.delta for event in events if event.delta] == JSON
    assert [event.parsed for event in events][2:] == [
        {"steps": [{"explanation": "Grüße 🎉"}]},
        {"steps": [{"explanation": "Grüße 🎉", "output": None}]},
        {"steps": [{"explanation": "Grüße 🎉", "output": None}], "kind": "exact", "value": 0.5},
        SOLUTION.model_dump(),
    ]
    (done,) = [event for kind, event in told(client, *JSON) if kind == "content.done"]
    assert (done.content, done.parsed) == ("".join(JSON), SOLUTION)


async def test_asynchronously(async_client: openai.AsyncOpenAI) -> None:
    """So it is with the asynchronous client."""
    answer = await async_client.chat.completions.parse(**ask(*JSON))
    async with async_client.chat.completions.stream(**ask(*JSON)) as events:
        final = await events.get_final_completion()
    assert answer.choices[0].message.parsed == final.choices[0].message.parsed == SOLUTION


@both
def test_thoughts_are_not_part_of_the_json(client: openai.OpenAI, mode: Mode) -> None:
    """What was thought stands beside the JSON, and never in it."""
    message = mode(client, *thought('{"value":', " 7}"), *JSON).choices[0].message
    assert message.parsed == SOLUTION
    assert (message.model_extra or {})["reasoning_content"] == '{"value": 7}'


@both
@pytest.mark.parametrize("wanted", [Solution, {"type": "json_object"}, openai.omit])
def test_a_refusal_is_told(client: openai.OpenAI, mode: Mode, wanted: Any) -> None:
    """A model may refuse, whatever the format: the message has the refusal, and neither content nor an object."""
    choice = mode(client, *refusal("I ", "won't."), response_format=wanted).choices[0]
    assert (choice.message.refusal, choice.finish_reason) == ("I won't.", "stop")
    assert (choice.message.content, choice.message.parsed) == (None, None)


@pytest.mark.parametrize("wanted", [Solution, openai.omit])
def test_a_refusal_grows(client: openai.OpenAI, wanted: Any) -> None:
    """A refusal is told piece by piece and whole at its end, and nothing is told of content."""
    events = told(client, *refusal("I ", "won't."), response_format=wanted)
    assert [(event.delta, event.snapshot) for kind, event in events if kind == "refusal.delta"] == [
        ("I ", "I "),
        ("won't.", "I won't."),
    ]
    assert [event.refusal for kind, event in events if kind == "refusal.done"] == ["I won't."]
    assert {kind for kind, _ in events} == {"refusal.delta", "refusal.done"}


def test_logprobs_of_a_refusal_grow(client: openai.OpenAI) -> None:
    """Its log-probabilities are told with it, one for each token."""
    events = told(client, *refusal("I ", "won't."), logprobs=True)
    (done,) = [event for kind, event in events if kind == "logprobs.refusal.done"]
    assert [entry.token for entry in done.refusal] == ["I ", "won't."]
    assert not any(kind.startswith("logprobs.content") for kind, _ in events)


@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_without_the_helpers(client: openai.OpenAI, stream: bool) -> None:
    """`create` has it too, whole and in chunks."""
    wanted = {"type": "json_object"}
    answer: Any = client.chat.completions.create(**ask(*refusal("I ", "won't."), response_format=wanted), stream=stream)
    if not stream:
        assert (answer.choices[0].message.refusal, answer.choices[0].message.content) == ("I won't.", None)
        return
    deltas = [chunk.choices[0].delta for chunk in answer]
    assert [delta.refusal for delta in deltas] == [None, "I ", "won't.", None]
    assert not any(delta.content for delta in deltas)


CUT: list[tuple[list[Any], dict[str, Any], type[Exception]]] = [
    (JSON, {"max_completion_tokens": 2}, openai.LengthFinishReasonError),
    ([*JSON[:2], {"event": "finish", "reason": "content_filter"}], {}, openai.ContentFilterFinishReasonError),
    (CALL, {"tools": TOOLS, "max_tokens": 1}, openai.LengthFinishReasonError),
    (CALL, {"tools": TOOLS, "tool_choice": NAMED, "max_tokens": 1}, openai.LengthFinishReasonError),
]


@both
@pytest.mark.parametrize(("events", "fields", "error"), CUT)
def test_half_an_object_is_none(
    client: openai.OpenAI, mode: Mode, events: list[Any], fields: dict[str, Any], error: type[Exception]
) -> None:
    """What a limit or a filter cut is told as cut, and never taken for the whole."""
    with pytest.raises(error):
        mode(client, *events, **fields)


@both
@pytest.mark.parametrize(("choice", "reason"), [("auto", "tool_calls"), ("required", "tool_calls"), (NAMED, "stop")])
def test_arguments_are_an_object_of_the_model(client: openai.OpenAI, mode: Mode, choice: Any, reason: str) -> None:
    """Where a Pydantic model is the tool, its arguments are an object of it; the format is for content only."""
    told = mode(client, *CALL, tools=TOOLS, tool_choice=choice).choices[0]
    (made,) = told.message.tool_calls or ()
    assert (made.id, made.function.name, made.function.parsed_arguments) == ("call_a", "Weather", PARIS)
    assert (told.finish_reason, told.message.content, told.message.parsed) == (reason, None, None)


@pytest.mark.parametrize("choice", ["auto", NAMED])
def test_arguments_grow(client: openai.OpenAI, choice: Any) -> None:
    """On the way the helper has what can be read by then, and at the end the object, once."""
    events = told(client, *CALL, tools=TOOLS, tool_choice=choice)
    growing = [event for kind, event in events if kind == "tool_calls.function.arguments.delta"]
    assert [event.arguments_delta for event in growing] == ["", '{"city": "Pa', 'ris", "da', 'ys": 3}']
    assert [event.parsed_arguments for event in growing][1:] == [{}, {"city": "Paris"}, {"city": "Paris", "days": 3}]
    (done,) = [event for kind, event in events if kind == "tool_calls.function.arguments.done"]
    assert (done.index, done.name, done.parsed_arguments) == (0, "Weather", PARIS)


@both
def test_json_where_tools_could_be_called(client: openai.OpenAI, mode: Mode) -> None:
    """A format and tools go together: who calls nothing answers in JSON."""
    choice = mode(client, *JSON, tools=TOOLS).choices[0]
    assert (choice.message.parsed, choice.message.tool_calls, choice.finish_reason) == (SOLUTION, None, "stop")


@both
@pytest.mark.parametrize("events", [JSON, CALL, refusal("No.")])
def test_a_parsed_message_can_be_given_back(client: openai.OpenAI, mode: Mode, events: list[Any]) -> None:
    """The message of an answer, with all that the package put into it, is part of the next request."""
    question = ask(*events, tools=TOOLS)
    message = mode(client, *events, tools=TOOLS).choices[0].message
    results = [{"role": "tool", "tool_call_id": made.id, "content": "sunny"} for made in message.tool_calls or ()]
    said = message.to_dict(warnings=False)  # the package's types do not know what it parsed
    messages = [*question["messages"], said, *results, {"role": "user", "content": "Thanks"}]
    answer = client.chat.completions.create(model="smollm2", messages=messages)
    assert answer.choices[0].message.content == "Thanks"


@pytest.mark.parametrize("events", [JSON, CALL, refusal("No."), [*thought("Hm", "."), *JSON]])
def test_both_modes_give_the_same(client: openai.OpenAI, events: list[Any]) -> None:
    """The streamed answer is the whole one."""
    fields = {"tools": TOOLS, "logprobs": True}
    whole = parse(client, *events, **fields).to_dict(warnings=False)
    streamed = stream(client, *events, **fields, stream_options={"include_usage": True}).to_dict(warnings=False)
    assert comparable(streamed) == comparable(whole)


def comparable(answer: Any) -> Any:
    """An answer without what is made anew for each, and what only one of both ways has."""
    if isinstance(answer, list):
        return [comparable(item) for item in answer]
    if not isinstance(answer, dict):
        return answer
    apart = ("id", "created", "index", "annotations")
    return {name: comparable(value) for name, value in answer.items() if name not in apart and value is not None}


@both
@pytest.mark.parametrize("wanted", [Solution, {"type": "json_object"}])
@pytest.mark.parametrize("events", [["Hello"], ["I look.", *CALL], [*JSON, "."]])
def test_a_script_that_is_no_json_is_400(client: openai.OpenAI, mode: Mode, wanted: Any, events: list[Any]) -> None:
    """The scripted engine does not say what a model under the same format could not, and tells before it begins."""
    with pytest.raises(openai.BadRequestError) as caught:
        mode(client, *events, response_format=wanted, tools=TOOLS)
    assert (caught.value.param, caught.value.code) == ("messages", "invalid_value")
    assert "asks for JSON" in caught.value.message
