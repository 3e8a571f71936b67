"""A whole answer as one grammar: reasoning where the model has it, then calls, text, or JSON.

What may follow what is decided here, for every tool choice and response format. Knows no notation.
"""

import json

from antiphon.dialect.conversation import Conversation, JsonFormat
from antiphon.dialect.form import Form, Thinking
from antiphon.dialect.grammar.arguments import write_arguments
from antiphon.dialect.grammar.customs import write_closed, write_open
from antiphon.dialect.grammar.grammar import Grammar, Part
from antiphon.dialect.grammar.lark import Lark
from antiphon.dialect.grammar.schema import response_schema
from antiphon.dialect.prompt import ControlTokens

MOST_CALLS, MOST_IN_BLOCK = 32, 4
"""In one answer. A weak model would go on to the end of its context."""
SPACE = r"(/[ \n]{1,4}/)?"
"""Behind a thought, where no text follows that could begin with it."""


class TurnWriter:
    """thinking: how the model marks what it thinks, if it does. thinks: whether the prompt ends within that."""

    def __init__(
        self, conversation: Conversation, form: Form, control: ControlTokens, thinking: Thinking | None, *, thinks: bool
    ) -> None:
        self.conversation = conversation
        self.form = form
        self.thinking = thinking
        self.thinks = thinks
        self.lark = Lark(control)
        self.functions = [tool for tool in conversation.callable if tool.kind == "function"]
        self.customs = [tool for tool in conversation.callable if tool.kind == "custom"]
        self.parallel = conversation.tool_choice.parallel and form.many
        self.forced = conversation.tool_choice.mode == "required"
        self.at_once = self.forced or conversation.format is not None

    def write(self) -> Grammar | None:
        """None where nothing is asked of the answer."""
        if not self.conversation.format and not self.conversation.tools:
            return None
        return self.lark.build(f"{self._thought()} {self._answer()}")

    def _thought(self) -> str:
        """Reasoning, if any."""
        if not self.thinking:
            return ""
        rest = self.lark.until(self.thinking.ends) + (f" {SPACE}" if self.at_once else "")
        return rest if self.thinks else f"({self.lark.literal(self.thinking.begins)} {rest})?"

    def _answer(self) -> str:
        """Everything behind it."""
        options = [self._functions()] if self.functions else []
        options += [self._customs()] if self.customs else []
        options += [] if self.forced else [self._final()]
        return f"({' | '.join(options)})"

    def _final(self) -> str:
        """What is no call, between the tokens of its own that a family has for it."""
        if self.conversation.format:
            return self._spoken(self.lark.part(response_part(self.conversation.format)))
        return self._spoken(self.lark.text(without=self.markers, unless=self.beginnings))

    def _spoken(self, said: str) -> str:
        """An answer as it stands between such tokens, if it does."""
        speeches = [speech for speech in self.form.speeches if self.lark.has_token(speech.begins)]
        if not speeches:
            return said
        begins = " | ".join(self.lark.literal(speech.begins) for speech in speeches)
        ends = " | ".join(self.lark.literal(speech.ends) for speech in speeches)
        return f"({begins})? {said} ({ends})?"

    @property
    def markers(self) -> list[str]:
        """What no text may have within, as it would be read as a call: also of tools that may not be called now."""
        kinds = {tool.kind for tool in self.conversation.tools}
        functions = [self.form.marker, *self.form.heads] if "function" in kinds and not self.form.first else []
        return [*functions, self.form.raw.begins] if "custom" in kinds else functions

    @property
    def beginnings(self) -> list[str]:
        """And what none may begin with."""
        kinds = {tool.kind for tool in self.conversation.tools}
        heads = [self.form.head, *self.form.heads] if "function" in kinds and self.form.first else []
        return [*heads, self.thinking.begins] if self.thinking and not self.thinks else heads

    def _begin(self, head: str, marker: str) -> str:
        """Text, and what stands before the first name."""
        others = [other for other in self.markers if not marker.startswith(other)]
        text = self.lark.until(marker, without=others, unless=self.beginnings)
        return f"{text} {self.lark.template(head.removeprefix(marker))}"

    def _functions(self) -> str:
        """Calls of which the first is a function's. It may begin in other ways that models are used to, unless it must
        come at once.
        """
        form = self.form
        if self.at_once:
            begins = [self.lark.template(form.head)]
        elif form.first:
            begins = [self.lark.loosely(head) for head in (form.head, *form.heads)]
        else:
            begins = [self._begin(form.head, form.marker), *(self._begin(head, head) for head in form.heads)]
        return f"({' | '.join(begins)}) {self._function_block()} {self._more()}"

    def _customs(self) -> str:
        """Calls of which the first is a custom tool's. An input may also run to the end of the answer."""
        raw = self.form.raw
        begin = self.lark.literal(raw.begins) if self.at_once else self._begin(raw.begins, raw.begins)
        larks = [tool for tool in self.customs if tool.grammar and tool.grammar[0] == "lark"]
        heads = [(f"{self.lark.literal(tool.name + raw.middle)}", self.customs.index(tool), tool) for tool in larks]
        last = [f"{head} {write_open(self.lark, tool, number)}" for head, number, tool in heads]
        closed = f"{self._custom_block()} {self._more()}"
        return f"{begin} ({' | '.join([closed, *last])})"

    def _function_block(self) -> str:
        """Functions' calls from the first name on."""
        form, lark = self.form, self.lark
        if "functions" in lark.rules:
            return "functions"
        calls = " | ".join(
            f"{lark.template(tool.name + form.middle)} {write_arguments(lark, form, tool, number)}"
            for number, tool in enumerate(self.functions)
        )
        lark.rule("function", f"({calls}) {lark.template(form.ends)}")
        most = MOST_IN_BLOCK if self.customs else MOST_CALLS
        more = f"({lark.template(form.between + form.begins)} function){{0,{most - 1}}}" if self.parallel else ""
        return lark.rule("functions", f"function {more} {lark.template(form.closes)}")

    def _custom_block(self) -> str:
        """A custom tool's call from the name on."""
        raw, lark = self.form.raw, self.lark
        if "custom" in lark.rules:
            return "custom"
        calls = (
            f"{lark.literal(tool.name + raw.middle)} {write_closed(lark, tool, number, raw.ends)}"
            for number, tool in enumerate(self.customs)
        )
        return lark.rule("custom", " | ".join(calls))

    def _more(self) -> str:
        """Further calls behind those of one kind, where several may be."""
        if not self.parallel or not self.customs:
            return ""
        if "more" not in self.lark.rules:
            kinds = [f"{self.lark.literal(self.form.raw.begins)} {self._custom_block()}"]
            kinds += [f"{self.lark.template(self.form.head)} {self._function_block()}"] if self.functions else []
            most = MOST_CALLS // MOST_IN_BLOCK if self.functions else MOST_CALLS
            self.lark.rule("more", f'("\\n" ({" | ".join(kinds)})){{0,{most - 1}}}')
        return "more"


def response_part(wanted: JsonFormat) -> Part:
    """What a response format asks for."""
    return Part("response", "json", json.dumps(response_schema(wanted.schema), ensure_ascii=False), wanted.place)
