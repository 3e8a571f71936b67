"""How much to reason, in the words of the template."""

from functools import cache
from typing import Any

import pytest

from antiphon.dialect.conversation import Conversation, Effort, Turn
from antiphon.dialect.dialect import Dialect
from antiphon.dialect.probing.effort import EFFORTS
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.template import Template

BODY = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"


@cache
def dialect(source: str) -> Dialect:
    """The dialect of a template that begins like this."""
    return Dialect(Template(source + BODY), ControlTokens({}), bos=None)


def words(source: str, name: str) -> list[Any]:
    """What each effort is called, from `none` to `max`."""
    efforts = dialect(source).traits.efforts
    return [efforts.get(effort, {}).get(name) for effort in EFFORTS]


def refuse_others(name: str, levels: str) -> str:
    """The beginning of a template that takes no other levels."""
    return f"{{% if {name} is defined and {name} not in {levels} %}}{{{{ raise_exception({name}) }}}}{{% endif %}}"


LEVELS: list[tuple[str, str, list[Any]]] = [
    # template, variable, its word for none, minimal, low, medium, high, xhigh, max
    ("{{ reasoning_effort }}", "reasoning_effort", ["low", "low", "low", "medium", "high", "high", "high"]),
    ("{{ enable_thinking }}", "enable_thinking", [False, True, True, True, True, True, True]),
    ("{% if thinking %}T{% endif %}", "thinking", [False, True, True, True, True, True, True]),
    (
        refuse_others("reasoning_effort", "['no_think', 'low', 'high']"),
        "reasoning_effort",
        ["no_think", "low", "low", "low", "high", "high", "high"],
    ),
    (
        "{% if thinking is undefined %}{% set thinking = true %}{% endif %}{% if thinking %}"
        + refuse_others("thinking_effort", "['low', 'high', 'max']")
        + "{% endif %}",
        "thinking_effort",
        [None, "low", "low", "low", "high", "high", "max"],
    ),
    (
        "{% if reasoning_effort == 'low' %}L{% elif reasoning_effort == 'high' %}H{% endif %}",
        "reasoning_effort",
        ["none", "low", "low", "medium", "high", "high", "high"],
    ),
    (
        "{% if reasoning_effort == 'max' %}M{% endif %}{% if thinking %}T{% endif %}",
        "reasoning_effort",
        [None, "minimal", "low", "medium", "high", "max", "max"],
    ),
    (refuse_others("reasoning_effort", "['fast']"), "reasoning_effort", [None] * 7),
    ("{{ thinking_mode == 'disabled' }}", "thinking_mode", ["disabled", *["enabled"] * 6]),
    ("{{ thinking_budget }}", "thinking_budget", [0, 512, 1024, 4096, 8192, 16384, None]),
    ("", "reasoning_effort", [None] * 7),
]


@pytest.mark.parametrize(("source", "name", "expected"), LEVELS)
def test_an_effort_has_the_word_of_the_template(source: str, name: str, expected: list[Any]) -> None:
    """The nearest that a template knows; low, medium and high where it writes any word as it is."""
    assert words(source, name) == expected


@pytest.mark.parametrize(("source", "can"), [(source, any(words)) for source, _, words in LEVELS])
def test_whether_a_template_can_be_told(source: str, can: bool) -> None:
    """A template that has a word for some effort can be told."""
    assert bool(dialect(source).traits.efforts) is can


@pytest.mark.parametrize("effort", [None, *EFFORTS])
@pytest.mark.parametrize("source", [source for source, _, _ in LEVELS])
def test_no_effort_is_refused(source: str, effort: Effort | None) -> None:
    """Whatever a request may ask for renders, and without an effort the template's default stays."""
    (prompt,) = dialect(source).render(Conversation((Turn("user", "Hi"),), effort=effort))
    assert isinstance(prompt, str) and prompt.endswith("<user>Hi")


def test_without_an_effort_nothing_is_said() -> None:
    """The template's own default stays."""
    source = "{{ enable_thinking is defined }}{{ reasoning_effort is defined }}"
    assert dialect(source).render(Conversation((Turn("user", "Hi"),))) == ("FalseFalse<user>Hi",)
