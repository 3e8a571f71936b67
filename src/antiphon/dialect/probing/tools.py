"""Finds out in which form a model calls, and whether its template tells it of functions.

The form is the one by which what the template writes of a past call can be read back. So no family is
guessed by its name, and none is taken for another.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from antiphon.dialect.arguments import parse_object
from antiphon.dialect.conversation import Tool, ToolCall
from antiphon.dialect.families import FORMS, THINKINGS
from antiphon.dialect.form import ID, Form, Thinking
from antiphon.dialect.listing import list_tools
from antiphon.dialect.probing.trial import Trial, history
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.reader import Reader
from antiphon.dialect.reading.reading import Reading
from antiphon.dialect.template import Template
from antiphon.dialect.traits import Traits

WAYS: tuple[dict[str, Any], ...] = (
    {"tools": "tools"},
    {"tools": "xml_tools"},
    {"tools": "tools", "listed": "bare"},
    {"tools": "functions", "listed": "bare"},
    {"tools": "functions", "listed": "text"},
)
"""In which published templates take functions."""
TRIAL = Tool(
    "trial_tool",
    description="Does trials.",
    parameters={
        "type": "object",
        "properties": {"trial_key": {"type": "string", "description": "What is tried."}},
        "required": ["trial_key"],
    },
)
WORDS = ("trial_tool", "Does trials.", "trial_key", "What is tried.")
WITH_TOOLS = ("U A U", "S U A U")
NO_CONTROL = ControlTokens({})


def find_tools(trial: Trial, traits: Traits) -> Traits:
    """The form, and how functions are listed. A template that lists them for a form that is not known is not let."""
    listing = next((way for way in ways(traits) if tells(trial, way)), None)
    form = find_form(trial, traits) or (find_signs(trial.template) if listing else None)
    if form is None:
        return traits
    return replace(listing or traits, form=form.name)


def ways(traits: Traits) -> Iterator[Traits]:
    """In which functions may be given."""
    return (replace(traits, **way) for way in WAYS)


def tells(trial: Trial, traits: Traits) -> bool:
    """Whether everything of a function comes out."""
    given = list_tools([TRIAL], traits)
    prompts = [trial.render(traits, letters, **given) or "" for letters in WITH_TOOLS]
    return all(word in prompt for prompt in prompts for word in WORDS)


def find_form(trial: Trial, traits: Traits) -> Form | None:
    """That in which a past call can be read back, and of several the one that writes most like it."""
    if traits.calls == "none":
        return None
    call = history("U C")[1].tool_calls[0]
    whole = trial.render(traits, "U C") or ""
    opened = trial.after(traits, "U")
    answer = whole.partition(history("U C")[0].text)[2]
    answer = answer.removeprefix(opened) if answer.startswith(opened) else answer
    reading = (form for form in FORMS.values() if reads_back(form, answer, call))
    return max(reading, key=lambda form: share_of(form, answer), default=None)


def reads_back(form: Form, answer: str, call: ToolCall) -> bool:
    """Whether an answer is this call, and nothing but this call, in a form."""
    reader = Reader(Reading(form=form.name, functions={call.name: ()}), NO_CONTROL)
    segments = reader.push(answer) + reader.finish()
    names = [segment.text for segment in segments if segment.kind == "function"]
    written = "".join(segment.text for segment in segments if segment.kind == "arguments")
    wanted, found = parse_object(call.arguments) or {}, parse_object(written) or {}
    return names == [call.name] and found.keys() == wanted.keys()


def share_of(form: Form, answer: str) -> float:
    """How much of what a form writes around a call is there: readers do without what closes it."""
    squeezed = squeeze(answer)
    texts = re.split(r"\{id\}|\{n\}", ID.join((form.head, form.middle, form.ends + form.closes)))
    return sum(squeeze(text) in squeezed for text in texts) / len(texts)


def squeeze(text: str) -> str:
    """Without white space."""
    return "".join(text.split())


def find_signs(template: Template) -> Form | None:
    """The form of a template that writes no past calls, by what it says of them."""
    return next((form for form in FORMS.values() if any(sign in template.source for sign in form.signs)), None)


def find_thinking(template: Template, traits: Traits) -> Thinking | None:
    """How the model marks what it thinks, which the template writes or speaks of."""
    trial = Trial(template)
    prompts = (trial.render(traits, "U A? U", **given) or "" for given in ({}, *traits.efforts.values()))
    known = "".join((template.source.replace("\\n", "\n"), *prompts))
    return next((marks for marks in THINKINGS if marks.begins in known and marks.ends in known), None)
