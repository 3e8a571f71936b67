"""The script of calls that both official packages run: requests as data, and what must come of each.

The scripted engine answers. What it says stands in the last user message.
"""

from typing import Any

from tests.contract.packages.words import (
    EVERY,
    MODEL,
    Choice,
    Json,
    answer_to,
    ask,
    calls,
    function,
    refuses,
    result_for,
    row,
    says,
    schema_of,
    thinks,
    tool,
)

KEY = "a-key"

ROLES: list[Json] = [
    {"role": "developer", "content": "Be brief."},
    {"role": "system", "content": [{"type": "text", "text": "Be kind."}]},
    {"role": "user", "content": "And?", "name": "ada"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "a", "type": "function", "function": {"name": "time", "arguments": "{}"}}],
    },
    {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "Noon."}]},
    {"role": "assistant", "content": "", "function_call": {"name": "weather", "arguments": "{}"}},
    {"role": "function", "name": "weather", "content": "Rain."},
    {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
    {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
]
DIALS: Json = {
    "temperature": 0.5,
    "top_p": 0.9,
    "seed": 7,
    "presence_penalty": 0.1,
    "frequency_penalty": -0.1,
    "logit_bias": {"1": -1},
    "user": "u",
    "safety_identifier": "s",
    "verbosity": "low",
    "store": False,
    "modalities": ["text"],
    "response_format": {"type": "text"},
}
JSON = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema_of("city")}}
TEXTS = [
    row("text", ask("Hello there"), Choice("Hello there"), ways=EVERY),
    row(
        "pieces of words",
        ask(says("Grü", "ße", " 日本", "語 👩‍👩‍👧")),
        Choice("Grüße 日本語 👩‍👩‍👧"),
        ways=EVERY,
        events={"content.delta": ["Grü", "ße", " 日本", "語 👩‍👩‍👧"], "content.done": ["Grüße 日本語 👩‍👩‍👧"]},
    ),
    row("long text", ask("word " * 300), Choice(" ".join(["word"] * 300)), ways=EVERY),
    row("nothing", ask([{"event": "finish"}]), Choice(""), ways=EVERY),
    row("three choices", ask("one two", n=3), *[Choice("one two")] * 3),
    row("stop", ask("one two three", stop=["three", "two"]), Choice("one "), ways=EVERY),
    row("max_tokens", ask("one two three", max_tokens=2), Choice("one two", "length")),
    row("max_completion_tokens", ask("one two three", max_completion_tokens=1), Choice("one", "length")),
    row(
        "logprobs",
        ask("Grüße 🎉", logprobs=True, top_logprobs=2),
        Choice("Grüße 🎉", tokens=("Grüße", " 🎉")),
        ways=EVERY,
    ),
    row("usage", ask("one two", n=2), *[Choice("one two")] * 2, ways=("create",), usage=(2, 4)),
    row(
        "usage of a stream",
        ask("one two", stream_options={"include_usage": True}),
        Choice("one two"),
        ways=("stream", "helper"),
        usage=(2, 2),
    ),
    row(
        "refusal",
        ask(refuses("I will", " not.")),
        Choice(refusal="I will not."),
        ways=EVERY,
        events={"refusal.delta": ["I will", " not."], "refusal.done": ["I will not."]},
    ),
    row(
        "withheld",
        ask([*says("Well"), {"event": "finish", "reason": "content_filter"}]),
        Choice("Well", "content_filter"),
    ),
    row(
        "thoughts",
        ask([*thinks("So."), *says("Well", ".")]),
        Choice("Well.", thoughts="So."),
        ways=(*EVERY, "parse"),
        events={"content.delta": ["Well", "."], "content.done": ["Well."]},
    ),
    row(
        "thoughts in pieces, of which Node's helper keeps the last",
        ask([*thinks("So", "."), *says("Well.")]),
        Choice("Well.", thoughts="So."),
    ),
    row(
        "JSON",
        ask([*thinks("So."), *says('{"ci', 'ty":', '"Oslo"}')], response_format=JSON),
        Choice('{"city":"Oslo"}', thoughts="So."),
        ways=(*EVERY, "parse"),
        events={"content.delta": ['{"ci', 'ty":', '"Oslo"}'], "content.done": ['{"city":"Oslo"}']},
    ),
    row("any JSON", ask('{"city": "Oslo"}', response_format={"type": "json_object"}), Choice('{"city": "Oslo"}')),
    row(
        "a refusal in place of JSON",
        ask(refuses("No."), response_format=JSON),
        Choice(refusal="No."),
        ways=(*EVERY, "parse"),
        events={"refusal.delta": ["No."], "refusal.done": ["No."]},
    ),
    row("six roles", ask(*ROLES), Choice("one\ntwo"), ways=EVERY),
    row("every dial", ask("one", **DIALS), Choice("one"), ways=EVERY),
    row(
        "metadata",
        ask("one", metadata={"job": "7", "stage": "x"}),
        Choice("one"),
        ways=("create",),
        fields={"metadata": {"job": "7", "stage": "x"}},
    ),
    row("service tier", ask("one", service_tier="auto"), Choice("one"), fields={"service_tier": "default"}),
    row("alias", ask("one", model="gpt-4o"), Choice("one"), fields={"model": MODEL}),
]

NOTE = {"type": "custom", "custom": {"name": "note", "description": "Keeps a note.", "format": {"type": "text"}}}
TOOLS = [tool("weather", "city"), tool("time", "zone"), NOTE]
OSLO, ASKED_OSLO = calls("weather", '{"ci', 'ty":', '"Oslo"}'), ("function", "weather", '{"city":"Oslo"}')
ZONE, ASKED_ZONE = calls("time", '{"zone":"CET"}'), ("function", "time", '{"zone":"CET"}')
MEMO, ASKED_MEMO = calls("note", "Buy ", "milk.", kind="custom"), ("custom", "note", "Buy milk.")
CALLED = Choice(finish="tool_calls", calls=(ASKED_OSLO,))
NAMED: Json = {"type": "function", "function": {"name": "weather"}}
ALLOWED = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [NAMED]}}
CALLS = [
    row(
        "a call",
        ask(OSLO, tools=TOOLS),
        CALLED,
        ways=EVERY,
        events={
            "tool_calls.function.arguments.delta": ['{"ci', 'ty":', '"Oslo"}'],
            "tool_calls.function.arguments.done": ['{"city":"Oslo"}'],
        },
    ),
    row(
        "text and two calls",
        ask([*says("Let me", " see."), *OSLO, *ZONE], tools=TOOLS),
        Choice("Let me see.", "tool_calls", calls=(ASKED_OSLO, ASKED_ZONE)),
        ways=EVERY,
    ),
    row(
        "two choices with calls",
        ask([*OSLO, *ZONE], tools=TOOLS, n=2),
        *[Choice(finish="tool_calls", calls=(ASKED_OSLO, ASKED_ZONE))] * 2,
    ),
    row(
        "a custom tool",
        ask([*MEMO, *OSLO], tools=TOOLS),
        Choice(finish="tool_calls", calls=(ASKED_MEMO, ASKED_OSLO)),
    ),
    row(
        "a call cut short",
        ask(OSLO, tools=TOOLS, max_tokens=2),
        Choice(finish="length", calls=(("function", "weather", '{"city":'),)),
    ),
    row("a named call", ask(OSLO, tools=TOOLS, tool_choice=NAMED), Choice(calls=(ASKED_OSLO,)), ways=EVERY),
    row("a required call", ask(OSLO, tools=TOOLS, tool_choice="required"), CALLED, ways=EVERY),
    row("an allowed call", ask(OSLO, tools=TOOLS, tool_choice=ALLOWED), CALLED, ways=EVERY),
    row("one call at a time", ask(OSLO, tools=TOOLS, parallel_tool_calls=False), CALLED),
    row("no call", ask("one", tools=TOOLS, tool_choice="none"), Choice("one"), ways=EVERY),
    row(
        "a strict call",
        ask(OSLO, tools=[tool("weather", "city", strict=True)]),
        Choice(finish="tool_calls", calls=(ASKED_OSLO,), parsed=({"city": "Oslo"},)),
        ways=("parse", "helper"),
    ),
    row(
        "functions",
        ask(OSLO, functions=[function("weather", "city")]),
        Choice(finish="function_call", calls=(("deprecated", *ASKED_OSLO[1:]),)),
        ways=EVERY,
    ),
    row(
        "a named function",
        ask(OSLO, functions=[function("weather", "city")], function_call={"name": "weather"}),
        Choice(calls=(("deprecated", *ASKED_OSLO[1:]),)),
        ways=EVERY,
    ),
]


def given_back(earlier: str, *results: Json, **fields: Any) -> Json:
    """The request that follows an answer: what was asked, the answer's own message, results, and thanks."""
    return ask("Weather, time?", answer_to(earlier), *results, "Thank you", **fields)


THANKS = Choice("Thank you")
TURNS = [
    row("an answer given back", given_back("text, create"), THANKS, ways=EVERY),
    row("a refusal given back", given_back("refusal, create"), THANKS),
    row("thoughts given back", given_back("thoughts, create"), THANKS, ways=EVERY),
    row("parsed JSON given back", given_back("JSON, parse"), THANKS),
    row(
        "results given back",
        given_back(
            "text and two calls, create",
            result_for("text and two calls, create", 0, "Rain."),
            result_for("text and two calls, create", 1, "Noon."),
            tools=TOOLS,
        ),
        THANKS,
        ways=EVERY,
    ),
    row(
        "a custom tool's result given back",
        given_back(
            "a custom tool, create",
            result_for("a custom tool, create", 0, "Kept."),
            result_for("a custom tool, create", 1, "Rain."),
            tools=TOOLS,
        ),
        THANKS,
    ),
    row(
        "a function's result given back",
        given_back(
            "functions, create",
            {"role": "function", "name": "weather", "content": "Rain."},
            functions=[function("weather", "city")],
        ),
        THANKS,
    ),
    row("the helper's answer given back", given_back("text, helper"), THANKS),
    row(
        "the helper's calls given back",
        given_back(
            "text and two calls, helper",
            result_for("text and two calls, helper", 0, "Rain."),
            result_for("text and two calls, helper", 1, "Noon."),
            tools=TOOLS,
        ),
        THANKS,
    ),
    row(
        "parsed calls given back",
        given_back("a strict call, parse", result_for("a strict call, parse", 0, "Rain."), tools=TOOLS),
        THANKS,
    ),
]

HEADERS = {"x-request-id": "req_0", "antiphon-ignored": None}
EVENT_STREAM = HEADERS | {"content-type": "text/event-stream; charset=utf-8"}
IGNORED = HEADERS | {"content-type": "application/json", "antiphon-ignored": "service_tier, prediction"}
OTHERS = [
    row(
        "hints",
        ask("one", service_tier="flex", prediction={"type": "content", "content": "one"}),
        ways=("create", "stream", "headers"),
        headers=IGNORED,
    ),
    row("no hints", ask("one", stream=True), Choice("one"), ways=("headers",), headers=EVENT_STREAM),
    row("models", {}, ways=("list",), models=["smollm2", "second"]),
    row("a model", {"model": "second"}, ways=("retrieve",), models=["second"]),
    row("a model by its alias", {"model": "gpt-4o"}, ways=("retrieve",), models=["smollm2"]),
]

GONE = {"class": "NotFoundError", "status": 404, "param": "completion_id", "code": "completion_not_found"}
MARKS = {"it's": '100% [a][b] "&=\\ 日本'}
STORED = [
    row(
        "kept",
        ask(ROLES[0], "Keep this", store=True, seed=7, metadata={"a": "b"}),
        Choice("Keep this"),
        ways=("create",),
    ),
    row(
        "all that can be done to what is kept",
        {"id": {"$answer": ["kept, create", "id"]}, "metadata": MARKS},
        ways=("stored",),
        kept={"metadata": MARKS, "messages": ["Be brief.", "Keep this"], "content": "Keep this"},
        error=GONE,
    ),
]
BAD = {"class": "BadRequestError", "status": 400, "type": "invalid_request_error"}
UNKNOWN = {"class": "NotFoundError", "status": 404, "param": "model", "code": "model_not_found"}
UNAUTHORIZED = {"class": "AuthenticationError", "status": 401, "code": "invalid_api_key"}
CRASHED = {"class": "APIError", "status": None, "type": "server_error", "code": "engine_crashed"}
FAULTS = [
    row(
        "out of range",
        ask("one", n=0),
        ways=("create", "stream", "headers"),
        error=BAD | {"param": "n", "code": "integer_below_min_value"},
    ),
    row(
        "not built yet",
        ask("one", web_search_options={}),
        ways=EVERY,
        error=BAD | {"param": "web_search_options", "code": "unsupported_parameter"},
    ),
    row(
        "no JSON where it is asked for",
        ask("one", response_format=JSON),
        ways=EVERY,
        error=BAD | {"param": "messages", "code": "invalid_value"},
    ),
    row(
        "a result without a call",
        ask({"role": "tool", "tool_call_id": "call_1", "content": "Rain."}),
        error=BAD | {"param": "messages[0].tool_call_id", "code": "invalid_value"},
    ),
    row("no such model", ask("one", model="gone"), ways=EVERY, error=UNKNOWN),
    row("no such model to tell of", {"model": "gone"}, ways=("retrieve",), error=UNKNOWN),
    row("a wrong key", ask("one"), ways=(*EVERY, "list"), key="wrong", error=UNAUTHORIZED),
    row(
        "a fault in mid-stream",
        ask([*says("Hel"), {"event": "fail"}]),
        Choice("Hel", ""),
        ways=("stream", "helper"),
        events={"content.delta": ["Hel"]},
        error=CRASHED,
    ),
    row(
        "gone after the first chunk",
        ask([*says("Hel"), {"event": "pause", "seconds": 60}]),
        Choice("", ""),
        ways=("leave",),
    ),
    row("text after all that", ask("still here"), Choice("still here"), ways=EVERY),
]

SCRIPT = [*TEXTS, *CALLS, *TURNS, *OTHERS, *STORED, *FAULTS]
