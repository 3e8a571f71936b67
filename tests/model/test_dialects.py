"""The bundled model under other families' chat templates: calls are written in each form, and read as what they are.

The model has seen none of them, so whatever comes right comes from the grammar.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openai import OpenAI

from antiphon.dialect.templates import load_template
from tests.model.ask import Answer, Ask, Call, Choice
from tests.model.processes import Server, serve

Fields = dict[str, Any]
FAMILIES = ("harmony", "mistral", "qwen3_coder", "gemma4", "lfm2", "llama")
"""One for each notation of calls, and those that reason in a way of their own."""
THINKER = "thinker"
"""Qwen's template that begins its answers within a thought, as that of QwQ."""
ZONE: Fields = {
    "type": "object",
    "properties": {"zone": {"enum": ["UTC", "CET"]}, "hour": {"type": "integer", "minimum": 0, "maximum": 24}},
    "required": ["zone", "hour"],
    "additionalProperties": False,
}
OK: Fields = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}
TIME: Fields = {"type": "function", "function": {"name": "time", "parameters": ZONE, "strict": True}}
YEAR: Fields = {
    "type": "custom",
    "custom": {
        "name": "year",
        "format": {"type": "grammar", "grammar": {"syntax": "regex", "definition": "20[0-9]{2}"}},
    },
}
JSON = {"type": "json_schema", "json_schema": {"name": "ok", "schema": OK, "strict": True}}


@pytest.fixture(scope="module")
def families(folder: Path) -> Iterator[Server]:
    """One server with the bundled model under each of the templates."""
    own = folder / "thinker.jinja"
    own.write_text(load_template("qwen") + "{% if add_generation_prompt %}{{ '<think>\\n' }}{% endif %}")
    templates = {**{name: name for name in FAMILIES}, THINKER: str(own)}
    models = [word for name in templates for word in ("--model", f"{name}=smollm2")]
    chosen = [word for name, source in templates.items() for word in ("--chat-template", f"{name}={source}")]
    with serve(folder, *models, *chosen, "--context", "512", "--parallel", "4") as server:
        yield server


@pytest.fixture(scope="module")
def ask(families: Server) -> Iterator[Ask]:
    """Questions, which must say of which model."""
    with OpenAI(base_url=f"{families.url}/v1", api_key="unused", max_retries=0) as client:
        yield Ask(client)


def is_valid(call: Call) -> bool:
    """Whether a call that was not cut is as it must be."""
    if call.name == "year":
        return call.kind == "custom" and bool(re.fullmatch("20[0-9]{2}", call.text))
    return call.kind == "function" and jsonschema_rs.is_valid(ZONE, json.loads(call.text))


def finished(answer: Answer) -> list[Choice]:
    """The choices that were not cut, all of whose calls are valid."""
    choices = [choice for choice in answer.choices.values() if choice.finish != "length"]
    assert all(is_valid(call) for choice in choices for call in choice.calls)
    return choices


MAY_THINK = ("harmony", "mistral")
"""Before they call, as long as they like."""


@pytest.mark.parametrize("family", FAMILIES)
def test_calls(ask: Ask, family: str) -> None:
    """A call that must be is one; its arguments are JSON whatever the family's notation is."""
    fields: Fields = {"model": family, "tools": [TIME], "tool_choice": "required", "seed": 1, "max_tokens": 48}
    answer = ask.whole("What time is it?", **fields, n=2)
    for choice in finished(answer):
        assert choice.calls and choice.finish == "tool_calls"
    assert not any(choice.text for choice in answer.choices.values())
    assert any(choice.calls for choice in answer.choices.values()) or family in MAY_THINK


@pytest.mark.parametrize("family", FAMILIES)
def test_a_named_call(ask: Ask, family: str) -> None:
    """It is the only one, and a streamed one is put together as any."""
    choice = {"type": "function", "function": {"name": "time"}}
    fields: Fields = {"model": family, "tools": [TIME], "tool_choice": choice, "seed": 2, "max_tokens": 80}
    answer = ask.streamed("What time is it?", **fields)
    for one in finished(answer):
        assert (one.finish, [call.name for call in one.calls]) == ("stop", ["time"])
    assert finished(answer) or family in MAY_THINK


def test_a_custom_call(ask: Ask) -> None:
    """Its input is what its grammar says, also where the family has a form for it."""
    choice = {"type": "custom", "custom": {"name": "year"}}
    fields: Fields = {"model": "harmony", "tools": [YEAR], "tool_choice": choice, "seed": 1, "max_tokens": 24}
    for one in finished(ask.whole("When?", n=4, **fields)):
        assert (one.finish, [call.name for call in one.calls]) == ("stop", ["year"])


@pytest.mark.parametrize("family", MAY_THINK)
def test_json(ask: Ask, family: str) -> None:
    """A response format is the content, with nothing before it, and not reasoning."""
    answer = ask.whole("Are you fine?", model=family, response_format=JSON, n=2, seed=4, max_tokens=20)
    for choice in finished(answer):
        assert choice.text in ('{"ok": true}', '{"ok": false}')
    assert not any('{"ok"' in choice.thoughts for choice in answer.choices.values())


CLOSING = {"9617": 5, "17400": 4, "46": 1}
"""Leads the model to `</`, `think` and `>`, with which it would end its thoughts late, if ever."""


@pytest.mark.parametrize(
    "fields",
    [{"tools": [TIME], "tool_choice": "required", "parallel_tool_calls": False}, {"response_format": JSON}],
    ids=["calls", "JSON"],
)
def test_thoughts(ask: Ask, fields: Fields) -> None:
    """What is thought comes first and by itself; then come calls or JSON. Usage tells how many tokens were thought."""
    for seed in range(8):
        answer = ask.whole("Are you fine?", model=THINKER, n=4, seed=seed, max_tokens=50, logit_bias=CLOSING, **fields)
        num_thought = answer.usage["completion_tokens_details"]["reasoning_tokens"]
        assert 4 <= num_thought <= answer.usage["completion_tokens"], "the mark that ends them is one of them"
        choices = [choice for choice in finished(answer) if choice.thoughts]
        for choice in choices:
            assert "</think>" not in choice.thoughts + choice.text
            assert choice.calls if "tools" in fields else json.loads(choice.text)
        if choices:
            return
    raise AssertionError("no thought ever ends")


def test_thoughts_that_are_cut(ask: Ask) -> None:
    """A limit within a thought leaves the answer empty, in both modes alike; all its tokens were thought."""
    answer = ask.both_known("Are you fine?", model=THINKER, response_format=JSON, seed=1, max_tokens=6)
    assert (answer.only.finish, answer.only.text) == ("length", "")
    assert answer.usage["completion_tokens_details"]["reasoning_tokens"] == 6
