"""What upstreams say went wrong, in the forms that they really have, and made fit to be passed on."""

import json
from typing import Any

import pytest

from antiphon.engine.remote.saying import LONGEST, Overflow, Said, read_error

NOTHING = "it said nothing that could be read."


def vllm(message: str, param: str | None = None, kind: str = "BadRequestError") -> dict[str, Any]:
    """vLLM 0.32: an object in a field; in a stream the same."""
    return {"error": {"message": message, "type": kind, "param": param, "code": 400}}


def sglang(message: str) -> dict[str, Any]:
    """SGLang: the object itself, whose name is error."""
    return {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}


def llama_server(message: str, kind: str = "invalid_request_error", **more: Any) -> dict[str, Any]:
    """llama-server: with counts where it has them."""
    return {"error": {"code": 400, "message": message, "type": kind, **more}}


def openai(message: str, code: str | None, param: str | None = "messages") -> dict[str, Any]:
    """OpenAI's own API, and Antiphon."""
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


OVERFLOWS: list[tuple[str, dict[str, Any], Overflow | None]] = [
    ("vllm, prompt", vllm(
        "This model's maximum context length is 4096 tokens. However, your prompt contains at least 4097 input tokens,"
        " which exceeds this limit even without any output tokens. Please reduce the length of the input prompt."
        " (parameter=input_tokens, value=4097)", "input_tokens",
    ), Overflow(4096, 4097, at_least=True)),
    ("vllm, counted", vllm(
        "This model's maximum context length is 4096 tokens. However, your prompt contains 9000 input tokens, which"
        " exceeds this limit even without any output tokens. Please reduce the length of the input prompt."
        " (parameter=input_tokens, value=9000)", "input_tokens",
    ), Overflow(4096, 9000)),
    ("vllm, total", vllm(
        "This model's maximum context length is 4096 tokens. However, you requested 512 output tokens and your prompt"
        " contains at least 3585 input tokens, for a total of at least 4097 tokens. Please reduce the length of the"
        " input prompt or the number of requested output tokens. (parameter=input_tokens, value=3585)", "input_tokens",
    ), Overflow(4096, 3585, at_least=True)),
    ("vllm, engine", vllm(
        "The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that"
        " `max_model_len` is no smaller than the number of text tokens."
    ), Overflow(4096, 5000)),
    ("vllm, full", vllm(
        "The decoder prompt (length 4096) plus the number of requested output tokens (at least 1) is longer than the"
        " maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens"
        " (prompt + requested output tokens)."
    ), Overflow(4096, 4096)),
    ("vllm, older", vllm(
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4500 in the messages,"
        " 500 in the completion). Please reduce the length of the messages or completion."
    ), Overflow(4096, 4500)),
    ("sglang, prompt", sglang(
        "The input (150000 tokens) is longer than the model's context length (131072 tokens)."
    ), Overflow(131072, 150000)),
    ("sglang, total", sglang(
        "Requested token count exceeds the model's maximum context length of 262144 tokens. You requested a total of"
        " 263925 tokens: 199925 tokens from the input messages and 64000 tokens for the completion. Please reduce the"
        " number of tokens in the input messages or the completion to fit within the limit."
    ), Overflow(262144, 199925)),
    ("sglang, memory", {"error": sglang(
        "Input length (9000 tokens) exceeds the maximum allowed length (8191 tokens). Use a shorter input or enable"
        " --allow-auto-truncate."
    )}, Overflow(8191, 9000)),
    ("llama-server", llama_server(
        "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it",
        "exceed_context_size_error", n_prompt_tokens=5000, n_ctx=4096,
    ), Overflow(4096, 5000)),
    ("llama-server, words only", llama_server(
        "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it",
    ), Overflow(4096, 5000)),
    ("openai", openai(
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens. Please"
        " reduce the length of the messages.", "context_length_exceeded",
    ), Overflow(128000, 130000)),
    ("openai, tools", openai(
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens"
        " (120000 in the messages, 10000 in the functions). Please reduce the length of the messages or functions.",
        "context_length_exceeded",
    ), Overflow(128000, 130000)),
    ("openai, newer", openai(
        "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 509178 tokens. Please"
        " reduce the length of the messages.", "context_length_exceeded",
    ), None),
    ("antiphon", openai(
        "This model's maximum context length is 2048 tokens. However, your messages, tools and schema resulted in at"
        " least 2049 tokens. Please reduce the length of the messages, tools and schema.", "context_length_exceeded",
    ), Overflow(2048, 2049, at_least=True)),
    ("code only", openai("Your input exceeds the context window.", "context_length_exceeded"), None),
    ("llama-server, no counts", llama_server("the request is too long", "exceed_context_size_error"), None),
]  # fmt: skip


@pytest.mark.parametrize(("told", "overflow"), [row[1:] for row in OVERFLOWS], ids=[row[0] for row in OVERFLOWS])
def test_a_prompt_that_is_too_long(told: dict[str, Any], overflow: Overflow | None) -> None:
    """In a body, or in a stream; with both counts where they are told."""
    for said in (read_error(json.dumps(told).encode()), read_error(told), read_error(told.get("error", told))):
        assert said.too_long and said.overflow == overflow


def test_a_prompt_of_which_only_letters_were_counted() -> None:
    """vLLM does not always count tokens: then there is no number that could be one of them."""
    said = read_error(vllm(
        "This model's maximum context length is 4096 tokens. However, your prompt contains 90000 characters (more than"
        " 65520 characters, which is the upper bound for 4095 input tokens). Please reduce the length of the input"
        " prompt. (parameter=input_text, value=90000)", "input_text",
    ))  # fmt: skip
    assert said.too_long and said.overflow is None


@pytest.mark.parametrize("count", [True, 1.5, "4096", None, [4096]])
def test_counts_that_are_none(count: Any) -> None:
    """Are not taken for any."""
    said = read_error(llama_server("too long", "exceed_context_size_error", n_prompt_tokens=count, n_ctx=count))
    assert said.too_long and said.overflow is None


REFUSALS: list[tuple[str, Any, Said]] = [
    ("vllm", vllm("temperature must be non-negative, got -1. (parameter=temperature, value=-1)", "temperature"), Said(
        "temperature must be non-negative, got -1. (parameter=temperature, value=-1)", "temperature", "BadRequestError"
    )),
    ("vllm, grammar", vllm("Grammar error: 1(2): unknown name: a"), Said(
        "Grammar error: 1(2): unknown name: a", None, "BadRequestError"
    )),
    ("sglang", sglang("Tools cannot be empty if tool choice is set to required."), Said(
        "Tools cannot be empty if tool choice is set to required.", None, "BadRequestError"
    )),
    ("llama-server", llama_server("Failed to parse grammar"), Said(
        "Failed to parse grammar", None, "invalid_request_error"
    )),
    ("openai", openai("Unknown parameter: 'a'.", "unknown_parameter", "a"), Said(
        "Unknown parameter: 'a'.", "a", "unknown_parameter"
    )),
    ("fastapi", {"detail": "Not Found"}, Said("Not Found")),
    ("text", {"error": "model is loading"}, Said("model is loading")),
    ("text alone", "model is loading", Said("model is loading")),
    ("lines", {"message": " a\n\n\tb\r\nc "}, Said("a b c")),
    ("none", {"error": {}}, Said("it gave no reason.")),
    ("empty", {"message": ""}, Said("it gave no reason.")),
    ("no text", {"message": {"a": 1}, "code": 5, "type": ["b"], "param": 7}, Said("it gave no reason.")),
    ("list", {"detail": [{"loc": ["body"], "msg": "Field required"}]}, Said("it gave no reason.")),
    ("error is a number", {"error": 5, "message": "a"}, Said("a")),
]  # fmt: skip


@pytest.mark.parametrize(("told", "said"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_what_it_says(told: Any, said: Said) -> None:
    """As it says it, on one line, with what it names."""
    assert read_error(json.dumps(told).encode()) == read_error(told) == said


@pytest.mark.parametrize("body", [
    b"", b"<html>502 Bad Gateway</html>", b"{", b"\xff", b"null", b"5", b"[1]", b"[" * 100_000, b'{"error": \xff}',
    b'{"n_ctx": 1' + b"0" * 5000 + b"}",
])  # fmt: skip
def test_what_cannot_be_read(body: bytes) -> None:
    """Is not passed on."""
    assert read_error(body) == Said(NOTHING)


@pytest.mark.parametrize("told", [None, 5, True, [1], [{"message": "a"}]])
def test_what_is_no_error(told: Any) -> None:
    """Nor is it told."""
    assert read_error(told) == Said(NOTHING)


KEY, TOKEN = "sk-abcdef", "sk-abcdef-0123"


@pytest.mark.parametrize("secrets", [(KEY, TOKEN), (TOKEN, KEY)])
@pytest.mark.parametrize("message", [f"wrong key {KEY}", f"'{TOKEN}' is none, {KEY} neither", f"Bearer\n{TOKEN}"])
def test_secrets(message: str, secrets: tuple[str, ...]) -> None:
    """Are not in it, nor any part of them, though one begins like another."""
    said = read_error(vllm(message), secrets=secrets).message
    assert KEY not in said and "abcdef" not in said and "0123" not in said and "…" in said


def test_secrets_in_other_places() -> None:
    """What it names is shown to clients too."""
    said = read_error(openai("No.", TOKEN, TOKEN), secrets=(TOKEN,))
    assert TOKEN not in f"{said.param}{said.code}"


@pytest.mark.parametrize(("message", "shown"), [
    ("see http://10.0.0.7:8000/v1 now", "see … now"),
    ("see https://user:pw@gpu.internal/v1?a=b.", "see …"),
    ("see HTTP://GPU.INTERNAL/v1", "see …"),
    ("no file /root/.cache/huggingface/hub/config.json here", "no file … here"),
    ("/models/qwen/config.json is missing", "… is missing"),
    ("File '/models/qwen/config.json' is missing", "File '…' is missing"),
    ('File "/usr/lib/python3.11/json/decoder.py", line 3', 'File "…", line 3'),
    ("(at /usr/lib/python3.11/json/decoder.py)", "(at …)"),
    ("model=/models/qwen/7b", "model=…"),
    ("Cannot connect to host 10.0.3.7:8000 ssl:default", "Cannot connect to host … ssl:default"),
    ("tcp://10.0.3.7:29500 is closed", "… is closed"),
    ("use 1/2 and/or application/json, as #/properties/a has it", None),
    ("24:00 is no time, 3.14 no date, a:b no place", None),
], ids=range(13))  # fmt: skip
def test_addresses_and_paths(message: str, shown: str | None) -> None:
    """Are not in it, wherever they stand; what only looks a little like them is."""
    assert read_error(vllm(message)).message == (message if shown is None else shown)


def test_its_length() -> None:
    """Is bearable, also of what it names."""
    said = read_error(openai("x " * 10_000, "y" * 10_000, "z" * 10_000))
    assert len(said.message) == LONGEST + 1 and said.message.endswith("…")
    assert len(said.code or "") == len(said.param or "") == LONGEST


def test_a_message_that_takes_long() -> None:
    """Nothing in it takes more time than it has letters: this ends."""
    for piece in ("maximum context length is 1 tokens ", "(length 1) ", "input (1 tokens) is longer than ", "/a", "/"):
        read_error(vllm(piece * (400_000 // len(piece))))
