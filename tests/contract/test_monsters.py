"""Bodies of twenty megabytes and nestings of ten thousand: told what is wrong, or answered."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, error_of, serve
from tests.unit.schema.request.cases.base import call, function

SIZE = 20_000_000
LESS = SIZE // 5
DEEP = 10_000
HI = {"role": "user", "content": "Hi"}
GOOD = json.dumps(body("Hi")).encode()
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    """A client with one connection to a server that takes large bodies."""
    limits = httpx.Limits(max_connections=1)
    with (
        serve(max_body_bytes=4 * SIZE) as url,
        httpx.Client(base_url=url, limits=limits, timeout=60, headers=JSON) as client,
    ):
        yield client


def with_field(field: bytes) -> bytes:
    """A good body with one more field, as JSON."""
    return GOOD[:-1] + b"," + field + b"}"


def many(piece: bytes, size: int = SIZE) -> bytes:
    """As many of a piece as fit, between commas."""
    return b",".join([piece] * (size // (len(piece) + 1)))


def pairs(size: int = SIZE) -> bytes:
    """As many fields of an object as fit."""
    return b",".join(b'"a%d":1' % number for number in range(size // 11))


def deep(begin: bytes, end: bytes, depth: int = DEEP) -> bytes:
    """One in the other, to this depth."""
    return begin * depth + b"1" + end * depth


def messages(*given: Any) -> bytes:
    """A body with these messages."""
    return json.dumps(body() | {"messages": list(given)}).encode()


def in_messages(begin: bytes, item: bytes, end: bytes, size: int = LESS) -> bytes:
    """A body whose messages have as many of an item as fit."""
    return b'{"model":"smollm2","messages":[' + begin + many(item, size) + end + b"]}"


def parameters(value: bytes) -> bytes:
    """A body with a tool that has these parameters."""
    tool = json.dumps(function(parameters={"a": "HERE"})).encode().replace(b'"HERE"', value)
    return with_field(b'"tools":[' + tool + b"]")


MONSTERS: dict[str, tuple[Callable[[], bytes], int, str | None]] = {
    # the body, the status, the error's param
    "a long text": (lambda: messages(HI | {"content": "x" * SIZE}), 200, None),
    "a text of escapes": (lambda: GOOD.replace(b"Hi", b"\\ud83d\\ude00" * (SIZE // 12)), 200, None),
    "white space": (lambda: b" \n" * (SIZE // 2) + GOOD + b"\t" * 100, 200, None),
    "long arguments": (
        lambda: messages({"role": "assistant", "tool_calls": [call(arguments="x" * SIZE)]}, HI), 200, None,
    ),
    "many messages": (lambda: messages(*[HI | {"content": "Hi " * 300}] * 16384), 200, None),
    "large parameters": (lambda: parameters(b"{" + pairs(350_000) + b"}"), 200, None),
    "larger parameters": (lambda: parameters(b"{" + pairs(600_000) + b"}"), 400, "tools[0]"),
    "too large parameters": (lambda: parameters(b"{" + pairs() + b"}"), 400, "tools[0].function.parameters"),
    "a long image": (
        lambda: messages(HI | {"content": [{"type": "image_url", "image_url": {"url": "data:," + "A" * SIZE}}]}),
        400, "messages[0].content[0].image_url.url",
    ),
    "too many messages": (lambda: messages(*[HI] * 300_000), 400, "messages"),
    "numbers for messages": (lambda: in_messages(b"", b"1", b"", SIZE), 400, "messages"),
    "nothings for messages": (lambda: in_messages(b"", b"{}", b""), 400, "messages"),
    "bad parts": (lambda: messages(*[HI | {"content": [{"type": "text"}] * 10}] * 16384), 400, None),
    "nothings for parts": (
        lambda: in_messages(b'{"role":"user","content":[', b"{}", b"]}"), 400, "messages[0].content",
    ),
    "nothings for calls": (lambda: in_messages(b'{"role":"assistant","tool_calls":[', b"{}", b"]}"), 400, None),
    "nothings for annotations": (
        lambda: in_messages(b'{"role":"assistant","content":"","annotations":[', b"{}", b"]}"), 400, None,
    ),
    "nothings for tools": (lambda: with_field(b'"tools":[' + many(b"{}", LESS) + b"]"), 400, "tools"),
    "nothings for functions": (lambda: with_field(b'"functions":[' + many(b"{}", LESS) + b"]"), 400, "functions"),
    "numbers for stop": (lambda: with_field(b'"stop":[' + many(b"1", LESS) + b"]"), 400, None),
    "numbers for modalities": (lambda: with_field(b'"modalities":[' + many(b"1", LESS) + b"]"), 400, "modalities"),
    "much metadata": (lambda: with_field(b'"metadata":{' + pairs(LESS) + b"}"), 400, None),
    "many biases": (lambda: with_field(b'"logit_bias":{' + pairs(LESS) + b"}"), 400, None),
    "many unknown fields": (lambda: with_field(pairs()), 400, None),
    "a flood of digits": (lambda: with_field(b'"seed":' + b"9" * SIZE), 400, None),
    "digits behind the point": (lambda: with_field(b'"temperature":0.' + b"9" * SIZE), 200, None),
    "a flood of digits in parameters": (lambda: parameters(b"9" * SIZE), 400, None),
    "deep arrays": (lambda: with_field(b'"user":' + deep(b"[", b"]")), 400, None),
    "deep objects": (lambda: with_field(b'"user":' + deep(b'{"a":', b"}")), 400, None),
    "deep arrays without end": (lambda: b"[" * SIZE, 400, None),
    "deep parameters": (lambda: parameters(deep(b'{"properties":', b"}")), 400, None),
    "deep arrays in parameters": (lambda: parameters(deep(b"[", b"]")), 400, None),
    "a deep schema": (
        lambda: with_field(b'"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":'
                           + deep(b'{"a":', b"}") + b"}}"),
        400, None,
    ),
    "deep content": (lambda: GOOD.replace(b'"Hi"', deep(b"[", b"]")), 400, None),
    "no JSON": (lambda: b"x" * SIZE, 400, None),
    "a string without end": (lambda: GOOD.replace(b'Hi"}]}', b"x" * SIZE), 400, None),
}  # fmt: skip


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monster_is_answered(http: httpx.Client, name: str) -> None:
    """Each gets its answer, and the next request on the connection gets one too."""
    build, status, param = MONSTERS[name]
    answer = http.post(COMPLETIONS, content=build())
    assert answer.status_code == status, answer.text[:300]
    if status != 200:
        error = error_of(answer)
        assert error["type"] == "invalid_request_error" and len(answer.content) < 10_000
        assert param is None or error["param"] == param
    again = http.post(COMPLETIONS, content=GOOD)
    assert again.json()["choices"][0]["message"]["content"] == "Hi"
    assert address(again) == address(answer), "the connection was closed"


def address(answer: httpx.Response) -> Any:
    """Our side of the connection that an answer came by."""
    return answer.extensions["network_stream"].get_extra_info("client_addr")


LONG_NAMES = {
    "unknown": (lambda: with_field(b'"' + b"k" * SIZE + b'":1'), "k"),
    "unknown in a message": (lambda: GOOD.replace(b'"role"', b'"' + b"k" * SIZE + b'":1,"role"'), "messages[0].k"),
    "of metadata": (lambda: with_field(b'"metadata":{"' + b"k" * SIZE + b'":"a"}'), "metadata.k"),
    "of a bias": (lambda: with_field(b'"logit_bias":{"' + b"k" * SIZE + b'":1}'), "logit_bias.k"),
}


@pytest.mark.parametrize("name", LONG_NAMES)
def test_a_long_name_is_not_sent_back(http: httpx.Client, name: str) -> None:
    """The error names the place, and cuts what a client wrote there: twenty megabytes are answered with a sentence."""
    build, param = LONG_NAMES[name]
    answer = http.post(COMPLETIONS, content=build())
    assert answer.status_code == 400
    assert error_of(answer)["param"].startswith(param)
    assert len(answer.content) < 10_000


@pytest.mark.parametrize("shape", [(b"[", b"]", 90), (b'{"properties":', b"}", 90), (b'{"a":[', b"]}", 45)])
def test_a_bearable_depth_is_taken(http: httpx.Client, shape: tuple[bytes, bytes, int]) -> None:
    """Schemas deeper than anybody writes them are taken."""
    answer = http.post(COMPLETIONS, content=parameters(deep(*shape)))
    assert answer.status_code == 200, answer.text
