"""An instruction is the end of the system prompt, whoever wrote the rest of it."""

import pytest

from antiphon.dialect.conversation import Conversation, Turn
from antiphon.dialect.dialect import Dialect
from antiphon.dialect.instruction import OWN_PROMPT, with_instruction
from antiphon.dialect.prompt import ControlTokens, Pieces
from antiphon.dialect.template import Template

BRIEF = "Be brief."
USER = Turn("user", "Hi")
TURNS: list[tuple[list[Turn], str, list[Turn]]] = [
    # turns, the template's own prompt, the turns with the instruction
    ([USER], "", [Turn("system", BRIEF), USER]),
    ([USER], "Own.", [Turn("system", f"{OWN_PROMPT}\n\n{BRIEF}"), USER]),
    ([Turn("system", "s"), USER], "Own.", [Turn("system", f"s\n\n{BRIEF}"), USER]),
    ([Turn("developer", "d", "x")], "", [Turn("developer", f"d\n\n{BRIEF}", "x")]),
    (
        [Turn("developer", "d"), Turn("system", "s"), USER],
        "",
        [Turn("developer", "d"), Turn("system", f"s\n\n{BRIEF}"), USER],
    ),
    ([USER, Turn("system", "s")], "", [Turn("system", BRIEF), USER, Turn("system", "s")]),
]


@pytest.mark.parametrize(("turns", "own", "expected"), TURNS)
def test_its_place(turns: list[Turn], own: str, expected: list[Turn]) -> None:
    """It comes last in the instructions that the turns begin with; later ones stay as they are."""
    assert with_instruction(tuple(turns), BRIEF, own) == tuple(expected)


PLAIN = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"
OWN = "{% if messages[0].role != 'system' %}<|system|>Own <think>.{% endif %}" + PLAIN
CONTROL = ControlTokens({"<|system|>": 1, "<|user|>": 2, "<think>": 3})


def render(source: str, *turns: Turn) -> Pieces:
    """The pieces of a conversation with the instruction."""
    dialect = Dialect(Template(source), CONTROL, bos=None)
    return dialect.render(Conversation(turns, instruction=BRIEF))


def test_without_a_system_prompt() -> None:
    """Where neither the conversation nor the template has a system prompt, it is all of it."""
    assert render(PLAIN, USER) == (1, BRIEF, 2, "Hi")


def test_the_templates_own_prompt_stays() -> None:
    """What a template says by itself is still said, its control tokens included, and then the instruction."""
    assert render(OWN, USER) == (1, "Own ", 3, f".\n\n{BRIEF}", 2, "Hi")


def test_the_conversations_prompt_takes_its_place() -> None:
    """A conversation with a system prompt of its own gets the instruction there."""
    assert render(OWN, Turn("system", "Mine."), USER) == (1, f"Mine.\n\n{BRIEF}", 2, "Hi")


def test_a_template_without_system_turns() -> None:
    """Where a template takes no system turns, it stands before what the user says."""
    only_users = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no') }}{% endif %}"
    assert render(only_users + "{{ m.role }}: {{ m.content }}{% endfor %}", USER) == (f"user: {BRIEF}\n\nHi",)


def test_what_stands_for_the_own_prompt_is_no_way_in() -> None:
    """A user who writes the mark gets it back as it is."""
    assert render(OWN, Turn("user", OWN_PROMPT))[-1] == OWN_PROMPT
