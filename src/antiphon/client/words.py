"""The sets of words in answers, which later servers may add to. Those of `schema/` are known."""

from typing import get_args

from antiphon.client.records import Open
from antiphon.schema.response import completion as wire


class FinishReason(Open, known=get_args(wire.FinishReason)):
    """Why an answer ended."""


class ServiceTier(Open, known=get_args(wire.ServiceTier)):
    """Whose turn it was."""


class Role(Open, known=("developer", "system", "user", "assistant", "tool", "function")):
    """Who speaks."""


class ToolType(Open, known=("function", "custom")):
    """What kind of tool is called."""


class AnnotationType(Open, known=("url_citation",)):
    """What kind of remark it is."""


class PartType(Open, known=("text", "image_url", "input_audio", "file", "refusal")):
    """What kind of part it is."""
