"""An instruction at the end of the system prompt, also where that is the template's own.

Many templates write a system prompt of theirs where a conversation has none, and leave it out when
it has one. It is kept: a mark stands for it until the prompt is written, because its control tokens
are the template's and not text.
"""

from itertools import takewhile
from typing import Any

from msgspec.structs import replace

from antiphon.dialect.conversation import Turn
from antiphon.dialect.normalize import normalize
from antiphon.dialect.template import Template
from antiphon.dialect.traits import Traits
from antiphon.dialect.wording import paragraphs
from antiphon.errors import TemplateRefused

OWN_PROMPT = "\U0010ffff"
"""Stands for the template's own system prompt."""

Turns = tuple[Turn, ...]


def with_instruction(turns: Turns, instruction: str, own_prompt: str) -> Turns:
    """The instruction in the last turn of the system prompt, or in one that begins with the template's own."""
    num_first = len(list(takewhile(lambda turn: turn.role in ("system", "developer"), turns)))
    if not num_first:
        return (Turn("system", paragraphs((own_prompt and OWN_PROMPT, instruction))), *turns)
    last = turns[num_first - 1]
    return (*turns[: num_first - 1], replace(last, text=paragraphs((last.text, instruction))), *turns[num_first:])


def find_own_prompt(template: Template, traits: Traits, variables: dict[str, Any]) -> str:
    """What the template writes in the place of a system turn where there is none, as it writes it with these
    variables.
    """
    user = Turn("user", "Hello.")
    try:
        without, within = (
            template.render(normalize(turns, traits), **variables)
            for turns in ((user,), (Turn("system", OWN_PROMPT), user))
        )
    except TemplateRefused:
        return ""
    before, _, after = within.partition(OWN_PROMPT)
    is_same = len(without) > len(before + after) and without.startswith(before) and without.endswith(after)
    return without[len(before) : len(without) - len(after)].strip() if is_same else ""
