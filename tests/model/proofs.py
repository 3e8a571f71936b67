"""For each row of the table of parameters a request that shows what the row says: with the parameter, not without."""

import base64
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import numpy as np

from antiphon.engine.llama.disk_cache import look_at
from tests.model.ask import MODEL
from tests.model.plain import NEVER_END, load_vocabulary
from tests.model.processes import wait_for
from tests.shown import document, recording

Fields = dict[str, Any]
SEA: Fields = {"role": "user", "content": "Tell me about the sea."}
LOOP: Fields = {"role": "user", "content": "Complete: 1 1 1 1 1 1 1 1 1 1"}
LONG: Fields = {"role": "user", "content": "Tell me about the sea and the wind. " * 30}
BASE: Fields = {"model": MODEL, "messages": [SEA], "temperature": 0, "max_tokens": 12}
NOTHING: Fields = {}
DELETE = object()
"""Stands for a field of `BASE` that is left out."""


@dataclass
class Reply:
    """An answer of any kind, and the line that the server's log has of it."""

    response: httpx.Response
    log: str

    @property
    def body(self) -> Any:
        """The JSON of a whole answer or an error."""
        return self.response.json()

    @property
    def asked(self) -> Any:
        """The request's JSON."""
        return json.loads(self.response.request.content)

    @property
    def text(self) -> str:
        """Of the first choice."""
        text: str = self.body["choices"][0]["message"]["content"]
        return text

    @property
    def ignored(self) -> list[str]:
        """What the header names."""
        return self.response.headers.get("antiphon-ignored", "").split(", ")


Ask = Callable[[Fields], Reply]
Shows = Callable[[Reply, Ask], bool]


class Proof(NamedTuple):
    """fields: the parameter. shows: whether an answer was made with it. beside: fields that are there in both cases."""

    fields: Fields
    shows: Shows
    beside: Fields = NOTHING


def build_body(*layers: Fields) -> Fields:
    """The later field counts."""
    merged = {name: value for layer in (BASE, *layers) for name, value in layer.items()}
    return {name: value for name, value in merged.items() if value is not DELETE}


def works(reply: Reply, ask: Ask) -> bool:
    """For what a request cannot be without."""
    return reply.response.status_code == 200


def changes_text(beside: Fields) -> Shows:
    """The greedy answer is another one than without."""
    return lambda reply, ask: reply.text != ask(beside).text


def lengthens_prompt(reply: Reply, ask: Ask) -> bool:
    """Something was said beside all that is said without."""
    return reply.body["usage"]["prompt_tokens"] > ask({}).body["usage"]["prompt_tokens"] + 10


def is_greedy(reply: Reply, ask: Ask) -> bool:
    """The draw has no choice left."""
    return reply.text == ask({}).text


def is_ignored(name: str) -> Shows:
    """The answer says that it was made without."""
    return lambda reply, ask: reply.response.status_code == 200 and name in reply.ignored


def is_refused(param: str) -> Shows:
    """There is no answer, and the error names the place and says what to do."""

    def shows(reply: Reply, ask: Ask) -> bool:
        error = reply.body.get("error", {})
        found = (reply.response.status_code, error.get("code"), error.get("param"))
        return found == (400, "unsupported_parameter", param) and not error["message"].endswith(". ")

    return shows


def calls(finish_reason: str, most: int | None = None) -> Shows:
    """The answer is a call of the one function, or several, and no text."""

    def shows(reply: Reply, ask: Ask) -> bool:
        (choice,) = reply.body["choices"]
        message = choice["message"]
        called = [call["function"] for call in message.get("tool_calls", [])] or [message.get("function_call")]
        names = [function and function["name"] for function in called]
        fits = most is None or len(names) <= most
        return set(names) == {"look"} and fits and choice["finish_reason"] == finish_reason

    return shows


def is_object(reply: Reply, ask: Ask) -> bool:
    """JSON, or the beginning of an object that the limit cut."""
    if reply.body["choices"][0]["finish_reason"] == "length":
        return reply.text.startswith("{")
    return isinstance(json.loads(reply.text), dict)


def is_logged(reply: Reply, ask: Ask) -> bool:
    """The log's line holds it, in JSON."""
    return "user-4711" in reply.log


def is_kept(reply: Reply, ask: Ask) -> bool:
    """The server still has it."""
    return httpx.get(f"{reply.response.url}/{reply.body['id']}").status_code == 200


def writes_prompt(reply: Reply, ask: Ask) -> bool:
    """Something of the prompt is kept for later ones."""
    count: int = reply.body["usage"]["prompt_tokens_details"]["cache_write_tokens"]
    return count > 0


def accepts_prediction(reply: Reply, ask: Ask) -> bool:
    """Tokens of a prediction were what the model said."""
    count: int = reply.body["usage"]["completion_tokens_details"]["accepted_prediction_tokens"]
    return count > 0


def is_cached_apart(reply: Reply, ask: Ask) -> bool:
    """Nothing of what others had computed was taken, which the same request finds without."""
    ask(NOTHING)
    count: int = reply.body["usage"]["prompt_tokens_details"]["cached_tokens"]
    return count == 0


def is_on_disk(reply: Reply, ask: Ask) -> bool:
    """A file has its prompt, now that one has the prompt of a later request: files are written one after another."""
    later: Fields = {"role": "user", "content": f"{reply.body['id']} is kept. " * 10}
    ask({"prompt_cache_retention": "24h", "messages": [later]})
    with load_vocabulary() as vocabulary:
        last, prompt = [vocabulary.prompt(("user", said["content"])) for said in (later, reply.asked["messages"][0])]
    wait_for(lambda: has_file(last))
    return has_file(prompt)


def has_file(prompt: Sequence[int]) -> bool:
    """Whether a computed prompt is on disk that begins with these tokens."""
    wanted = np.asarray(prompt, np.int32).tobytes()
    files = (Path(os.environ["ANTIPHON_DATA_DIR"]) / "prompts").rglob("*.kv")
    return any(header.tokens.startswith(wanted) for header in map(look_at, files) if header)


def with_part(part: Fields) -> Fields:
    """A conversation whose user sends a part beside text."""
    return {"messages": [{"role": "user", "content": [{"type": "text", "text": "Look."}, part]}]}


def with_answer(**more: Any) -> Fields:
    """A conversation with an answer of before."""
    return {"messages": [SEA, {"role": "assistant", "content": "It is wet.", **more}, SEA]}


TEXT = {"type": "text", "text": "Look."}
FUNCTION = {"name": "look", "parameters": {"type": "object", "properties": {}}}
TOOLS = [{"type": "function", "function": FUNCTION}]
NAMED = {"type": "function", "function": {"name": "look"}}
MANY_CALLS: Fields = {"tools": TOOLS, "tool_choice": "required", "max_tokens": 100, "logit_bias": NEVER_END}
"""The model calls again and again, while it may."""
SCHEMA = {
    "type": "object",
    "properties": {"sure": {"const": True}},
    "required": ["sure"],
    "additionalProperties": False,
}
SURE = {"type": "json_schema", "json_schema": {"name": "sure", "schema": SCHEMA}}
CITATION = {"start_index": 0, "end_index": 1, "url": "https://example.com", "title": "Example"}
DRAWN: Fields = {"temperature": DELETE, "seed": 5}
REPETITIVE: Fields = {"messages": [LOOP], "max_tokens": 40}
ONLY_THE: Fields = {"logit_bias": {"260": 100}, "max_tokens": 40}
"""The model says nothing but " the"."""

SPOKEN: Fields = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}


def is_heard(reply: Reply, _: Ask) -> bool:
    """Some of the prompt stands for a recording."""
    return bool(reply.body["usage"]["prompt_tokens_details"]["audio_tokens"])


def is_spoken(reply: Reply, _: Ask) -> bool:
    """It is a WAV, and costs as much as it is long."""
    audio, usage = reply.body["choices"][0]["message"].get("audio"), reply.body["usage"]
    if not audio:
        return False
    data = base64.b64decode(audio["data"])
    seconds = (len(data) - 44) / 48_000
    return data.startswith(b"RIFF") and abs(usage["completion_tokens_details"]["audio_tokens"] - 20 * seconds) <= 1


def is_bare_sound(reply: Reply, _: Ask) -> bool:
    """It is spoken, and has no head."""
    data = base64.b64decode(reply.body["choices"][0]["message"]["audio"]["data"])
    return len(data) > 10_000 and not data.startswith(b"RIFF")


def is_remembered(reply: Reply, ask: Ask) -> bool:
    """By its id a spoken answer stands in a later prompt with what was said in it."""
    audio = reply.body["choices"][0]["message"].get("audio")
    if not audio:
        return False
    pasts = ({"audio": {"id": audio["id"]}}, {"content": audio["transcript"]})
    by_id, by_text = (
        ask({"messages": [SEA, {"role": "assistant", **past}, SEA]}).body["usage"]["prompt_tokens"] for past in pasts
    )
    return bool(by_id == by_text)


PROOFS: dict[str, list[Proof]] = {
    "messages": [Proof({"messages": [SEA]}, works, {"messages": DELETE})],
    "messages[].content[].image_url": [
        Proof(
            with_part({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}),
            is_refused("messages[0].content[1].type"),
        )
    ],
    "messages[].content[].input_audio": [
        Proof(
            with_part({"type": "input_audio", "input_audio": {"data": recording(32_000), "format": "wav"}}),
            is_heard,
            with_part(TEXT),
        )
    ],
    "messages[].content[].file": [
        Proof(
            with_part({"type": "file", "file": {"filename": "a.pdf", "file_data": document(50)}}),
            lambda reply, _: reply.body["usage"]["prompt_tokens"] > 300,
            with_part(TEXT),
        )
    ],
    "messages[].content[].prompt_cache_breakpoint": [
        Proof(
            with_part(TEXT | {"prompt_cache_breakpoint": {"mode": "explicit"}}),
            writes_prompt,
            with_part(TEXT) | {"prompt_cache_options": {"mode": "explicit"}, "prompt_cache_key": "breakpoint"},
        )
    ],
    "messages[].audio": [
        Proof(SPOKEN, is_remembered, NOTHING),
    ],
    "messages[].annotations": [
        Proof(
            with_answer(annotations=[{"type": "url_citation", "url_citation": CITATION}]),
            is_ignored("messages[].annotations"),
            with_answer(annotations=[]),
        )
    ],
    "messages[].reasoning_content": [
        Proof(with_answer(**{name: "Hm."}), is_ignored("messages[].reasoning_content"), with_answer())
        for name in ("reasoning_content", "reasoning")
    ],
    "model": [Proof({"model": MODEL}, works, {"model": DELETE})],
    "max_completion_tokens": [
        Proof(
            {"max_completion_tokens": 3},
            lambda reply, ask: reply.body["usage"]["completion_tokens"] == 3,
            {"max_tokens": DELETE, "stop": "."},
        )
    ],
    "max_tokens": [
        Proof(
            {"max_tokens": 3},
            lambda reply, ask: reply.body["usage"]["completion_tokens"] == 3,
            {"max_tokens": DELETE, "stop": "."},
        )
    ],
    "temperature": [Proof({"temperature": 0}, is_greedy, DRAWN)],
    "top_p": [Proof({"top_p": 0}, is_greedy, DRAWN)],
    "n": [Proof({"n": 2}, lambda reply, ask: [c["index"] for c in reply.body["choices"]] == [0, 1])],
    "seed": [
        Proof(
            {"seed": 5},
            lambda reply, ask: reply.text == ask({"temperature": 1, "seed": 5}).text,
            {"temperature": 1},
        )
    ],
    "stop": [Proof({"stop": " "}, lambda reply, ask: " " not in reply.text)],
    "presence_penalty": [Proof({"presence_penalty": 2}, changes_text(REPETITIVE), REPETITIVE)],
    "frequency_penalty": [Proof({"frequency_penalty": 2}, changes_text(REPETITIVE), REPETITIVE)],
    "logit_bias": [Proof({"logit_bias": {"100": 100}}, lambda reply, ask: len(set(reply.text.split())) == 1)],
    "logprobs": [
        Proof({"logprobs": True}, lambda reply, ask: bool(reply.body["choices"][0]["logprobs"])),
    ],
    "top_logprobs": [
        Proof(
            {"top_logprobs": 2},
            lambda reply, ask: len(reply.body["choices"][0]["logprobs"]["content"][0]["top_logprobs"]) == 2,
            {"logprobs": True},
        )
    ],
    "top_k": [Proof({"top_k": 1}, is_greedy, DRAWN)],
    "min_p": [Proof({"min_p": 1}, is_greedy, DRAWN)],
    "stream": [Proof({"stream": True}, lambda reply, ask: reply.response.text.endswith("data: [DONE]\n\n"))],
    "stream_options": [
        Proof(
            {"stream_options": {"include_usage": True}},
            lambda reply, ask: '"usage":{"prompt_tokens":' in reply.response.text,
            {"stream": True},
        ),
        Proof(
            {"stream_options": {"include_obfuscation": False}},
            lambda reply, ask: "obfuscation" not in reply.response.text,
            {"stream": True},
        ),
    ],
    "metadata": [Proof({"metadata": {"a": "b"}}, lambda reply, ask: reply.body.get("metadata") == {"a": "b"})],
    "store": [Proof({"store": True}, is_kept, {"store": False})],
    "user": [Proof({"user": "user-4711"}, is_logged)],
    "safety_identifier": [Proof({"safety_identifier": "user-4711"}, is_logged)],
    "verbosity": [
        Proof({"verbosity": level}, shows, {"max_tokens": 30})
        for level in ("low", "high")
        for shows in (changes_text({"max_tokens": 30}), lengthens_prompt)
    ],
    "reasoning_effort": [Proof({"reasoning_effort": "high"}, is_ignored("reasoning_effort"))],
    "service_tier": [
        Proof({"service_tier": "auto"}, lambda reply, ask: reply.body.get("service_tier") == "default"),
        Proof({"service_tier": "flex"}, lambda reply, ask: reply.body.get("service_tier") == "flex"),
    ],
    "tools": [Proof({"tools": TOOLS}, lengthens_prompt, {"tools": []})],
    "tool_choice": [
        Proof(
            {"tool_choice": "required"},
            calls("tool_calls"),
            {"tools": TOOLS, "parallel_tool_calls": False, "max_tokens": 60},
        ),
        Proof({"tool_choice": NAMED}, calls("stop"), {"tools": TOOLS, "max_tokens": 60}),
    ],
    "parallel_tool_calls": [
        Proof({"parallel_tool_calls": False}, calls("tool_calls", 1), MANY_CALLS),
    ],
    "functions": [Proof({"functions": [FUNCTION]}, lengthens_prompt)],
    "function_call": [
        Proof({"function_call": {"name": "look"}}, calls("stop"), {"functions": [FUNCTION], "max_tokens": 60}),
    ],
    "response_format": [
        Proof({"response_format": {"type": "json_object"}}, is_object, {"max_tokens": 200}),
        Proof({"response_format": SURE}, lambda reply, ask: reply.text == '{"sure": true}', {"max_tokens": 60}),
    ],
    "prediction": [
        Proof({"prediction": {"type": "content", "content": " the" * 40}}, accepts_prediction, ONLY_THE),
    ],
    "prompt_cache_key": [Proof({"prompt_cache_key": "of this proof only"}, is_cached_apart)],
    "prompt_cache_options": [
        Proof(
            {"prompt_cache_options": {"mode": "explicit"}},
            lambda reply, ask: not writes_prompt(reply, ask),
        )
    ],
    "prompt_cache_retention": [
        Proof(
            {"prompt_cache_retention": "24h", "messages": [LONG]},
            is_on_disk,
            {"prompt_cache_retention": "in_memory"},
        ),
    ],
    "modalities": [
        Proof(SPOKEN, is_spoken, {"modalities": ["text"], "audio": DELETE}),
    ],
    "audio": [
        Proof(SPOKEN | {"audio": {"voice": "onyx", "format": "pcm16"}}, is_bare_sound, SPOKEN),
    ],
    "moderation": [Proof({"moderation": {"model": "omni-moderation-latest"}}, is_refused("moderation"))],
    "web_search_options": [Proof({"web_search_options": {}}, is_refused("web_search_options"))],
}
