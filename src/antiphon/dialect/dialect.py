"""The dialect of a model: from a conversation to the prompt it was trained to see.

It fits the conversation to what the model's template can take, and keeps what comes from the
request apart from what the template writes. It knows nothing of how tokens are computed.
"""

from antiphon.dialect.conversation import Conversation
from antiphon.dialect.instruction import OWN_PROMPT, find_own_prompt, with_instruction
from antiphon.dialect.message import find_texts, rewrite
from antiphon.dialect.normalize import normalize
from antiphon.dialect.probing.probe import find_traits
from antiphon.dialect.prompt import ControlTokens, Pieces, choose_marks
from antiphon.dialect.template import Template
from antiphon.dialect.traits import Traits
from antiphon.errors import TemplateRefused


class Dialect:
    """`bos`: a token the model wants before everything, or None.

    traits: what the template takes. plain: the least, for the history that it refuses all the same.
    """

    def __init__(self, template: Template, control: ControlTokens, *, bos: int | None) -> None:
        self.template = template
        self.control = control
        self.bos = bos
        self.traits, self.plain = find_traits(template)

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
        variables = {**traits.given, **(traits.efforts.get(conversation.effort, {}) if conversation.effort else {})}
        turns, own_prompt = conversation.turns, ""
        if conversation.instruction:
            own_prompt = find_own_prompt(self.template, traits, variables)
            turns = with_instruction(turns, conversation.instruction, own_prompt)
        messages = normalize(turns, traits)
        marks = choose_marks(find_texts(messages))
        guarded = rewrite(messages, lambda text: self.control.guard(text, marks))
        try:
            rendered = self.template.render(guarded, **variables)
        except TemplateRefused as refused:
            refused.message = self.control.reveal(refused.message, marks)
            refused.args = (refused.message,)
            raise
        return self.control.split(rendered.replace(OWN_PROMPT, own_prompt, 1) if own_prompt else rendered, marks)
