"""One chat template for each family of models, written by us in the published format, and its dialect."""

from functools import cache
from pathlib import Path
from typing import Any

import antiphon
from antiphon.dialect.conversation import Conversation
from antiphon.dialect.dialect import Dialect
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.template import Template

FOLDER = Path(antiphon.__file__).parent / "dialect" / "templates"
PROMPTS = Path(__file__).parent / "prompts"
FAMILIES = sorted(path.stem for path in FOLDER.glob("*.jinja"))

SPELLINGS = (
    "<s>", "</s>", "<|im_start|>", "<|im_end|>", "<start_of_turn>", "<end_of_turn>", "[INST]", "[/INST]",
    "[TOOL_CALLS]", "<|eot_id|>", "<|start_header_id|>", "<tool_call>", "<\uff5cUser\uff5c>", "<\uff5cAssistant\uff5c>",
    "<|user|>", "<|end|>", "<|start|>", "<|message|>", "<|channel|>", "<|END_OF_TURN_TOKEN|>", "<|im_middle|>",
    "<|start_of_role|>", "<end_of_utterance>", "<think>", "<|nobody's|>", "[ARGS]", "[THINK]", "[AVAILABLE_TOOLS]",
    "<|turn>", "<turn|>", '<|"|>', "<|tool_call>", "<|tool_call|>", "<|tool_call_start|>", "<|tool_call_begin|>",
    "<tool_response>", "<arg_key>", "<\uff5ctool\u2581call\u2581begin\uff5c>", "<\uff5ctool\u2581sep\uff5c>",
    "<think:opensource>", "<tool_call:opensource>",
)  # fmt: skip
DATE = "26 Jul 2024"
QUOTE = '<|"|>'
"""Gemma 4's. Where strings are JSON, no vocabulary has a token with a quotation mark."""
CONTROL = ControlTokens({spelling: number for number, spelling in enumerate(SPELLINGS) if spelling != QUOTE})
CONTROLS = {"gemma4": ControlTokens({spelling: number for number, spelling in enumerate(SPELLINGS)})}

TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "Tells the weather.",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "Where."},
                    "days": {"type": "integer", "default": 1},
                    "unit": {"type": "string", "enum": ["C", "F"]},
                },
                "required": ["city"],
            },
        },
    },
    {
        "type": "function",
        "function": {
            "name": "note",
            "description": 'Writes a "note".',
            "parameters": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "place": {
                        "type": "object",
                        "properties": {
                            "lat": {"type": "number", "description": "Degrees."},
                            "exact": {"type": "boolean"},
                        },
                        "required": ["lat"],
                    },
                    "due": {"type": ["string", "null"]},
                },
                "required": ["text", "tags"],
            },
        },
    },
    {
        "type": "function",
        "function": {
            "name": "now",
            "description": "Tells the time.",
            "parameters": {"type": "object", "properties": {}},
        },
    },
]
"""Tools as templates get them."""


@cache
def load_dialect(family: str) -> Dialect:
    """The dialect of a family, made once."""
    source = (FOLDER / f"{family}.jinja").read_text()
    template = Template(source, bos_token="<s>", eos_token="</s>", date_string=DATE)
    return Dialect(template, CONTROLS.get(family, CONTROL), bos=None)


def render(family: str, conversation: Conversation) -> str:
    """A prompt as one text."""
    dialect = load_dialect(family)
    pieces = dialect.render(conversation)
    return "".join(dialect.control.spellings[piece] if isinstance(piece, int) else piece for piece in pieces)
