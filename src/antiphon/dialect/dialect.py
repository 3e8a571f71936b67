"""The dialect of a model: from a conversation to the prompt it was trained to see.

It fits the conversation to what the model's template can take, and keeps what comes from the
request apart from what the template writes. It knows nothing of how tokens are computed.
"""

from antiphon.dialect.conversation import Conversation
from antiphon.dialect.message import find_texts, rewrite
from antiphon.dialect.normalize import normalize
from antiphon.dialect.probing.effort import SWITCHES
from antiphon.dialect.probing.probe import find_traits
from antiphon.dialect.prompt import ControlTokens, Pieces, choose_marks
from antiphon.dialect.template import Template
from antiphon.dialect.traits import Traits
from antiphon.errors import TemplateRefused


class Dialect:
    """`bos`: a token the model wants before everything, or None.

    traits: what the template takes. plain: the least, for the history that it refuses all the same.
    reasons: whether it can be told how much to reason.
    """

    def __init__(self, template: Template, control: ControlTokens, *, bos: int | None) -> None:
        self.template = template
        self.control = control
        self.bos = bos
        self.traits, self.plain = find_traits(template)
        self.reasons = bool(template.reads & SWITCHES)

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
        messages = normalize(conversation.turns, traits)
        marks = choose_marks(find_texts(messages))
        guarded = rewrite(messages, lambda text: self.control.guard(text, marks))
        variables = {**traits.given, **(traits.efforts.get(conversation.effort, {}) if conversation.effort else {})}
        try:
            return self.control.split(self.template.render(guarded, **variables), marks)
        except TemplateRefused as refused:
            refused.message = self.control.reveal(refused.message, marks)
            refused.args = (refused.message,)
            raise
