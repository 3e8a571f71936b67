"""The engine without a model: it plays what a script says, as far as a model under the same request could."""

import json
from typing import Any

import pytest

from antiphon.dialect.conversation import Conversation, JsonFormat, Tool, ToolChoice, Turn
from antiphon.dialect.medium import Picture, Transcript
from antiphon.engine.base import Decoding, Service
from antiphon.engine.events import Arguments, Event, Finish, Reasoning, Refusal, Text, TokenLogprob, ToolCall, Usage
from antiphon.engine.scripted import ScriptedEngine
from antiphon.errors import EngineCrashed, InternalError, InvalidRequest

F, G, C = Tool("f"), Tool("g"), Tool("c", "custom")
ONLY_F = frozenset({("function", "f")})


def text(value: str) -> dict[str, str]:
    """A line with text."""
    return {"event": "text", "text": value}


def reasoning(value: str) -> dict[str, str]:
    """A line with a thought."""
    return {"event": "reasoning", "text": value}


def call(name: str = "f", **more: str) -> dict[str, str]:
    """A line with which a call begins."""
    return {"event": "tool_call", "name": name, **more}


def arguments(value: str) -> dict[str, str]:
    """A line with arguments."""
    return {"event": "arguments", "text": value}


async def play(
    *lines: Any,
    tools: tuple[Tool, ...] = (F, G, C),
    choice: ToolChoice | None = None,
    wanted: JsonFormat | None = None,
    **decoding: Any,
) -> list[Event]:
    """The events of a script, or of a message that is none."""
    said = lines[0] if lines and isinstance(lines[0], str) else json.dumps(lines)
    conversation = Conversation((Turn("user", said),), tools, choice or ToolChoice(), format=wanted)
    return [event async for event in ScriptedEngine().generate(conversation, Decoding(**decoding), Service())]


async def test_any_message_is_said_back() -> None:
    """What is no script is answered with its own words, white space and all."""
    *said, finish, usage = await play("one  two\n three")
    assert said == [Text("one"), Text("  two"), Text("\n three")]
    assert (finish, usage) == (Finish(), Usage(3, 3))


async def test_the_last_user_message_counts() -> None:
    """Not a tool's result, and not what somebody said before."""
    turns = (Turn("user", "a"), Turn("user", "b c"), Turn("tool", "d"))
    events = [event async for event in ScriptedEngine().generate(Conversation(turns), Decoding(), Service())]
    assert events == [Text("b"), Text(" c"), Finish(), Usage(4, 2)]


async def test_what_is_seen_is_not_said_back() -> None:
    """A picture has no words; what was said in a recording has."""
    media = {"\U00030000": Picture(1, 1, bytes(3), "a"), "\U00030001": Transcript("hi")}
    conversation = Conversation((Turn("user", "\U00030000\nLook\n\U00030001"),), media=media)
    events = [event async for event in ScriptedEngine().generate(conversation, Decoding(), Service())]
    assert "".join(event.text for event in events if isinstance(event, Text)) == "Look\nhi"


PLAYED: dict[str, tuple[list[Any], list[Event], int]] = {
    # lines, events before the usage, completion tokens
    "text": ([text("a"), text("b")], [Text("a"), Text("b"), Finish()], 2),
    "thoughts": ([reasoning("H"), reasoning("m"), text("a")],
                 [Reasoning("H"), Reasoning("m"), Text("a"), Finish()], 3),
    "a refusal": ([{"event": "refusal", "text": "No."}], [Refusal("No."), Finish()], 1),
    "a call": (
        [call(id="x"), arguments("{"), arguments("}")],
        [ToolCall("f", id="x"), Arguments("{"), Arguments("}"), Finish()],
        2,
    ),
    "text and calls": (
        [text("a"), call(), arguments("1"), call("g"), arguments("2")],
        [Text("a"), ToolCall("f"), Arguments("1"), ToolCall("g"), Arguments("2"), Finish()],
        3,
    ),
    "a custom tool's call": (
        [call("c", kind="custom"), arguments("x")],
        [ToolCall("c", "custom"), Arguments("x"), Finish()],
        1,
    ),
    "an end": ([text("a"), {"event": "finish", "reason": "content_filter"}, text("b")],
               [Text("a"), Finish("content_filter")], 1),
    "a pause": ([text("a"), {"event": "pause", "seconds": 0.001}, text("b")], [Text("a"), Text("b"), Finish()], 2),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAYED)
async def test_a_script_is_played(name: str) -> None:
    """Its lines are the events, and a line with text is a token."""
    lines, expected, num_tokens = PLAYED[name]
    *events, usage = await play(*lines)
    assert events == expected
    assert isinstance(usage, Usage) and usage.completion_tokens == num_tokens


async def test_a_script_can_say_its_usage() -> None:
    """Usage that a script says is what is told, at the end."""
    events = await play({"event": "usage", "prompt_tokens": 9, "completion_tokens": 8, "cached_tokens": 7}, text("a"))
    assert events == [Text("a"), Finish(), Usage(9, 8, 7)]


async def test_thoughts_are_counted() -> None:
    """A line with a thought is a token of the completion and one of those thought, in each choice."""
    *_, usage = await play(reasoning("H"), reasoning("m"), text("a"), n=2)
    assert isinstance(usage, Usage) and (usage.completion_tokens, usage.reasoning_tokens) == (6, 4)
    *_, usage = await play(reasoning("H"), reasoning("m"), text("a"), max_tokens=1)
    assert isinstance(usage, Usage) and (usage.completion_tokens, usage.reasoning_tokens) == (1, 1)


CUT: list[tuple[list[Any], dict[str, Any], list[Event]]] = [
    ([text("a"), text("b")], {"max_tokens": 1}, [Text("a"), Finish("length")]),
    ([call(), arguments("1"), arguments("2")], {"max_tokens": 1}, [ToolCall("f"), Arguments("1"), Finish("length")]),
    ([text("ab"), text("cd")], {"stop": ("bc",)}, [Text("a"), Finish()]),
    ([text("ab"), call(), arguments("c")], {"stop": ("bc",)},
     [Text("a"), Text("b"), ToolCall("f"), Arguments("c"), Finish()]),
    ([reasoning("a"), reasoning("b"), text("c")], {"max_tokens": 2},
     [Reasoning("a"), Reasoning("b"), Finish("length")]),
    ([reasoning("stop"), text("a")], {"stop": ("stop",)}, [Reasoning("stop"), Text("a"), Finish()]),
    ([text("ab"), reasoning("c"), text("c")], {"stop": ("bc",)},
     [Text("a"), Text("b"), Reasoning("c"), Text("c"), Finish()]),
    ([call(), arguments("stop")], {"stop": ("stop",)}, [ToolCall("f"), Arguments("stop"), Finish()]),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "decoding", "expected"), CUT)
async def test_limits_and_stop_strings_cut(lines: list[Any], decoding: dict[str, Any], expected: list[Event]) -> None:
    """A limit cuts thoughts and calls too; stop strings are looked for in text only, and never across either."""
    *events, _ = await play(*lines, **decoding)
    assert events == expected


async def test_choices_play_the_same_script() -> None:
    """Each choice says it all, and they take turns."""
    *events, usage = await play(call(), arguments("{}"), n=2)
    assert events == [
        ToolCall("f"), ToolCall("f", choice=1), Arguments("{}"), Arguments("{}", 1), Finish(), Finish(choice=1),
    ]  # fmt: skip
    assert isinstance(usage, Usage) and usage.completion_tokens == 2


async def test_logprobs_are_said_when_asked() -> None:
    """Every token has its entry: its own, or one that is certain."""
    entry = TokenLogprob("b", b"b", -1.5)
    certain = TokenLogprob("a", b"a", 0.0)
    lines = [
        reasoning("a"), text("a"), call(), {"event": "arguments", "text": "b", "logprobs": [["b", "Yg==", -1.5]]},
    ]  # fmt: skip
    events = await play(*lines, logprobs=0)
    assert events[:4] == [
        Reasoning("a", 0, (certain,)), Text("a", 0, (certain,)), ToolCall("f"), Arguments("b", 0, (entry,)),
    ]  # fmt: skip
    assert all(not event.logprobs for event in await play(*lines) if isinstance(event, Reasoning | Text | Arguments))


REFUSED: dict[str, tuple[list[Any], tuple[Tool, ...], ToolChoice, str]] = {
    # lines, tools, choice, words of the sentence
    "no tools": ([call()], (), ToolChoice(), "does not allow: f"),
    "another tool": ([call("x")], (F,), ToolChoice(), "does not allow: x"),
    "another kind": ([call("c")], (C,), ToolChoice(), "does not allow: c"),
    "no calls allowed": ([call()], (F,), ToolChoice("none"), "does not allow: f"),
    "not among the allowed": ([call("g")], (F, G), ToolChoice("auto", ONLY_F), "does not allow: g"),
    "a call is required": ([text("a")], (F,), ToolChoice("required"), "requires a tool call"),
    "this call is required": ([call("g")], (F, G), ToolChoice("required", ONLY_F), "does not allow: g"),
    "one call only": ([call(), call()], (F,), ToolChoice(parallel=False), "one tool call"),
    "arguments of nothing": ([arguments("{}"), call()], (F,), ToolChoice(), "before it has a call"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_script_cannot_do_what_a_model_could_not(name: str) -> None:
    """A script that goes against the request's tools is the request's fault, before anything is said."""
    lines, tools, choice, words = REFUSED[name]
    with pytest.raises(InvalidRequest) as caught:
        await play(*lines, tools=tools, choice=choice)
    assert (caught.value.code, caught.value.param) == ("invalid_value", "messages")
    assert words in caught.value.message


OBJECT, VALUE = JsonFormat(), JsonFormat({})
SPEAKS_JSON: list[tuple[list[Any], JsonFormat, dict[str, Any]]] = [
    # lines, the format that is asked for, how it is decoded
    ([text('{"a"'), text(": [1, "), text('"é"]}')], OBJECT, {}),
    (['{"a": 1}'], OBJECT, {}),
    ([text("[1]")], VALUE, {}),
    ([text("5")], VALUE, {"max_tokens": 2}),
    ([reasoning("Hm."), text("{}")], OBJECT, {}),
    ([{"event": "refusal", "text": "No."}], OBJECT, {}),
    ([call(), arguments("no")], OBJECT, {}),
    ([reasoning("Hm.")], OBJECT, {}),
    ([text("{}"), {"event": "finish"}, text("more")], OBJECT, {}),
    ([{"event": "finish"}], OBJECT, {}),
    ([text('{"a'), text('": 1}')], OBJECT, {"max_tokens": 1}),
    ([text('{"a'), text('": 1')], OBJECT, {"max_tokens": 2}),
    ([text('{"a": "END"}')], OBJECT, {"stop": ("END",)}),
    ([text('{"a'), {"event": "finish", "reason": "length"}], OBJECT, {}),
    ([text('{"a'), {"event": "finish", "reason": "content_filter"}], OBJECT, {}),
]


@pytest.mark.parametrize(("lines", "wanted", "decoding"), SPEAKS_JSON)
async def test_json_can_be_said_where_it_is_asked_for(
    lines: list[Any], wanted: JsonFormat, decoding: dict[str, Any]
) -> None:
    """JSON, or half of it where something cuts it short; a call or a refusal in its place."""
    assert await play(*lines, wanted=wanted, **decoding) == await play(*lines, **decoding)


async def test_a_script_may_fail_before_its_json_is_whole() -> None:
    """What breaks off is not held against the script."""
    for event, error in (("fail", EngineCrashed), ("break", InternalError)):
        with pytest.raises(error):
            await play(text('{"a'), {"event": event}, wanted=OBJECT)


NO_JSON: list[tuple[list[Any], JsonFormat, dict[str, Any]]] = [
    (["Hello there"], OBJECT, {}),
    ([text("Hello")], VALUE, {}),
    ([text('{"a'), text('": 1')], OBJECT, {"max_tokens": 3}),
    ([text('{"a": 1'), {"event": "finish"}, text("}")], OBJECT, {}),
    ([text("{} and more")], OBJECT, {"stop": ("END",)}),
    ([text("{'a': 1}")], OBJECT, {}),
    ([text("NaN")], VALUE, {}),
    ([text("[1]")], OBJECT, {}),
    ([text("I look."), call()], OBJECT, {}),
    ([text("[" * 100_000)], VALUE, {}),
]


@pytest.mark.parametrize(("lines", "wanted", "decoding"), NO_JSON)
async def test_nothing_else_can_be(lines: list[Any], wanted: JsonFormat, decoding: dict[str, Any]) -> None:
    """Where JSON is asked for, text that is none is the request's fault, before anything is said."""
    with pytest.raises(InvalidRequest) as caught:
        await play(*lines, wanted=wanted, **decoding)
    assert (caught.value.code, caught.value.param) == ("invalid_value", "messages")
    assert "asks for JSON" in caught.value.message


UNREADABLE = ['[{"event": "sing"}]', '[{"event": "text"}]', '[{"event": "text", "text": 5}]', '[{"event": "text"']


@pytest.mark.parametrize("script", UNREADABLE)
async def test_a_script_that_cannot_be_read_is_told(script: str) -> None:
    """What begins like a script and is none is 400 with the reason, not said back."""
    with pytest.raises(InvalidRequest) as caught:
        await play(script)
    assert caught.value.param == "messages" and caught.value.message.startswith("The script cannot be read: ")


@pytest.mark.parametrize(("event", "error"), [("fail", EngineCrashed), ("break", InternalError)])
async def test_a_script_can_fail(event: str, error: type[Exception]) -> None:
    """For trying what clients do when an engine dies, or has a fault."""
    with pytest.raises(error):
        await play(text("a"), {"event": event})
