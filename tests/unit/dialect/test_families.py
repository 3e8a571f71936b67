"""Every legal history on the template of every family: it renders, and nothing of it is lost or becomes a marker."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from msgspec import structs

from antiphon.dialect.conversation import Conversation, Effort, ToolCall, Turn
from antiphon.dialect.message import Message, rewrite
from antiphon.dialect.normalize import normalize
from antiphon.dialect.probing.effort import EFFORTS
from antiphon.dialect.probing.histories import build_history, find, find_lost, leaves
from antiphon.dialect.template import Template
from tests.unit.dialect.families import DATE, FAMILIES, PROMPTS, SPELLINGS, TOOLS, load_dialect, render
from tests.unit.dialect.outputs import OUTPUTS
from tests.unit.dialect.strategies import conversations

AGENT = Conversation(
    (
        Turn("system", "Be brief."),
        Turn("developer", "Speak French."),
        Turn("user", "Weather in Paris and Rome?", "Ann"),
        Turn(
            "assistant",
            "I look.",
            tool_calls=(
                ToolCall("call_1", "weather", '{"city": "Paris"}'),
                ToolCall("call_2", "weather", '{"city": "Rome"}'),
            ),
            reasoning="Two calls.",
        ),
        Turn("tool", "Sun", "weather", "call_1"),
        Turn("tool", "Rain", "weather", "call_2"),
        Turn("assistant", "Sun, rain."),
        Turn("user", "Thanks."),
        Turn("system", "Now be long."),
        Turn("user", "And Oslo?"),
        Turn("assistant", tool_calls=(ToolCall("call_3", "weather", '{"city": "Os'),), reasoning="One call."),
        Turn("tool", "What?", "weather", "call_3"),
    ),
    effort="high",
)

NOTE = (
    '{"text": "Paris: \\"sun\\" {☀}\\nRome: rain", "tags": ["a", "é"], '
    '"place": {"lat": 48.85, "exact": true}, "due": null}'
)
CALLER = (
    Turn("system", "Be brief."),
    Turn("user", "Weather in Paris and Rome?"),
    Turn(
        "assistant",
        "I look.",
        tool_calls=(
            ToolCall("call_1", "weather", '{"city": "Paris", "unit": "C"}'),
            ToolCall("call_2", "weather", '{"city": "Rome", "days": 2}'),
        ),
        reasoning="Two cities.",
    ),
    Turn("tool", "Sun", "weather", "call_1"),
    Turn("tool", '{"sky": "rain"}', "weather", "call_2"),
    Turn("assistant", "Sun, rain."),
    Turn("user", "Note that, and the time."),
    Turn("assistant", tool_calls=(ToolCall("call_3", "note", NOTE),), reasoning="First the note."),
    Turn("tool", "Done", "note", "call_3"),
    Turn("assistant", tool_calls=(ToolCall("call_4", "now", "{}"),), reasoning="Then the time."),
    Turn("tool", "12:00", "now", "call_4"),
)
CALLERS = [family for family in FAMILIES if "tools" in load_dialect(family).template.reads]
"""The families that write the tools that there are."""


def render_tools(family: str, tools: list[dict[str, Any]]) -> str:
    """A prompt with tools, straight from the template."""
    dialect = load_dialect(family)
    messages = normalize(CALLER, dialect.traits)
    return dialect.template.render(messages, **{**dialect.traits.given, "tools": tools})


@pytest.mark.parametrize("family", FAMILIES)
def test_prompts_stay_as_they_are(family: str) -> None:
    """The prompt of an agent's conversation, letter for letter, as it was read and found right."""
    assert render(family, AGENT) == (PROMPTS / f"{family}.txt").read_bytes().decode()


@pytest.mark.parametrize("family", CALLERS)
def test_prompts_with_tools_stay_as_they_are(family: str) -> None:
    """The same of a conversation with tools, as they are listed, called and answer."""
    assert render_tools(family, TOOLS) == (PROMPTS / f"{family}_tools.txt").read_bytes().decode()


SCAFFOLD = (
    "type", "function", "parameters", "properties", "required", "items", "enum", "name", "description", "default",
    "object", "array", "integer", "string", "number", "boolean", "null",
)  # fmt: skip
"""Words of schemas, which some families say in others."""


@pytest.mark.parametrize("family", CALLERS)
def test_every_tool_is_listed(family: str) -> None:
    """All that is said of the tools is in the prompt, and the conversation with it is whole."""
    prompt = render_tools(family, TOOLS)
    assert [leaf for leaf in leaves(TOOLS) if leaf not in SCAFFOLD and find(leaf, prompt, 0) is None] == []
    assert find_lost(CALLER, prompt) is None


@pytest.mark.parametrize("family", CALLERS)
def test_a_tool_may_have_nothing_but_a_name(family: str) -> None:
    """Descriptions and parameters may be left out."""
    bare = [{"type": "function", "function": {"name": "ping"}}]
    assert "ping" in render_tools(family, bare)


@pytest.mark.parametrize("family", FAMILIES)
def test_no_tools_are_not_told(family: str) -> None:
    """An empty list of tools is none."""
    dialect = load_dialect(family)
    without = dialect.template.render(normalize(CALLER, dialect.traits), **dialect.traits.given)
    assert render_tools(family, []) == without


TRAITS: list[tuple[str, dict[str, object]]] = [
    (
        "chatml",
        {"system": "anywhere", "developer": "nowhere", "calls": "none", "results": "none", "closes": frozenset()},
    ),
    ("command", {"calls": "many", "call_text": "before", "results": "turns", "strays": True}),
    ("deepseek", {"system": "first", "arguments": "text", "call_text": "beside", "strays": True}),
    ("deepseek_v31", {"system": "first", "arguments": "text", "call_text": "beside", "reasoning": None}),
    ("gemma", {"system": "nowhere", "opens_with": "user", "joins": frozenset({"user", "assistant"}), "calls": "none"}),
    ("gemma4", {"system": "anywhere", "raw": False, "names": frozenset({"tool"}), "reasoning": "reasoning_content"}),
    ("glm", {"arguments": "object", "raw": False, "reasoning": "reasoning_content"}),
    ("granite", {"closes": frozenset({"system"}), "calls": "many", "results": "turns"}),
    ("granite4", {"closes": frozenset(), "system": "anywhere", "calls": "many", "raw": True}),
    ("harmony", {"developer": "first", "system": "first", "calls": "one", "strays": False, "reasoning": "thinking"}),
    ("hermes", {"system": "anywhere", "calls": "many", "call_text": "beside", "raw": True, "reasoning": None}),
    ("hunyuan", {"system": "first", "closes": frozenset({"assistant"}), "reasoning": "reasoning_content"}),
    ("kimi", {"names": frozenset({"system", "user", "assistant"}), "results": "turns"}),
    ("lfm2", {"arguments": "object", "raw": False, "reasoning": "thinking", "results": "turns"}),
    ("llama", {"calls": "one", "call_text": "before", "system": "anywhere"}),
    ("mistral", {"short_ids": False, "alternates": "spoken", "call_text": "beside", "reasoning": "reasoning_content"}),
    ("mistral_ids", {"short_ids": True, "alternates": "spoken", "call_text": "beside", "opens_with": "user"}),
    ("mistral_v3", {"short_ids": True, "alternates": "spoken", "call_text": "beside", "system": "first"}),
    ("phi", {"system": "anywhere", "calls": "many", "results": "turns", "call_text": "beside"}),
    ("qwen", {"system": "anywhere", "calls": "many", "raw": True, "reasoning": "reasoning_content"}),
    ("qwen3_coder", {"system": "anywhere", "raw": False, "call_text": "beside", "reasoning": None}),
    ("smollm3", {"system": "first", "calls": "many", "results": "turns", "reasoning": "reasoning_content"}),
    ("vision", {"parts": frozenset({"system", "user", "assistant"})}),
]


@pytest.mark.parametrize(("family", "expected"), TRAITS)
def test_what_a_template_takes_is_found_out(family: str, expected: dict[str, object]) -> None:
    """Probing finds the traits that tell a family from others."""
    traits = load_dialect(family).traits
    assert {name: getattr(traits, name) for name in expected} == expected


def test_every_family_is_in_the_tables() -> None:
    """A new template needs its traits, its prompts and what its models write."""
    prompts = [*FAMILIES, *(f"{family}_tools" for family in CALLERS)]
    assert [family for family, _ in TRAITS] == FAMILIES == sorted(OUTPUTS)
    assert sorted(prompts) == sorted(path.stem for path in PROMPTS.iterdir() if not path.stem.endswith("_lesson"))


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=15)
@given(conversations)
def test_every_legal_history_renders_whole(family: str, conversation: Conversation) -> None:
    """All texts are in the prompt in their order, and all names, calls and arguments."""
    lost = find_lost(conversation.turns, render(family, conversation))
    assert lost is None


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=15)
@given(conversations)
def test_text_never_becomes_a_control_token(family: str, conversation: Conversation) -> None:
    """The control tokens of a prompt are those that the template writes when no text has any."""
    dialect = load_dialect(family)
    messages: list[Message] = rewrite(normalize(conversation.turns, dialect.traits), blot)
    efforts = dialect.traits.efforts.get(conversation.effort, {}) if conversation.effort else {}
    written = dialect.template.render(messages, **dialect.traits.given, **efforts)
    controls = [piece for piece in dialect.render(conversation) if isinstance(piece, int)]
    assert controls == [dialect.control.ids[spelling] for spelling in dialect.control.pattern.findall(written)]


def blot(text: str) -> str:
    """A text as long as this, without the letters that control tokens have, and unlike that of any other."""
    return text.translate(str.maketrans("<>[]", "ⅠⅡⅢⅣ"))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("effort", EFFORTS)
def test_every_effort_is_taken(family: str, effort: Effort) -> None:
    """No effort that a request may ask for makes a template refuse."""
    conversation = structs.replace(AGENT, effort=effort)
    assert find_lost(AGENT.turns, render(family, conversation)) is None


@pytest.mark.parametrize(("family", "form"), [("harmony", "%Y-%m-%d"), ("llama", "%d %b %Y"), ("smollm3", "%d %B %Y")])
def test_a_prompt_says_which_day_it_is(family: str, form: str) -> None:
    """Unless it is told another one, as in these tests."""
    template = load_dialect(family).template
    days = [f"{name} {datetime.now().astimezone():{form}}\n" for name in ("Current date:", "Today Date:")]
    prompt = Template(template.source, bos_token="").render([{"role": "user", "content": "Hi"}])
    assert any(day in prompt for day in days)
    assert f" {DATE}\n" in render(family, AGENT)


def test_the_bundled_form_is_not_deformed() -> None:
    """Where a template takes any role in any order, every turn keeps its place and its own marker."""
    turns = build_history("S S U U A S A U")
    prompt = render("chatml", Conversation(turns))
    expected = "".join(f"<|im_start|>{turn.role}\n{turn.text}<|im_end|>\n" for turn in turns)
    assert prompt == expected + "<|im_start|>assistant\n"


def test_there_are_markers_to_confuse() -> None:
    """The vocabulary of these tests has what the templates write."""
    assert all(any(spelling in render(family, AGENT) for spelling in SPELLINGS) for family in FAMILIES)
