"""The dialect of a model: from a conversation to the prompt it was trained to see, and to what may come of it.

It fits the conversation to what the model's template can take, and keeps what comes from the
request apart from what the template writes. It knows nothing of how tokens are computed.
"""

from typing import Any

from msgspec import Struct

from antiphon.dialect.breakpoints import find_breakpoints
from antiphon.dialect.conversation import Conversation, Tool
from antiphon.dialect.families import FORMS
from antiphon.dialect.form import Form, Thinking
from antiphon.dialect.grammar.grammar import Grammar
from antiphon.dialect.grammar.harmony import HarmonyWriter
from antiphon.dialect.grammar.schema import string_parameters
from antiphon.dialect.grammar.turn import TurnWriter
from antiphon.dialect.instruction import OWN_PROMPT, find_own_prompt, with_instruction
from antiphon.dialect.listing import guard_tools, list_tools
from antiphon.dialect.message import find_texts, rewrite
from antiphon.dialect.normalize import normalize
from antiphon.dialect.probing.probe import find_traits
from antiphon.dialect.probing.tools import find_thinking
from antiphon.dialect.prompt import Breakpoint, ControlTokens, Marks, Piece, Pieces, choose_marks, put_media
from antiphon.dialect.reading.reading import Reading
from antiphon.dialect.teaching import build_lesson
from antiphon.dialect.template import Template
from antiphon.dialect.traits import Traits
from antiphon.dialect.writing import to_json
from antiphon.errors import TemplateRefused
from antiphon.recent import Recent

TAIL_PIECES = 8
MOST_KEPT, MOST_KEPT_BYTES = 64, 16 << 20
"""Of what was made for tools and formats: clients send the same with every request."""


class Plan(Struct, frozen=True):
    """A prompt, and the answer to it: what it may be, and how it is read. breakpoints: where prefixes end that are to
    be kept, in their order.
    """

    prompt: Pieces
    grammar: Grammar | None = None
    reading: Reading | None = None
    breakpoints: tuple[Breakpoint, ...] = ()


Answer = tuple[Grammar | None, Reading | None]
Listed = dict[str, Any]


class Dialect:
    """`bos`: a token the model wants before everything, or None.

    traits: what the template takes. plain: the least, for the history that it refuses all the same.
    form: how the model calls. thinking: how it marks what it thinks, if it does.
    """

    def __init__(self, template: Template, control: ControlTokens, *, bos: int | None) -> None:
        self.template = template
        self.control = control
        self.bos = bos
        self.traits, self.plain = find_traits(template)
        self.form: Form = FORMS[self.traits.form]
        self.answers: Recent[str, Answer] = Recent(MOST_KEPT, most_weight=MOST_KEPT_BYTES)
        self.listings: Recent[tuple[str, Marks], Listed] = Recent(MOST_KEPT, most_weight=MOST_KEPT_BYTES)
        self.thinking = None if self.form.channels else find_thinking(template, self.traits)

    def plan(self, conversation: Conversation) -> Plan:
        """Everything an engine needs for an answer. Raises `TemplateRefused`."""
        prompt = self.render(conversation)
        thinking, thinks = self._see_thinking(prompt)
        asked = (conversation.tools, conversation.tool_choice, conversation.format, thinking, thinks)
        key = repr(asked)
        answer = self.answers.find_or_make(key, lambda: self._answer(conversation, thinking, thinks=thinks), len(key))
        return Plan(prompt, *answer, find_breakpoints(conversation, prompt, self.render))

    def _answer(self, conversation: Conversation, thinking: Thinking | None, *, thinks: bool) -> Answer:
        """What the answer may be, and how it is read."""
        writer = HarmonyWriter if self.form.channels else TurnWriter
        grammar = writer(conversation, self.form, self.control, thinking, thinks=thinks).write()
        return grammar, self._reading(conversation, thinking, thinks=thinks)

    def render(self, conversation: Conversation) -> Pieces:
        """The prompt as control tokens and plain text. Raises `TemplateRefused`."""
        try:
            pieces = self._render(conversation, self.traits)
        except TemplateRefused as refused:
            try:
                pieces = self._render(conversation, self.plain)
            except TemplateRefused:
                raise refused from None
        if self.bos is not None and pieces[:1] != (self.bos,):
            return (self.bos, *pieces)
        return pieces

    def _render(self, conversation: Conversation, traits: Traits) -> Pieces:
        functions = [tool for tool in conversation.tools if tool.kind == "function"]
        listed = list_tools(functions, traits)
        efforts = traits.efforts.get(conversation.effort, {}) if conversation.effort else {}
        lesson = build_lesson(conversation, FORMS[traits.form], knows_functions=bool(listed))
        messages = normalize(conversation.turns, traits)
        told = to_json(listed)
        marks = choose_marks([*find_texts(messages), told, lesson, OWN_PROMPT])

        def guard(text: str) -> str:
            return self.control.guard(text, marks)

        given = self.listings.find_or_make((told, marks), lambda: guard_tools(listed, guard), len(told))
        variables = {**traits.given, **efforts, **given}
        own_prompt = find_own_prompt(self.template, traits, variables) if lesson else ""
        if lesson:
            messages = normalize(with_instruction(conversation.turns, lesson, own_prompt), traits)
        try:
            rendered = self.template.render(rewrite(messages, guard), **variables)
        except TemplateRefused as refused:
            refused.message = self.control.reveal(refused.message, marks)
            refused.args = (refused.message,)
            raise
        if own_prompt:
            rendered = rendered.replace(OWN_PROMPT, own_prompt, 1)
        pieces = self.control.split(rendered, marks)
        return put_media(pieces, conversation.media) if conversation.media else pieces

    def _see_thinking(self, prompt: Pieces) -> tuple[Thinking | None, bool]:
        """How the model may think in its answer, and whether the prompt ends within a thought."""
        if self.thinking is None:
            return None, False
        tail = "".join(map(self._spell, prompt[-TAIL_PIECES:]))
        if tail.rstrip().endswith(self.thinking.ends):
            return None, False
        return self.thinking, tail.rstrip().endswith(self.thinking.begins.rstrip())

    def _spell(self, piece: Piece) -> str:
        """As text; what is seen or heard is none."""
        if isinstance(piece, int):
            return self.control.spellings[piece]
        return piece if isinstance(piece, str) else ""

    def _reading(self, conversation: Conversation, thinking: Thinking | None, *, thinks: bool) -> Reading | None:
        """None where everything is text."""
        called = conversation.callable
        if not (called or thinking or self.form.channels):
            return None
        strings = {tool.name: self._strings(tool) for tool in called if tool.kind == "function"}
        return Reading(
            form=self.form.name,
            functions={name: tuple(given) for name, given in strings.items()},
            nullable={name: tuple(key for key in given if given[key]) for name, given in strings.items()},
            customs=tuple(tool.name for tool in called if tool.kind == "custom"),
            must_call=conversation.tool_choice.mode == "required",
            thinking=thinking,
            thinks=thinks,
        )

    def _strings(self, tool: Tool) -> dict[str, bool]:
        """The arguments of a function that are strings without quotes, and whether null may stand for them, where only
        the schema tells.
        """
        tags = self.form.tags
        return string_parameters(tool, tags.value_ends) if tags and tags.json_ends is None else {}
