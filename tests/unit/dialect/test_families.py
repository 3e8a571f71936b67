"""Every legal history on the template of every family: it renders, and nothing of it is lost or becomes a marker."""

import pytest
from hypothesis import given, settings
from msgspec import structs

from antiphon.dialect.conversation import Conversation, Effort, ToolCall, Turn
from antiphon.dialect.message import Message, rewrite
from antiphon.dialect.normalize import normalize
from antiphon.dialect.probing.effort import EFFORTS
from antiphon.dialect.probing.histories import build_history, find_lost
from tests.unit.dialect.families import CONTROL, FAMILIES, PROMPTS, SPELLINGS, load_dialect, render
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


@pytest.mark.parametrize("family", FAMILIES)
def test_prompts_stay_as_they_are(family: str) -> None:
    """The prompt of an agent's conversation, letter for letter, as it was read and found right."""
    assert render(family, AGENT) == (PROMPTS / f"{family}.txt").read_bytes().decode()


TRAITS: list[tuple[str, dict[str, object]]] = [
    (
        "chatml",
        {"system": "anywhere", "developer": "nowhere", "calls": "none", "results": "none", "closes": frozenset()},
    ),
    ("command", {"calls": "many", "call_text": "before", "results": "turns", "strays": True}),
    ("deepseek", {"system": "first", "arguments": "text", "call_content": "null", "call_text": "before"}),
    ("gemma", {"system": "nowhere", "opens_with": "user", "joins": frozenset({"user", "assistant"}), "calls": "none"}),
    ("glm", {"arguments": "object", "raw": False, "reasoning": "reasoning_content"}),
    ("granite", {"closes": frozenset({"system"}), "results": "none"}),
    ("harmony", {"developer": "first", "system": "first", "calls": "one", "strays": False, "reasoning": "thinking"}),
    ("hunyuan", {"system": "first", "closes": frozenset({"assistant"})}),
    ("kimi", {"names": frozenset({"system", "user", "assistant"}), "results": "turns"}),
    ("llama", {"calls": "one", "call_text": "before", "system": "anywhere"}),
    ("mistral", {"short_ids": True, "alternates": "spoken", "call_text": "before", "opens_with": "user"}),
    ("phi", {"system": "anywhere", "calls": "none", "results": "none"}),
    ("qwen", {"system": "first", "opens_with": "some_user", "raw": True, "reasoning": "reasoning_content"}),
    ("vision", {"parts": frozenset({"system", "user", "assistant"})}),
]


@pytest.mark.parametrize(("family", "expected"), TRAITS)
def test_what_a_template_takes_is_found_out(family: str, expected: dict[str, object]) -> None:
    """Probing finds the traits that tell a family from others."""
    traits = load_dialect(family).traits
    assert {name: getattr(traits, name) for name in expected} == expected


def test_every_family_is_in_the_tables() -> None:
    """A new template needs its traits and its prompt."""
    assert [family for family, _ in TRAITS] == FAMILIES == sorted(path.stem for path in PROMPTS.iterdir())


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
    assert controls == [CONTROL.ids[spelling] for spelling in CONTROL.pattern.findall(written)]


def blot(text: str) -> str:
    """A text as long as this, without the letters that control tokens have."""
    return "".join("X" if letter in "<>[]" else letter for letter in text)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("effort", EFFORTS)
def test_every_effort_is_taken(family: str, effort: Effort) -> None:
    """No effort that a request may ask for makes a template refuse."""
    conversation = structs.replace(AGENT, effort=effort)
    assert find_lost(AGENT.turns, render(family, conversation)) is None


def test_the_bundled_form_is_not_deformed() -> None:
    """Where a template takes any role in any order, every turn keeps its place and its own marker."""
    turns = build_history("S S U U A S A U")
    prompt = render("chatml", Conversation(turns))
    expected = "".join(f"<|im_start|>{turn.role}\n{turn.text}<|im_end|>\n" for turn in turns)
    assert prompt == expected + "<|im_start|>assistant\n"


def test_there_are_markers_to_confuse() -> None:
    """The vocabulary of these tests has what the templates write."""
    assert all(any(spelling in render(family, AGENT) for spelling in SPELLINGS) for family in FAMILIES)
