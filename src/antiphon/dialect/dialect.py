"""The dialect of a model: from a conversation to the prompt it was trained to see.

One dialect so far, for any template that writes turns of text. It fits the conversation to
what the template can write; it knows nothing of how tokens are computed.
"""

from antiphon.dialect.conversation import Conversation, Turn
from antiphon.dialect.prompt import ControlTokens, Marks, Pieces, choose_marks
from antiphon.dialect.template import Template


class Dialect:
    """`bos`: a token the model wants before everything, or None."""

    def __init__(self, template: Template, control: ControlTokens, *, bos: int | None) -> None:
        self.template = template
        self.control = control
        self.bos = bos
        self.writes_names = "name" in _fields_read(template.source)
        self.writes_tools = "'tool'" in template.source or '"tool"' in template.source

    def render(self, conversation: Conversation) -> Pieces:
        """The prompt as control tokens and plain text. Raises `TemplateRefused`."""
        marks = choose_marks(
            text for turn in conversation for text in (turn.text, turn.name, turn.tool_call_id) if text
        )
        rendered = self.template.render([self._message(turn, marks) for turn in conversation])
        pieces = self.control.split(rendered, marks)
        if self.bos is not None and pieces[:1] != (self.bos,):
            return (self.bos, *pieces)
        return pieces

    def _message(self, turn: Turn, marks: Marks) -> dict[str, str]:
        fitted = self._fit(turn)
        message = {"role": fitted.role, "content": self.control.guard(fitted.text, marks)}
        if fitted.name is not None:
            message["name"] = self.control.guard(fitted.name, marks)
        if fitted.tool_call_id is not None:
            message["tool_call_id"] = self.control.guard(fitted.tool_call_id, marks)
        return message

    def _fit(self, turn: Turn) -> Turn:
        """What the template has no place for goes into the text: tools' turns and participants' names."""
        if turn.role == "tool" and not self.writes_tools:
            source = turn.name or turn.tool_call_id
            return Turn("user", f"Result of {source}:\n{turn.text}")
        if turn.name is not None and not self.writes_names:
            return Turn(turn.role, f"{turn.name}: {turn.text}")
        return turn


def _fields_read(source: str) -> set[str]:
    """Which of a message's fields a template reads, going by how it spells them."""
    spellings = ("message.{}", "message['{}']", 'message["{}"]')
    return {field for field in ("name",) if any(spelling.format(field) in source for spelling in spellings)}
