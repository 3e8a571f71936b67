"""Schemas and grammars that mean harm, or that nobody can follow: refused with their place, and nobody else notices."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.model.ask import MODEL
from tests.model.plain import NEVER_END
from tests.model.processes import Server, children_of, runs, serve, wait_for

COMPLETIONS = "/v1/chat/completions"
LIMIT_S = 15.0
"""Far more than anything takes here, on the slowest machine; far less than what is refused would take."""
Fields = dict[str, Any]
FORMAT, ARGUMENTS = "response_format.json_schema.schema", "tools[0].function.parameters"
INPUT = "tools[0].custom.format.grammar.definition"


def body(**fields: Any) -> Fields:
    """A request for a short answer."""
    return {"model": MODEL, "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 60, **fields}


def answer(schema: Any, *, strict: bool = False) -> Fields:
    """With a schema for the answer."""
    return body(
        response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": schema, "strict": strict}}
    )


def function(schema: Any, *, strict: bool = False, name: str = "f", **fields: Any) -> Fields:
    """With a schema for a function that must be called."""
    tool = {"type": "function", "function": {"name": name, "parameters": schema, "strict": strict}}
    return body(tools=[tool], **{"tool_choice": "required", "parallel_tool_calls": False, **fields})


def custom(definition: str, syntax: str = "lark", **fields: Any) -> Fields:
    """With a grammar for the input of a custom tool that must be called."""
    grammar = {"type": "grammar", "grammar": {"syntax": syntax, "definition": definition}}
    tool = {"type": "custom", "custom": {"name": "c", "format": grammar}}
    return body(tools=[tool], tool_choice="required", parallel_tool_calls=False, **fields)


def only(schema: Any, **more: Any) -> Fields:
    """A schema of an object with one property."""
    return {"type": "object", "properties": {"a": schema}, "required": ["a"], "additionalProperties": False, **more}


def deep(levels: int) -> Fields:
    """Arrays in arrays, as far as JSON's reader lets them pass."""
    schema: Fields = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "array", "items": schema}
    return schema


def web(keyword: str, *, width: int = 2, depth: int = 40) -> Fields:
    """References that fan out at every level."""
    levels = {f"d{level}": {keyword: [{"$ref": f"#/$defs/d{level + 1}"}] * width} for level in range(depth)}
    return only({"$ref": "#/$defs/d0"}, **{"$defs": {**levels, f"d{depth}": {"type": "string"}}})


LOOP = only({"$ref": "#/$defs/x"}, **{"$defs": {"x": {"$ref": "#/$defs/y"}, "y": {"$ref": "#/$defs/x"}}})
DOUBLING = "start: R0\n" + "\n".join(f"R{n}: R{n + 1} R{n + 1}" for n in range(40)) + "\nR40: /a|b/"
WIDE = [f"{n}{'x' * 300}" for n in range(180)]
STATES = "A\nA: " + " & ".join(f"/.*[a-m]{{{n + 1}}}.*/" for n in range(30))
"""A terminal that takes all the time it gets."""

SCHEMAS: dict[str, tuple[Any, str]] = {
    "deep": (deep(150), "#/items/items"),
    "many enum values": (only({"enum": [f"v{n}" for n in range(100_000)]}), "#/properties/a/enum"),
    "many properties": ({"type": "object", "properties": {f"p{n}": {} for n in range(10_000)}}, "#/properties"),
    "a long name": (only({"type": "object", "properties": {"n" * 10_000: {}}}), "#/properties/a/properties"),
    "a number that nobody writes": (only({"enum": [10**400]}), "#/properties/a/enum/0"),
}
"""Out of bounds wherever a schema may be, with their JSON pointer."""

ANSWERS: dict[str, tuple[Fields, str]] = {
    "a loop of references": (LOOP, "#/$defs/x/$ref"),
    "nothing but itself": ({"$ref": "#"}, "#/$ref"),
    "what requires itself": (only({"$ref": "#"}), "#"),
    "a reference to nothing": (only({"$ref": "#/$defs/none"}), "#/properties/a/$ref"),
    "a reference to the network": (only({"$ref": "http://127.0.0.1:1/x"}), "#/properties/a/$ref"),
    "too many items": (only({"type": "array", "items": {}, "minItems": 10**9}), "#/properties/a/minItems"),
    "a step too small": (only({"type": "number", "multipleOf": 1e-300}), "#/properties/a/multipleOf"),
    "a step too large": (only({"type": "integer", "multipleOf": 2**64}), "#/properties/a/multipleOf"),
    "a bound too large": (only({"type": "number", "minimum": 1e308}), "#/properties/a/minimum"),
    "64 bits and more": (only({"const": 2**70}), "#/properties/a/const"),
    "a range of nothing": (only({"type": "integer", "minimum": 5, "maximum": 4}), "#/properties/a/minimum"),
    "lookahead": (only({"type": "string", "pattern": "^(?=a)b"}), "#/properties/a/pattern"),
    "a pattern too long": (only({"type": "string", "pattern": "a" * 5_000}), "#/properties/a/pattern"),
    "a control character": (only({"const": "\0"}), "#/properties/a/const"),
    "what no grammar can say": (only({"not": {}}), "#/properties/a/not"),
    "slashes in a name": ({"type": "object", "properties": {"a/b~c": {"type": "frob"}}}, "#/properties/a~1b~0c/type"),
}
"""That no answer can be held to, with their JSON pointer."""

HARDER: dict[str, Fields] = {
    "exponential oneOf": answer(web("oneOf")),
    "objects that exclude each other": answer(
        only({"allOf": [{"anyOf": [only({}, title=f"{n}{m}") for m in range(3)]} for n in range(12)]})
    ),
    "nothing in common": answer(only({"allOf": [{"type": "string"}, {"type": "integer"}]})),
    "patterns that nobody can compare": answer(
        only({"type": "string", "allOf": [{"pattern": f"(x[0-9]+{n})+z"} for n in range(3)], "minLength": 5_000})
    ),
    "an invalid pattern": answer(only({"type": "string", "pattern": "[a"})),
}
"""What only compiling tells of schemas."""

GRAMMARS: dict[str, str] = {
    "a syntax error": 'start: "a',
    "no grammar at all": "hello world { not lark",
    "an unknown name": "start: foo",
    "no start": 'foo: "a"',
    "only space": " ",
    "left recursion without an end": 'start: start "a"',
    "itself": "start: start",
    "a terminal in itself": 'start: A\nA: "x" A',
    "what nothing matches": "start: X\nX: /a/ & /b/",
    "a number of repetitions": 'start: "a"{' + "9" * 30 + "}",
    "6,000 parentheses": "start: " + "(" * 6_000 + '"a"' + ")" * 6_000,
    "a regex of 6,000 parentheses": "start: /" + "(" * 6_000 + "a" + ")" * 6_000 + "/",
    "a terminal that doubles": DOUBLING,
    "many states": f"start: {STATES}",
    "a file": "%import .secrets.FOO\nstart: FOO",
    "our own grammar": "start: @answer",
    "our own arguments": "start: @arguments0",
    "a token that is none": "start: <[999999999]>",
    "NUL": "\0",
    "the network": 'start: %json {"$ref": "http://127.0.0.1:1/x"}',
    "regex: lookahead": "start: /(?=a)b/",
    "regex: a reference back": r"start: /(a)\1/",
}
REGEXES: dict[str, str] = {
    "invalid": "[a",
    "lookahead": "(?!a).*",
    "a reference back": r"(a)\1",
    "nothing": r"[^\s\S]",
    "a million": "[a-z]{1000000}",
}

MANY = body(
    tools=[
        {
            "type": "function",
            "function": {"name": f"f{n}", "description": "x" * 900, "parameters": only({"enum": WIDE})},
        }
        for n in range(20)
    ]
)

FIELDS: dict[str, tuple[Fields, str, str]] = {
    "a name with a space": (function({}, name="a b"), "tools[0].function.name", "invalid_value"),
    "a name with a line": (function({}, name="ab\n"), "tools[0].function.name", "invalid_value"),
    "a long name": (function({}, name="a" * 65), "tools[0].function.name", "invalid_value"),
    "two of a name": (body(tools=function({})["tools"] * 2), "tools[1].function.name", "invalid_value"),
    "required without tools": (body(tool_choice="required"), "tool_choice", "invalid_value"),
    "required with none": (body(tools=[], tool_choice="required"), "tool_choice", "invalid_value"),
    "a syntax that is none": (custom("a", "ebnf"), "tools[0].custom.format.grammar.syntax", "invalid_value"),
    "no grammar": (custom(""), INPUT, "invalid_value"),
    "300 kB": (custom("a" * 300_000, "regex"), INPUT, "invalid_value"),
    "many tools of 64 kB": (MANY, "tools[9]", "string_above_max_length"),
    "arguments that are no object": (function({"type": "string"}), ARGUMENTS, "invalid_json_schema"),
}

DEAD_ENDS: dict[str, Fields] = {
    "a terminal that nothing matches": custom('start: ("a" | "b") X\nX: /a/ & /b/'),
    "an input that ends within": custom("[a-c]\n</tool_input>[a-c]", "regex"),
}
"""What compiles, and cannot be gone on with after a few tokens."""

NO_CHOICE: dict[str, Fields] = {
    "a pattern": answer(
        {
            "type": "object",
            "properties": {"q": {"type": "boolean"}, "a": {"type": "string", "pattern": "^(abc){100000}$"}},
            "required": ["q", "a"],
        }
    ),
    "items": answer(
        {
            "type": "object",
            "properties": {
                "q": {"type": "boolean"},
                "a": {"type": "array", "items": {"const": "x" * 900}, "minItems": 1000},
            },
            "required": ["q", "a"],
        }
    ),
    "a terminal": custom('start: ("x" | "y") A{1000}\nA: /a{10000}/'),
}
"""After a token or two, more is certain than anybody waits for."""

NUL = "a\0b"
"""As a name only: a value with it is refused."""
ODD = ['a"b\\c', "a\nb\tc", NUL, "😀é漢", "<|im_end|>", "</tool_call>", "", "__proto__", "$ref"]


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """One of our own, for nobody else is to be in the way."""
    with serve(folder, "--context", "8192") as server:
        yield server


@pytest.fixture(scope="module")
def http(server: Server) -> Iterator[httpx.Client]:
    """Clients of it."""
    with httpx.Client(base_url=server.url, timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def worker(server: Server) -> int:
    """The process that computes, at the beginning."""
    assert server.worker
    return server.worker


@pytest.fixture
def refuse(server: Server, http: httpx.Client, worker: int) -> Callable[..., str]:
    """Sends what must be refused, in time, by a worker that goes on; gives the message."""

    def send(request: Fields, param: str | None, code: str) -> str:
        began = time.monotonic()
        response = http.post(COMPLETIONS, json=request)
        took_s = time.monotonic() - began
        error = response.json().get("error", response.json())
        assert (response.status_code, error.get("param"), error.get("code")) == (400, param, code), error
        assert took_s < LIMIT_S
        assert server.worker == worker
        return str(error["message"])

    return send


Refuse = Callable[[Fields, str | None, str], str]


@pytest.mark.parametrize("name", SCHEMAS)
def test_out_of_bounds(refuse: Refuse, name: str) -> None:
    """A schema that is too large is refused in all places where one may be, strict or not, and told where."""
    schema, pointer = SCHEMAS[name]
    for strict in (False, True):
        assert f"'{pointer}" in refuse(answer(schema, strict=strict), FORMAT, "invalid_json_schema")
        assert f"'{pointer}" in refuse(function(schema, strict=strict), ARGUMENTS, "invalid_json_schema")
    legacy = body(functions=[{"name": "f", "parameters": schema}])
    assert f"'{pointer}" in refuse(legacy, "functions[0].parameters", "invalid_json_schema")


def test_too_deep_to_read(http: httpx.Client) -> None:
    """What is nested a thousand times and more is no JSON that we read."""
    for levels in (1_000, 5_000, 500_000):
        text = json.dumps(answer("@")).replace('"@"', '{"items":' * levels + "{}" + "}" * levels)
        response = http.post(COMPLETIONS, content=text, headers={"content-type": "application/json"})
        assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_json")


@pytest.mark.parametrize("name", ANSWERS)
def test_impossible_schemas(refuse: Refuse, name: str) -> None:
    """A schema that no answer can be held to is refused with its JSON pointer."""
    schema, pointer = ANSWERS[name]
    assert f"'{pointer}'" in refuse(answer(schema), FORMAT, "invalid_json_schema")


@pytest.mark.parametrize("name", HARDER)
def test_schemas_that_do_not_compile(refuse: Refuse, name: str) -> None:
    """What the grammar engine refuses has its field for a place."""
    refuse(HARDER[name], FORMAT, "invalid_grammar")


@pytest.mark.parametrize("name", GRAMMARS)
def test_grammars_that_do_not_compile(refuse: Refuse, name: str) -> None:
    """The same for Lark, whether it is wrong or too much."""
    refuse(custom(GRAMMARS[name]), INPUT, "invalid_grammar")


@pytest.mark.parametrize("name", REGEXES)
def test_regexes_that_do_not_compile(refuse: Refuse, name: str) -> None:
    """And for regular expressions."""
    refuse(custom(REGEXES[name], "regex"), INPUT, "invalid_grammar")


@pytest.mark.parametrize("name", FIELDS)
def test_bad_fields(refuse: Refuse, name: str) -> None:
    """Tools that are none, and choices that nobody can make."""
    refuse(*FIELDS[name])


@pytest.mark.parametrize("name", DEAD_ENDS)
def test_dead_ends(http: httpx.Client, refuse: Refuse, name: str) -> None:
    """A grammar that cannot be gone on with ends the answer with an error, whole or streamed, and never as if it were
    well.
    """
    place = INPUT if "tools" in DEAD_ENDS[name] else FORMAT
    refuse(DEAD_ENDS[name], place, "grammar_too_complex")
    response = http.post(COMPLETIONS, json={**DEAD_ENDS[name], "stream": True})
    if response.status_code == 400:  # before there was anything to send
        assert response.json()["error"]["code"] == "grammar_too_complex"
        return
    *frames, done = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    assert (json.loads(frames[-1])["error"]["code"], done) == ("grammar_too_complex", "[DONE]")
    assert not any(choice["finish_reason"] for frame in frames[:-1] for choice in json.loads(frame)["choices"])


@pytest.mark.parametrize("name", NO_CHOICE)
def test_much_that_is_certain(http: httpx.Client, name: str) -> None:
    """What leaves no choice is said token by token, and a stream beside it goes on."""
    plain = body(max_tokens=60, temperature=0, logit_bias=NEVER_END, stream=True)
    with ThreadPoolExecutor(1) as threads:
        beside = threads.submit(stream, http, plain)
        response = http.post(COMPLETIONS, json=NO_CHOICE[name])
        assert response.json()["choices"][0]["finish_reason"] == "length"
        assert beside.result()[1] < LIMIT_S


def test_odd_texts(http: httpx.Client) -> None:
    """Whatever names and values are made of, arguments have them as they are."""
    properties = {text: {"enum": [text, f"{text}!"] if text != NUL else [1, 2]} for text in ODD}
    request = function({"type": "object", "properties": properties, "required": ODD}, max_tokens=400)
    message = http.post(COMPLETIONS, json=request).json()["choices"][0]["message"]
    arguments = json.loads(message["tool_calls"][0]["function"]["arguments"])
    assert list(arguments) == ODD
    assert all(value in properties[text]["enum"] for text, value in arguments.items())


def test_nobody_else_notices(steady: Server) -> None:
    """Streams beside expensive grammars say what they say alone, and do not wait for them."""
    worker = steady.worker
    plain = body(max_tokens=40, temperature=0, logit_bias=NEVER_END, stream=True)
    costly = [custom(f'start: "{n}" | {STATES}') for n in range(4)]
    costly += [answer(only({"type": "integer", "multipleOf": 4_000 + n})) for n in range(2)]
    with httpx.Client(base_url=steady.url, timeout=60) as http, ThreadPoolExecutor(len(costly) + 2) as threads:
        alone, _ = stream(http, plain)
        first = threads.submit(stream, http, plain)
        answers = [threads.submit(http.post, COMPLETIONS, json=request) for request in costly]
        second = threads.submit(stream, http, plain)
        assert {answer.result().status_code for answer in answers[:4]} == {400}
        assert {answer.result().status_code for answer in answers[4:]} == {200}
    for text, longest_s in (first.result(), second.result()):
        assert text == alone
        assert longest_s < LIMIT_S
    assert worker and steady.worker == worker


def stream(http: httpx.Client, request: Fields) -> tuple[str, float]:
    """A stream's text, and its longest pause in seconds."""
    text, longest_s, before = "", 0.0, time.monotonic()
    with http.stream("POST", COMPLETIONS, json=request) as response:
        for line in filter(None, response.iter_lines()):
            longest_s, before = max(longest_s, time.monotonic() - before), time.monotonic()
            if line != "data: [DONE]":
                text += json.loads(line.removeprefix("data: "))["choices"][0]["delta"].get("content") or ""
    return text, longest_s


def test_clients_that_leave_while_it_compiles(server: Server, http: httpx.Client, worker: int) -> None:
    """Nothing goes on for them."""
    for number in range(4):
        request = custom(f'start: "left{number}" | {STATES}')
        with pytest.raises(httpx.ReadTimeout):
            http.post(COMPLETIONS, json=request, timeout=httpx.Timeout(30, read=0.04))
    wait_for(lambda: not compiling(worker))
    assert http.post(COMPLETIONS, json=custom('start: "after"')).status_code == 200
    assert server.worker == worker


def test_killed_sandbox(server: Server, http: httpx.Client, worker: int) -> None:
    """When what compiles is killed, the next grammar is compiled all the same, and the worker goes on."""
    for number in range(2):
        [sandbox] = children_of(worker)
        os.kill(sandbox, signal.SIGKILL)
        response = http.post(COMPLETIONS, json=custom(f'start: "again{number}"'))
        assert response.json()["choices"][0]["message"]["tool_calls"][0]["custom"]["input"] == f"again{number}"
    assert server.worker == worker


def test_what_is_left(http: httpx.Client, worker: int) -> None:
    """After many requests there are as many processes and open files as before."""
    http.post(COMPLETIONS, json=custom('start: "first"'))
    before = children_of(worker), num_open(worker)
    for number in range(40):
        assert http.post(COMPLETIONS, json=custom(f"start: (rest{number}")).status_code == 400
    for number in range(3):
        assert http.post(COMPLETIONS, json={**custom(f'start: "rest{number}"'), "max_tokens": 1}).status_code == 200
    wait_for(lambda: not compiling(worker))
    assert (children_of(worker), num_open(worker)) == before
    assert all(map(runs, children_of(worker)))


def compiling(worker: int) -> list[int]:
    """The processes that try grammars out just now."""
    return [pid for sandbox in children_of(worker) for pid in children_of(sandbox)]


def num_open(pid: int) -> int:
    """Open files of a process."""
    return len([*Path(f"/proc/{pid}/fd").iterdir()])
