"""A whole answer in Harmony's channels as one grammar: analysis, then a call, a final text, or JSON.

The prompt has opened the message already; `<|call|>` and `<|return|>` end a turn, so they stand in no rule.
"""

from antiphon.dialect.grammar.arguments import write_arguments
from antiphon.dialect.grammar.customs import write_open
from antiphon.dialect.grammar.turn import TurnWriter, response_part

ANALYSIS = "<|channel|>analysis<|message|>"
COMMENTARY = "<|channel|>commentary<|message|>"
FINAL = "<|channel|>final<|message|>"
NEXT = "<|end|>"
AGAIN = "<|start|>assistant"
MOST_ASIDES = 8


class HarmonyWriter(TurnWriter):
    """The same questions, answered in channels."""

    def _thought(self) -> str:
        """Analysis, and what the user may hear before a call, each in a message of its own."""
        channels = [ANALYSIS] if self.conversation.tool_choice.mode == "required" else [ANALYSIS, COMMENTARY]
        channels = [ANALYSIS] if self.conversation.format else channels
        openings = " | ".join(map(self.lark.literal, channels))
        return f"(({openings}) {self.lark.until(NEXT)} {self.lark.literal(AGAIN)}){{0,{MOST_ASIDES}}}"

    def _final(self) -> str:
        head = self.lark.literal(FINAL)
        if self.conversation.format:
            return f"{head} {self.lark.part(response_part(self.conversation.format))}"
        return f"{head} {self.lark.text()}"

    def _functions(self) -> str:
        form, lark = self.form, self.lark
        calls = (
            f"{lark.literal(form.begins + tool.name + form.middle)} {write_arguments(lark, form, tool, number)}"
            for number, tool in enumerate(self.functions)
        )
        return f"({' | '.join(calls)})"

    def _customs(self) -> str:
        raw, lark = self.form.raw, self.lark
        calls = (
            f"{lark.literal(raw.begins + tool.name + raw.middle)} {write_open(lark, tool, number)}"
            for number, tool in enumerate(self.customs)
        )
        return f"({' | '.join(calls)})"
