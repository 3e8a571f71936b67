"""Finds out what a chat template takes, by rendering trial histories and looking at what comes out.

A trait is taken on when the histories that need it come out whole with it, through the very step
that requests go through. So nothing is known here of single templates, only of what they may differ in.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from msgspec.structs import replace

from antiphon.dialect.conversation import Role
from antiphon.dialect.probing.calls import find_calls
from antiphon.dialect.probing.effort import SWITCHES, find_efforts
from antiphon.dialect.probing.histories import find
from antiphon.dialect.probing.tools import find_tools
from antiphon.dialect.probing.trial import Trial, history
from antiphon.dialect.template import Template
from antiphon.dialect.traits import NOBODY, PLAIN, Roles, Traits

UNASKED: tuple[dict[str, Any], ...] = ({"tools": None, "documents": None}, {})
"""What is given where a request has no tools: `transformers` gives None, but some templates are written for nothing."""
CALLERS = SWITCHES | {"messages", "tools", "documents", "add_generation_prompt"}
"""Variables that mean something when they are given."""

SYSTEM_ANYWHERE = ("S U", "S", "S S U A", "U S", "U S U", "U A S U A", "U S A U", "U A S", "S- U A", "S A")
SYSTEM_FIRST = ("S U", "S", "S A", "S U A U", "S- U A")
NAMED: dict[Role, str] = {
    "user": "U@ A U", "assistant": "U A@ U", "system": "S@ U", "developer": "D@ U", "tool": "U F A",
}  # fmt: skip
REASONED = ("U A? U A", "U C? T", "U B? T A? U A?", "U A?")
SETTLED = (
    *("U", "A", "T", "U A", "A U", "U U", "A A", "S U A U A U", "S S D U", "D S U", "U D U A", "U A S U", "S D A A U"),
    *("U C T T A", "P T U", "U M T A U", "U L T A", "S U B T B T A U", "U C U", "U Q T U", "U C A T U", "U T A U"),
    *("U S C T S U", "U A- U- A", "U@ A@ U S@ A", "F U", "A? U C? T A?", "U A C T T U", "U B? T A? U", "D U Q? T T A"),
)
"""What goes together in requests."""
RETREATS: tuple[dict[str, Any], ...] = (
    {"reasoning": None},
    {"strays": False},
    {"calls": "none", "results": "none", "strays": False},
    {"system": "first", "developer": "nowhere"},
    {"system": "nowhere"},
    {"opens_with": "user", "joins": PLAIN.joins, "closes": PLAIN.closes},
)
"""What is given up in turn until it does."""


def find_traits(template: Template) -> tuple[Traits, Traits]:
    """What the template takes, and the least that it takes: of all templates where it does not show any text."""
    plain = find_plain(template)
    if plain is None:
        return Traits(), PLAIN
    trial = Trial(template)
    traits = replace(plain, closes=NOBODY)
    for find_more in (find_turns, find_system, find_developer, find_closes, find_calls, find_names, find_reasoning):
        traits = find_more(trial, traits)
    for retreat in RETREATS:
        if trial.takes(traits, SETTLED):
            break
        traits = replace(traits, **retreat)
    traits = find_tools(trial, traits)
    return traits, replace(plain, form=traits.form)


def find_plain(template: Template) -> Traits | None:
    """How users' and the assistant's texts are written, and what the template wants of its caller."""
    trial = Trial(template, apart=False)
    forms = [
        replace(PLAIN, parts=parts, wants_system=wants_system)
        for wants_system, parts in product((False, True), (NOBODY, Roles({"user"})))
    ]
    found = (trial.best((replace(form, given=given) for given in UNASKED), ["U"]) for form in forms)
    traits = next(filter(None, found), None) or trial.first(stand_in(trial, forms), ["U"])
    if traits is None:
        return None
    options = (replace(traits, parts=parts) for parts in (traits.parts, traits.parts | {"assistant"}))
    traits = trial.first(options, ["U A U"]) or traits
    options = (replace(traits, blank=blank) for blank in ("", " ", "…"))
    traits = trial.best(options, ["U A- U A", "U- A U", "U A U-"]) or traits
    efforts = find_efforts(template.reads, lambda given: trial.render(traits, "U A U", **given))
    return replace(traits, efforts=efforts)


def stand_in(trial: Trial, forms: Iterable[Traits]) -> Iterator[Traits]:
    """Empty strings for the variables without which a template does not render at all."""
    template = trial.template
    for form in forms:
        needed = dict.fromkeys(sorted(template.reads - CALLERS - template.variables.keys()), "")
        for name in tuple(needed):
            fewer = {key: value for key, value in needed.items() if key != name}
            needed = fewer if trial.takes(replace(form, given=fewer), ["U"]) else needed
        yield replace(form, given=needed)


def find_turns(trial: Trial, plain: Traits) -> Traits:
    """Which turns may follow their own kind, and who may begin."""
    traits = plain
    rows: tuple[tuple[Role, str, int], ...] = (("user", "U A U U A U U U", 2), ("assistant", "U A A U A A A U", 1))
    for role, letters, number in rows:
        alone = replace(traits, joins=traits.joins - {role})
        if trial.takes(alone, [letters]) and trial.introduces(alone, letters, number, letters, number + 1):
            traits = alone
    for closes, opens_with in product((NOBODY, PLAIN.closes), ("anybody", "some_user")):
        opened = replace(traits, closes=closes, opens_with=opens_with)
        if trial.takes(opened, ["A", "A U", "A U A"]) and trial.introduces(opened, "A U", 0, "U A U", 1):
            return opened
    return traits


def find_system(trial: Trial, traits: Traits) -> Traits:
    """Where system turns have a place."""
    for closes, parts in product((traits.closes, PLAIN.closes), (traits.parts, traits.parts | {"system"})):
        form = replace(traits, closes=closes, parts=parts)
        anywhere, first = replace(form, system="anywhere"), replace(form, system="first")
        if found := trial.first([anywhere], SYSTEM_ANYWHERE) or trial.first([first], SYSTEM_FIRST):
            return found
    return traits


def find_developer(trial: Trial, traits: Traits) -> Traits:
    """Where developer turns have a place of their own."""
    for place, seen, histories in (("anywhere", "U D U", SYSTEM_ANYWHERE), ("first", "D U", SYSTEM_FIRST)):
        placed = replace(traits, developer=place)
        if trial.knows("developer", placed, seen) and trial.takes(placed, (old.replace("S", "D") for old in histories)):
            return placed
    return traits


def find_closes(trial: Trial, traits: Traits) -> Traits:
    """After whose turns the assistant is not let speak: nothing comes that opens its turn."""
    opening = trial.opening(traits)
    closes = PLAIN.closes & find_speakers(traits)
    endings: dict[Role, tuple[str, ...]] = {"assistant": ("U A",), "system": ("S", "U S"), "developer": ("D", "U D")}
    for role, histories in endings.items():
        opened = replace(traits, closes=closes - {role})
        if all((trial.render(opened, letters) or "\0").endswith(opening) for letters in histories):
            closes = opened.closes
    return replace(traits, closes=closes)


def find_speakers(traits: Traits) -> Roles:
    """The roles that remain."""
    takes = {"system": traits.system != "nowhere", "developer": traits.developer != "nowhere", "tool": traits.strays}
    return Roles(role for role in NAMED if takes.get(role, True))


def find_names(trial: Trial, traits: Traits) -> Traits:
    """Whose names it writes."""
    speakers = find_speakers(traits)
    for role, history_with_name in NAMED.items():
        named = replace(traits, names=traits.names | {role})
        traits = named if role in speakers and trial.takes(named, [history_with_name]) else traits
    return traits


def find_reasoning(trial: Trial, traits: Traits) -> Traits:
    """From which field it reads past reasoning. It may write it in few places, and only while it reasons itself."""
    switches = traits.efforts.get("high", {})
    thoughts = {turn.reasoning for letters in REASONED for turn in history(letters) if turn.reasoning}
    for field in ("reasoning_content", "reasoning", "thinking", "part"):
        reading = replace(traits, reasoning=field)
        prompts = [trial.render(reading, letters, **switches) or "" for letters in REASONED]
        read = any(find(thought, prompt, 0) for prompt in prompts for thought in thoughts)
        if read and all(prompts) and trial.takes(reading, REASONED):
            return reading
    return traits
