"""A request out of flags and of what came on standard input."""

from typing import Any

import pytest

from antiphon.cli.api.body import BadValue, Given, build_body, read_body
from antiphon.cli.api.flags import load_flags

FLAGS = {flag.name: flag for flag in load_flags("create")}


def given(*said: tuple[str, str]) -> list[Given]:
    """Flags and their texts."""
    return [Given(FLAGS[name], text) for name, text in said]


@pytest.mark.parametrize(("said", "body"), [
    ([("message", "{content: string, role: developer}")], {"messages": [{"content": "string", "role": "developer"}]}),
    ([("message", "[{role: user}, {role: tool}]")], {"messages": [{"role": "user"}, {"role": "tool"}]}),
    ([("message.role", "user"), ("message.content", "Hi"), ("message.role", "tool"), ("message.content", "[]")],
     {"messages": [{"role": "user", "content": "Hi"}, {"role": "tool", "content": []}]}),
    ([("message", "{role: user}"), ("message.content", "7")], {"messages": [{"role": "user", "content": "7"}]}),
    ([("metadata", "{foo: string}")], {"metadata": {"foo": "string"}}),
    ([("stop", '"\\n"')], {"stop": "\n"}),
    ([("stop", "[a, b]")], {"stop": ["a", "b"]}),
    ([("stop", "END")], {"stop": "END"}),
    ([("modality", "[text]")], {"modalities": ["text"]}),
    ([("modality", "text"), ("modality", "audio")], {"modalities": ["text", "audio"]}),
    ([("logprobs", "true"), ("store", "false")], {"logprobs": True, "store": False}),
    ([("logit-bias", "{50256: -100}")], {"logit_bias": {"50256": -100}}),
    ([("audio.voice", "alloy"), ("audio.format", "wav")], {"audio": {"voice": "alloy", "format": "wav"}}),
    ([("audio", "{voice: alloy}"), ("audio.format", "wav")], {"audio": {"voice": "alloy", "format": "wav"}}),
    ([("stream-options.include-usage", "true")], {"stream_options": {"include_usage": True}}),
    ([("function.name", "f"), ("function.parameters", "{type: object}"), ("function.name", "g")],
     {"functions": [{"name": "f", "parameters": {"type": "object"}}, {"name": "g"}]}),
    ([("moderation.model", "m"), ("prediction.content", "text")],
     {"moderation": {"model": "m"}, "prediction": {"content": "text"}}),
    ([("prompt-cache-options.ttl", "30m")], {"prompt_cache_options": {"ttl": "30m"}}),
    ([("web-search-options.search-context-size", "low")], {"web_search_options": {"search_context_size": "low"}}),
    ([("temperature", "hot"), ("n", "null"), ("seed", "1.5")], {"temperature": "hot", "n": None, "seed": 1.5}),
    ([("model", "007"), ("user", "null")], {"model": "007", "user": "null"}),
    ([("model", "a"), ("model", "b")], {"model": "b"}),
])  # fmt: skip
def test_flags(said: list[tuple[str, str]], body: dict[str, Any]) -> None:
    """Each at its place, as it was said, and in order; nothing is judged."""
    assert build_body(given(*said), {}) == body


def test_flags_override() -> None:
    """What came in is kept where no flag says otherwise; a list that flags give takes the place of another."""
    body = {"model": "a", "messages": [{"role": "user"}], "audio": {"voice": "x", "format": "y"}, "other": 1}
    said = given(("model", "b"), ("message.role", "tool"), ("audio.voice", "z"))
    assert build_body(said, body) == {
        "model": "b", "messages": [{"role": "tool"}], "audio": {"voice": "z", "format": "y"}, "other": 1,
    }  # fmt: skip
    assert body["model"] == "a" and body["audio"] == {"voice": "x", "format": "y"}


def test_bad_values_name_their_flag() -> None:
    """Whose value it is."""
    with pytest.raises(BadValue) as caught:
        build_body(given(("model", "m"), ("metadata", "{a")), {})
    assert caught.value.given.flag.name == "metadata"


@pytest.mark.parametrize(
    ("text", "body"), [("", {}), ("{model: a}", {"model": "a"}), ("model: a\nn: 2", {"model": "a", "n": 2})]
)
def test_standard_input(text: str, body: dict[str, Any]) -> None:
    """A whole request, or nothing."""
    assert read_body(text) == body


@pytest.mark.parametrize("text", ["[]", "a", "7", "{a"])
def test_what_is_no_request(text: str) -> None:
    """Only an object is one."""
    with pytest.raises(ValueError, match=r"object|YAML"):
        read_body(text)
