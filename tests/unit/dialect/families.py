"""One chat template for each family of models, written by us in the published format, and its dialect."""

from functools import cache
from pathlib import Path

from antiphon.dialect.conversation import Conversation
from antiphon.dialect.dialect import Dialect
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.template import Template

FOLDER = Path(__file__).parent / "templates"
PROMPTS = Path(__file__).parent / "prompts"
FAMILIES = sorted(path.stem for path in FOLDER.glob("*.jinja"))

SPELLINGS = (
    "<s>", "</s>", "<|im_start|>", "<|im_end|>", "<start_of_turn>", "<end_of_turn>", "[INST]", "[/INST]",
    "[TOOL_CALLS]", "<|eot_id|>", "<|start_header_id|>", "<tool_call>", "<\uff5cUser\uff5c>", "<\uff5cAssistant\uff5c>",
    "<|user|>", "<|end|>", "<|start|>", "<|message|>", "<|channel|>", "<|END_OF_TURN_TOKEN|>", "<|im_middle|>",
    "<|start_of_role|>", "<end_of_utterance>", "<think>", "<|nobody's|>",
)  # fmt: skip
CONTROL = ControlTokens({spelling: number for number, spelling in enumerate(SPELLINGS)})


@cache
def load_dialect(family: str) -> Dialect:
    """The dialect of a family, made once."""
    template = Template((FOLDER / f"{family}.jinja").read_text(), bos_token="<s>", eos_token="</s>")
    return Dialect(template, CONTROL, bos=None)


def render(family: str, conversation: Conversation) -> str:
    """A prompt as one text."""
    pieces = load_dialect(family).render(conversation)
    return "".join(CONTROL.spellings[piece] if isinstance(piece, int) else piece for piece in pieces)
