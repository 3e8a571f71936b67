"""Whatever a client sends: the error object with the field at fault, never a 5xx, and the next request is answered."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, error_of

User = {"role": "user", "content": "Hi"}
JSON = {"content-type": "application/json"}

BODIES: dict[str, tuple[bytes, str | None]] = {
    "empty": (b"", "invalid_json"),
    "white space": (b" \n", "invalid_json"),
    "half an object": (b'{"model": "smollm2", ', "invalid_json"),
    "no JSON": (b"model=smollm2", "invalid_json"),
    "a comment": (b'{"model": "smollm2" /* ! */}', "invalid_json"),
    "a trailing comma": (b'{"model": "smollm2",}', "invalid_json"),
    "two objects": (b"{}{}", "invalid_json"),
    "an array": (b"[]", "invalid_json"),
    "an array of requests": (json.dumps([body()]).encode(), "invalid_json"),
    "a string": (b'"hello"', "invalid_json"),
    "null": (b"null", "invalid_json"),
    "a number": (b"1", "invalid_json"),
    "NaN": (b'{"temperature": NaN}', "invalid_json"),
    "Infinity": (b'{"temperature": Infinity}', "invalid_json"),
    "a number beyond double": (json.dumps(body()).encode()[:-1] + b', "temperature": 1e999}', None),
    "deep arrays": (b"[" * 10_000, "invalid_json"),
    "deep objects": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "invalid_json"),
    "deep content": (
        b'{"model":"smollm2","messages":[{"role":"user","content":%b%b}]}' % (b"[" * 9000, b"]" * 9000),
        "invalid_json",
    ),
    "a lone surrogate": (b'{"model": "smollm2", "messages": [{"role": "user", "content": "\\ud800"}]}', "invalid_json"),
    "a surrogate as key": (b'{"\\udfff": 1}', "invalid_json"),
    "bytes that are not UTF-8": (b'{"model": "\xff\xfe"}', "invalid_json"),
    "bytes that are too long for their character": (b'{"model": "\xc0\xaf"}', "invalid_json"),
    "half a character": (b'{"model": "\xe2\x82"}', "invalid_json"),
    "a surrogate in UTF-8": (b'{"model": "\xed\xa0\x80"}', "invalid_json"),
    "half a pair": (b'{"model": "\\ud83d\\u0041"}', "invalid_json"),
    "a byte order mark": (b"\xef\xbb\xbf" + json.dumps(body()).encode(), "invalid_json"),
    "UTF-32": (json.dumps(body()).encode("utf-32"), "invalid_json"),
    "UTF-16": (json.dumps(body()).encode("utf-16"), "invalid_json"),
    "a control character": (b'{"model": "smo\x00llm2"}', "invalid_json"),
    "minus Infinity": (b'{"temperature": -Infinity}', "invalid_json"),
    "a plus": (b'{"temperature": +1}', "invalid_json"),
    "a bare point": (b'{"temperature": .5}', "invalid_json"),
    "a leading zero": (b'{"temperature": 01}', "invalid_json"),
    "hexadecimal": (b'{"seed": 0x10}', "invalid_json"),
    "single quotes": (b"{'model': 'smollm2'}", "invalid_json"),
    "a name without quotes": (b'{model: "smollm2"}', "invalid_json"),
    "a bad escape": (b'{"model": "\\x41"}', "invalid_json"),
    "a raw line end": (b'{"model": "smol\nlm2"}', "invalid_json"),
    "something behind": (json.dumps(body()).encode() + b"x", "invalid_json"),
    "a nul behind": (json.dumps(body()).encode() + b"\x00", "invalid_json"),
    "a digit flood": (b'{"seed": ' + b"9" * 90_000 + b"}", None),
}


@pytest.fixture(autouse=True)
def lives(http: httpx.Client) -> Iterator[None]:
    """After whatever a test sent, the same connection answers a good request."""
    yield
    answer = http.post(COMPLETIONS, json=body("still here"))
    assert answer.status_code == 200
    assert answer.json()["choices"][0]["message"]["content"] == "still here"


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_not_a_json_object_is_400(http: httpx.Client, name: str) -> None:
    """A body that is not a JSON object of sound values is 400 `invalid_json`, whatever is wrong with it."""
    content, code = BODIES[name]
    answer = http.post(COMPLETIONS, content=content, headers=JSON)
    assert answer.status_code == 400
    error = error_of(answer)
    assert error["type"] == "invalid_request_error"
    assert code is None or error["code"] == code


def test_of_a_name_that_comes_twice_the_last_counts(http: httpx.Client) -> None:
    """As in every JSON parser that clients use; so nobody in front of the server sees another request than it does."""
    twice = json.dumps(body("Hi")).encode()[:-1] + b', "n": 3, "n": 0, "n": 2, "model": "none", "model": "smollm2"}'
    answer = http.post(COMPLETIONS, content=twice, headers=JSON)
    assert len(answer.json()["choices"]) == 2
    bad = json.dumps(body("Hi")).encode()[:-1] + b', "n": 2, "n": 0}'
    assert error_of(http.post(COMPLETIONS, content=bad, headers=JSON))["param"] == "n"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_content_type_is_415(http: httpx.Client, content_type: str) -> None:
    """A body that does not say it is JSON is 415: a form on a foreign web page cannot reach the API."""
    answer = http.post(COMPLETIONS, content=json.dumps(body()), headers={"content-type": content_type})
    assert (answer.status_code, error_of(answer)["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8", None])
def test_json_by_any_spelling_is_taken(http: httpx.Client, content_type: str | None) -> None:
    """`application/json` in any case and with parameters is JSON, and so is a body that says nothing."""
    headers = {} if content_type is None else {"content-type": content_type}
    assert http.post(COMPLETIONS, content=json.dumps(body()).encode(), headers=headers).status_code == 200


REQUESTS: dict[str, tuple[Callable[[httpx.Client], httpx.Response], int, str]] = {
    "unknown model": (lambda c: c.post(COMPLETIONS, json=body() | {"model": "none"}), 404, "model_not_found"),
    "unknown model, streamed": (
        lambda c: c.post(COMPLETIONS, json=body(stream=True) | {"model": "gpt"}), 404, "model_not_found",
    ),
    "retrieve unknown model": (lambda c: c.get("/v1/models/none"), 404, "model_not_found"),
    "retrieve with a slash": (lambda c: c.get("/v1/models/who/what"), 404, "model_not_found"),
    "unknown path": (lambda c: c.get("/v1/nothing"), 404, "unknown_url"),
    "slash at the end": (lambda c: c.post(COMPLETIONS + "/", json=body()), 404, "unknown_url"),
    "root": (lambda c: c.get("/"), 404, "unknown_url"),
    "odd path": (lambda c: c.get("/v1/chat/completions/../../%00"), 404, "unknown_url"),
    "not built": (lambda c: c.post("/v1/embeddings", json={}), 404, "unknown_url"),
    "OPTIONS on create": (lambda c: c.request("OPTIONS", COMPLETIONS), 405, "method_not_allowed"),
    "DELETE on create": (lambda c: c.delete(COMPLETIONS), 405, "method_not_allowed"),
    "PUT on create": (lambda c: c.put(COMPLETIONS, json=body()), 405, "method_not_allowed"),
    "POST on models": (lambda c: c.post("/v1/models", json={}), 405, "method_not_allowed"),
    "POST on health": (lambda c: c.post("/health"), 405, "method_not_allowed"),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_a_place_that_is_not_there(http: httpx.Client, name: str) -> None:
    """Unknown models, paths and methods are told by status and code, with the error object."""
    send, status, code = REQUESTS[name]
    answer = send(http)
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)
    assert "/" not in str(error_of(answer)["param"])


def test_a_method_that_is_not_allowed_tells_which_are(http: httpx.Client) -> None:
    """405 comes with the `Allow` header that HTTP asks for."""
    assert "POST" in http.delete(COMPLETIONS).headers["allow"]


def test_a_body_over_the_limit_is_413(http: httpx.Client) -> None:
    """More bytes than `max_body_bytes`, told beforehand by Content-Length, are 413."""
    answer = http.post(COMPLETIONS, json=body("x" * 100_000))
    assert (answer.status_code, error_of(answer)["code"]) == (413, "request_too_large")


def test_a_chunked_body_over_the_limit_is_413(http: httpx.Client) -> None:
    """A body that does not tell its length is counted as it comes."""
    whole = json.dumps(body("x" * 200_000)).encode()
    pieces = (whole[start : start + 4096] for start in range(0, len(whole), 4096))
    answer = http.post(COMPLETIONS, content=pieces, headers=JSON)
    assert (answer.status_code, error_of(answer)["code"]) == (413, "request_too_large")


def test_a_chunked_body_within_the_limit_is_taken(http: httpx.Client) -> None:
    """A body that does not tell its length is as good as any other."""
    whole = json.dumps(body("a b c")).encode()
    answer = http.post(COMPLETIONS, content=(whole[at : at + 7] for at in range(0, len(whole), 7)), headers=JSON)
    assert answer.json()["choices"][0]["message"]["content"] == "a b c"


KEYS: dict[str, tuple[dict[str, str], int]] = {
    "none": ({}, 401),
    "wrong": ({"authorization": "Bearer wrong"}, 401),
    "scheme alone": ({"authorization": "Bearer"}, 401),
    "prefix": ({"authorization": "Bearer a-ke"}, 401),
    "another scheme": ({"authorization": "Basic a-key"}, 401),
    "no scheme": ({"authorization": "a-key"}, 401),
    "not ASCII": ({"authorization": "Bearer \xff\xfe"}, 401),
    "first": ({"authorization": "Bearer a-key"}, 200),
    "second": ({"authorization": "Bearer another-key"}, 200),
    "lower case scheme": ({"authorization": "bearer a-key"}, 200),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_asked_for(keyed_url: str, name: str) -> None:
    """Where keys are configured, a request without one of them is 401 `invalid_api_key`."""
    headers, status = KEYS[name]
    encoded = {key: value.encode("latin-1") for key, value in headers.items()}
    answer = httpx.post(f"{keyed_url}{COMPLETIONS}", json=body(), headers=encoded)
    assert answer.status_code == status
    assert status == 200 or error_of(answer)["code"] == "invalid_api_key"


def test_the_key_is_asked_for_before_the_body_is_read(keyed_url: str) -> None:
    """Whoever has no key learns nothing about what else is wrong."""
    assert httpx.post(f"{keyed_url}{COMPLETIONS}", content=b"{").status_code == 401


ODD_MODELS: list[Any] = ["no\nsuch", "../../etc/passwd", "é" * 100, "*", "gpt-*\x00"]


@pytest.mark.parametrize("model", ODD_MODELS)
def test_an_odd_name_is_only_a_name(http: httpx.Client, model: str) -> None:
    """No model name is a path, a pattern or anything but a name."""
    answer = http.post(COMPLETIONS, json=body() | {"model": model})
    assert (answer.status_code == 200) == model.startswith("gpt-")
    assert answer.status_code == 200 or error_of(answer)["code"] == "model_not_found"
