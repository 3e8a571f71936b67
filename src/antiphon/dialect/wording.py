"""How it is put into plain words what a template has no place for: names, calls, results.

The form is the one that most open models have seen.
"""

import json
from collections.abc import Iterable

from antiphon.dialect.conversation import ToolCall, Turn


def render_named(turn: Turn) -> str:
    """A text with the name of who says it."""
    return f"{turn.name}: {turn.text}".rstrip(" ") if turn.name else turn.text


def render_call(call: ToolCall) -> str:
    """A call, with its arguments as they are."""
    arguments = json.dumps({"input": call.arguments}, ensure_ascii=False) if call.kind == "custom" else call.arguments
    name = json.dumps(call.name, ensure_ascii=False)
    return f'<tool_call>\n{{"name": {name}, "arguments": {arguments.strip() or "{}"}}}\n</tool_call>'


def render_result(turn: Turn) -> str:
    """A tool's text with the tool, or else the call, that it comes from."""
    source = turn.name or turn.tool_call_id
    return f"Result{f' of {source}' if source else ''}:\n{turn.text}"


def paragraphs(texts: Iterable[str | None]) -> str:
    """Texts with a blank line between."""
    return "\n\n".join(text for text in texts if text)
