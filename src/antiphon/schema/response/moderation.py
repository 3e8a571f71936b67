"""What moderation found in a request and its answer."""

from typing import Literal

from antiphon.schema.outgoing import Outgoing


class ModerationResult(Outgoing, frozen=True, kw_only=True):
    """What was found in one text or image."""

    type: Literal["moderation_result"] = "moderation_result"
    """Always `moderation_result`."""
    model: str
    """The model that moderated."""
    flagged: bool
    """Whether any category applies."""
    categories: dict[str, bool]
    """Whether each category applies."""
    category_scores: dict[str, float]
    """How much each category applies, from 0 to 1."""
    category_applied_input_types: dict[str, list[Literal["text", "image"]]]
    """Which kinds of input each score is about."""


class ModerationResults(Outgoing, frozen=True, kw_only=True, tag="moderation_results", tag_field="type"):
    """What was found in the request, or in the answer."""

    model: str
    """The model that moderated."""
    results: list[ModerationResult]
    """One for each text or image."""


class ModerationFault(Outgoing, frozen=True, kw_only=True, tag="error", tag_field="type"):
    """Why nothing could be found out."""

    code: str
    """A word for programs."""
    message: str
    """A sentence for people."""


class ModerationReport(Outgoing, frozen=True, kw_only=True):
    """What was found in both."""

    input: ModerationResults | ModerationFault
    """In the request."""
    output: ModerationResults | ModerationFault
    """In the answer."""
