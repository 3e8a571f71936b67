"""What is asked of upstreams, and what they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from signal import ITIMER_REAL, SIGALRM, setitimer, signal
from typing import Any

from antiphon.dialect.conversation import Conversation, JsonFormat, Tool, ToolChoice, Turn
from antiphon.engine.base import Decoding, Service
from antiphon.engine.remote.found import Found
from antiphon.engine.remote.kinds import GENERIC, LLAMA_SERVER, OPENAI, SGLANG, VLLM
from antiphon.engine.remote.request.plan import Plan
from antiphon.engine.remote.request.planning import build_plan

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}
ADD, NOW = Tool("add", description="Adds.", parameters=SCHEMA, place="tools[0]"), Tool("now", place="tools[1]")
EXACT = Tool("exact", parameters=SCHEMA, strict=True, place="tools[2]")
SQL = Tool("sql", "custom", "Asks the database.", place="tools[3]")
DAY = Tool("day", "custom", grammar=("regex", r"\d{4}"), place="tools[4]")
CALC = Tool("calc", "custom", grammar=("lark", 'start: N ("+" N)*\nN: /[0-9]+/'), place="tools[5]")
FORMAT = JsonFormat(SCHEMA, "answer", "The sum.", "response_format.json_schema.schema")
JSON = JsonFormat(place="response_format")
REQUIRED, NONE = ToolChoice("required"), ToolChoice("none")
USER = (Turn("user", "Hi"),)

UPSTREAMS = {
    "vllm": Found(kind=VLLM, model="m", takes_lark=True),
    "vllm, text": Found(kind=VLLM, model="m", takes_lark=True, parses_tools=False),
    "vllm, no lark": Found(kind=VLLM, model="m"),
    "sglang": Found(kind=SGLANG, model="m", takes_lark=True),
    "sglang, xgrammar": Found(kind=SGLANG, model="m", parses_tools=False),
    "llama-server": Found(kind=LLAMA_SERVER, model="m"),
    "llama-server, text": Found(kind=LLAMA_SERVER, model="m", parses_tools=False),
    "openai": Found(kind=OPENAI, model="m"),
    "generic": Found(kind=GENERIC, model="m"),
    "generic, text": Found(kind=GENERIC, model="m", parses_tools=False),
}


def only(tool: Tool, *, must: bool = True) -> ToolChoice:
    """That one tool, once."""
    return ToolChoice("required" if must else "auto", frozenset({(tool.kind, tool.name)}), parallel=False)


def ask(*tools: Tool, choice: ToolChoice | None = None, turns: tuple[Turn, ...] = USER, **more: Any) -> Conversation:
    """A conversation."""
    return Conversation(turns, tools, choice or ToolChoice(), **more)


def plan(upstream: str, conversation: Conversation, **decoding: Any) -> Plan:
    """How it goes to one of the table."""
    return build_plan(UPSTREAMS[upstream], conversation, Decoding(**decoding), Service())


def lesson_of(planned: Plan) -> str:
    """What the system prompt says."""
    first = planned.body["messages"][0]
    return str(first["content"]) if first["role"] == "system" else ""


@contextmanager
def ending(limit_s: float) -> Iterator[None]:
    """What would go round for ever is broken off."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal(SIGALRM, stop)
    setitimer(ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        setitimer(ITIMER_REAL, 0)
        signal(SIGALRM, before)
