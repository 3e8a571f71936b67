"""How it is put into plain words what a template has no place for: names, calls, results.

The form is the one that most open models have seen.
"""

from collections.abc import Iterable

from antiphon.dialect.arguments import parse_object
from antiphon.dialect.conversation import ToolCall, Turn
from antiphon.dialect.families import FORMS
from antiphon.dialect.writing import write_call, write_custom, write_raw


def render_named(turn: Turn) -> str:
    """A text with the name of who says it."""
    return f"{turn.name}: {turn.text}".rstrip(" ") if turn.name else turn.text


def render_call(call: ToolCall, form_name: str) -> str:
    """A call as the family writes it, with its arguments as they are where its notation is JSON."""
    form = FORMS[form_name]
    if call.kind == "custom":
        return write_custom(form, call.name, call.arguments)
    parsed = parse_object(call.arguments)
    if form.notation == "json" or parsed is None:
        return write_raw(form, call.name, call.arguments.strip() or "{}")
    return write_call(form, call.name, parsed)


def render_result(turn: Turn) -> str:
    """A tool's text with the tool, or else the call, that it comes from."""
    source = turn.name or turn.tool_call_id
    return f"Result{f' of {source}' if source else ''}:\n{turn.text}"


def paragraphs(texts: Iterable[str | None]) -> str:
    """Texts with a blank line between."""
    return "\n\n".join(text for text in texts if text)
