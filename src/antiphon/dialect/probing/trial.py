"""Trial histories rendered on a template, and what can be seen in the prompts.

Knows no trait; which of them to try on what is for probe.py and calls.py.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from antiphon.dialect.conversation import Role, Turn
from antiphon.dialect.normalize import normalize
from antiphon.dialect.probing.histories import build_history, find, find_lost
from antiphon.dialect.template import Template
from antiphon.dialect.traits import Traits
from antiphon.errors import TemplateRefused

STRANGER = "bystander"
"""A role that no template knows."""
UGLY = ("{'", '\\"', "None", "null")
"""Signs of an object written as Python does, JSON written as JSON once more, nothing as a word."""
RAW_PART = re.compile("""['"]type['"]: ?['"](text|thinking)['"]""")
"""A part of a content as it is, where a template wants no parts."""


class Trial:
    """apart: something must stand between turns."""

    def __init__(self, template: Template, *, apart: bool = True) -> None:
        self.template = template
        self.apart = apart

    def render(self, traits: Traits, letters: str, **variables: Any) -> str | None:
        """The prompt of a history, or None when it does not come out whole."""
        turns = history(letters)
        try:
            prompt = self.template.render(normalize(turns, traits), **{**traits.given, **variables})
        except TemplateRefused:
            return None
        return None if RAW_PART.search(prompt) or find_lost(turns, prompt, apart=self.apart) else prompt

    def takes(self, traits: Traits, histories: Iterable[str]) -> bool:
        """Whether all of these come out whole."""
        return all(self.render(traits, letters) is not None for letters in histories)

    def first(self, options: Iterable[Traits], histories: Sequence[str]) -> Traits | None:
        """The first that takes all."""
        return next((traits for traits in options if self.takes(traits, histories)), None)

    def best(self, options: Iterable[Traits], histories: Sequence[str]) -> Traits | None:
        """Of those that take all the one with the least that is ugly, and then the shortest prompt."""
        taking = [traits for traits in options if self.takes(traits, histories)]
        return min(taking, key=lambda traits: self.cost(traits, histories[0]), default=None)

    def cost(self, traits: Traits, letters: str) -> tuple[int, int]:
        """How ugly a prompt is, and how long."""
        prompt = self.render(traits, letters) or ""
        return sum(map(prompt.count, UGLY)), len(prompt)

    def knows(self, role: Role, traits: Traits, letters: str) -> bool:
        """Whether the role of a history comes out unlike one that nobody knows, however it is capitalized."""
        prompt = self.render(traits, letters)
        messages = normalize(history(letters), traits)
        strange = [{**message, "role": STRANGER} if message["role"] == role else message for message in messages]
        try:
            other = self.template.render(strange, **traits.given)
        except TemplateRefused:
            return prompt is not None
        return prompt is not None and prompt.lower() != other.lower().replace(STRANGER, role)

    def introduces(self, traits: Traits, letters: str, number: int, other: str, other_number: int) -> bool:
        """Whether the same words stand before the turns with these numbers in two histories: who speaks is told."""
        first = self._before(traits, letters, number)[::-1]
        second = self._before(traits, other, other_number)[::-1]
        return any(map(str.isalnum, first[: num_alike(first, second)]))

    def _before(self, traits: Traits, letters: str, number: int) -> str:
        """What stands between a turn's text and the one before."""
        prompt = self.render(traits, letters) or ""
        spans = [find(turn.text, prompt, 0) or (0, 0) for turn in history(letters)]
        return prompt[spans[number - 1][1] if number else 0 : spans[number][0]]

    def opening(self, traits: Traits) -> str:
        """What lets the assistant speak after a user: what comes only then, or else all that comes."""
        opened, closed = self.after(traits, "U"), self.after(traits, "U", add_generation_prompt=False)
        return opened if opened == closed else opened[num_alike(opened, closed) :]

    def after(self, traits: Traits, letters: str, **variables: Any) -> str:
        """What stands behind the last text."""
        prompt = self.render(traits, letters, **variables) or ""
        span = find(history(letters)[-1].text, prompt, 0)
        return prompt[span[1] :] if span else ""


@cache
def history(letters: str) -> tuple[Turn, ...]:
    """Trial turns, built once for all templates."""
    return build_history(letters)


def num_alike(first: str, second: str) -> int:
    """How many letters are the same from the beginning."""
    pairs = zip(first, second, strict=False)
    alike = min(len(first), len(second))
    return next((number for number, pair in enumerate(pairs) if pair[0] != pair[1]), alike)
