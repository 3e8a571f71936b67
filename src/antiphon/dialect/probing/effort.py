"""How a template is told how much to reason: which of the known switches it reads, and their words for it.

Found out by giving it words and looking whether they raise or change anything. So no effort that a
request may ask for is one that the template refuses.
"""

from collections.abc import Callable, Iterable
from typing import Any, get_args

from antiphon.dialect.conversation import Effort

Render = Callable[[dict[str, Any]], str | None]
"""A prompt with these variables, or None when the template raises."""

EFFORTS: tuple[Effort, ...] = get_args(Effort)
ON_OFF = ("enable_thinking", "thinking")
LEVELS = ("reasoning_effort", "thinking_effort", "reasoning_strength")
WORDS: dict[str, dict[Effort, Any]] = {
    "thinking_mode": {effort: "disabled" if effort == "none" else "enabled" for effort in EFFORTS},
    "thinking_budget": {"none": 0, "minimal": 512, "low": 1024, "medium": 4096, "high": 8192, "xhigh": 16384},
}
"""Switches with words of their own. A budget counts tokens, and has no end unless it is given."""
SWITCHES = frozenset({*ON_OFF, *LEVELS, *WORDS})

STRANGER = "whatever"
USUAL = ("low", "medium", "high")
"""What a template knows that writes any word as it is: the levels that such models were trained on."""
NONE_AT_ALL = ("none", "no_think", "off", "disabled")
NEAREST: dict[Effort, tuple[str, ...]] = {
    "none": NONE_AT_ALL,
    "minimal": ("minimal", "low"),
    "low": ("low",),
    "medium": ("medium",),
    "high": ("high",),
    "xhigh": ("xhigh", "max", "high"),
    "max": ("max", "xhigh", "high"),
}
"""Words that come as near as can be where a template knows some and takes any other for its plain mode."""


def find_efforts(reads: Iterable[str], render: Render) -> dict[Effort, dict[str, Any]]:
    """The variables that tell a template each effort. reads: the variables that it knows."""
    known = SWITCHES & set(reads)
    on_off = known & set(ON_OFF)
    words = {name: WORDS[name] for name in known & WORDS.keys()}
    for name in known & set(LEVELS):
        words[name] = find_levels(name, lambda given: render({**dict.fromkeys(on_off, True), **given}), bool(on_off))
    efforts = {
        effort: {
            **dict.fromkeys(sorted(on_off), effort != "none"),
            **{name: levels[effort] for name, levels in sorted(words.items()) if effort in levels},
        }
        for effort in EFFORTS
    }
    return {effort: given for effort, given in efforts.items() if given and render(given) is not None}


def find_levels(name: str, render: Render, can_be_off: bool) -> dict[Effort, Any]:
    """The template's word for each effort that it has one for. can_be_off: another switch says `none`."""
    strange = render({name: STRANGER})
    if strange is not None and STRANGER in strange:
        return {effort: next(level for level in by_distance(effort) if level in USUAL) for effort in EFFORTS}
    known = {word for word in (*EFFORTS, *NONE_AT_ALL) if render({name: word}) not in (None, strange)}
    words: dict[Effort, Any] = {}
    for effort in EFFORTS:
        near = by_distance(effort) if strange is None else NEAREST[effort]
        word = next((word for word in near if word in known), None if strange is None else effort)
        if word is not None and not (effort == "none" and can_be_off and word not in known.intersection(NONE_AT_ALL)):
            words[effort] = word
    return words


def by_distance(effort: Effort) -> list[str]:
    """All levels, the nearest first; of two the lower."""
    place = EFFORTS.index(effort)
    levels: list[str] = sorted(EFFORTS[1:], key=lambda level: abs(EFFORTS.index(level) - place))
    return [*NONE_AT_ALL, *levels] if effort == "none" else levels
