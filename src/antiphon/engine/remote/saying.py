"""What an upstream says went wrong, in its own words, made fit to be passed on. Knows the forms that there are."""

import re
from typing import Any

import msgspec
from msgspec import Struct

LONGEST = 300
CONTEXT_CODES = ("context_length_exceeded", "exceed_context_size_error")
CONTEXT = r"maximum context length is (?P<context>\d+) tokens.*?"
OVERFLOWS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        # vLLM, OpenAI, Antiphon
        CONTEXT + r"contains (?P<least>at least )?(?P<prompt>\d+) input tokens",
        CONTEXT + r"resulted in (?P<least>at least )?(?P<prompt>\d+) tokens",
        CONTEXT + r"\((?P<prompt>\d+) in the messages",
        r"\(length (?P<prompt>\d+)\).*?maximum model length of (?P<context>\d+)",
        # SGLang
        r"input \((?P<prompt>\d+) tokens\) is longer than .*?\((?P<context>\d+) tokens\)",
        r"maximum context length of (?P<context>\d+) tokens.*?(?P<prompt>\d+) tokens from the input",
        r"Input length \((?P<prompt>\d+) tokens\) exceeds the maximum allowed length \((?P<context>\d+) tokens\)",
        # llama-server
        r"request \((?P<prompt>\d+) tokens\) exceeds the available context size \((?P<context>\d+)",
    )
)
TOO_LONG = ("max_model_len", "maximum context length")
"""What messages say that tell no counts."""
ADDRESS = re.compile(r"\b[A-Za-z][\w+.-]*://\S+|\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b")
PATH = re.compile(r"(?<![\w#.])/(?:[\w.-]+/)+[\w.-]*")


class Overflow(Struct, frozen=True):
    """Tokens of the context, and of the prompt that does not fit, or that it has at least."""

    context: int
    prompt: int
    at_least: bool = False


class Said(Struct, frozen=True):
    """An error as the upstream tells it. overflow: that the prompt is too long, with both counts where it says them."""

    message: str
    param: str | None = None
    code: str | None = None
    overflow: Overflow | None = None
    too_long: bool = False


def read_error(body: bytes | Any, *, secrets: tuple[str, ...] = ()) -> Said:
    """Out of a body, or of what stands in a chunk. secrets: what must not be in it."""
    told = body
    if isinstance(body, bytes):
        try:
            told = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return Said("it said nothing that could be read.")
    if isinstance(told, dict) and isinstance(told.get("error"), dict | str):
        told = told["error"]
    if isinstance(told, str):
        told = {"message": told}
    if not isinstance(told, dict):
        return Said("it said nothing that could be read.")
    message = next((text for key in ("message", "detail") if isinstance(text := told.get(key), str)), "")
    code = first_string(told, "code", "type")
    overflow = find_overflow(told, message)
    named = {code, told.get("type")} if isinstance(told.get("type"), str) else {code}
    too_long = overflow is not None or bool(named & set(CONTEXT_CODES)) or any(word in message for word in TOO_LONG)
    param = first_string(told, "param")
    return Said(
        tidy(message, secrets),
        param and conceal(param, secrets),
        code and conceal(code, secrets),
        overflow,
        too_long,
    )


def first_string(told: dict[str, Any], *keys: str) -> str | None:
    """A short one under the first of these keys that has any."""
    found = (told.get(key) for key in keys)
    return next((value[:LONGEST] for value in found if isinstance(value, str) and value), None)


def find_overflow(told: dict[str, Any], message: str) -> Overflow | None:
    """Both counts, from fields or from the message."""
    context, prompt = told.get("n_ctx"), told.get("n_prompt_tokens")
    if type(context) is int and type(prompt) is int:
        return Overflow(context, prompt)
    found = next(filter(None, (pattern.search(message[:4096]) for pattern in OVERFLOWS)), None)
    if found is None:
        return None
    return Overflow(int(found["context"]), int(found["prompt"]), at_least=bool(found.groupdict().get("least")))


def conceal(text: str, secrets: tuple[str, ...]) -> str:
    """Without what is secret, of which one may be a part of another."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def tidy(message: str, secrets: tuple[str, ...]) -> str:
    """One line of bearable length, without what is secret and without addresses and paths."""
    line = " ".join(PATH.sub("…", ADDRESS.sub("…", conceal(message, secrets))).split())
    shown = line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
    return shown or "it gave no reason."
