"""What a request cost, in tokens."""

from msgspec import UNSET, UnsetType

from antiphon.schema.outgoing import Outgoing


class PromptTokensDetails(Outgoing, frozen=True, kw_only=True):
    """What the prompt's tokens were."""

    audio_tokens: int = 0
    """Tokens of recordings."""
    cached_tokens: int = 0
    """Tokens that had been computed for an earlier request."""
    cache_write_tokens: int = 0
    """Tokens that were kept for later requests."""
    text_tokens: int | UnsetType = UNSET
    """Tokens of text."""
    image_tokens: int | UnsetType = UNSET
    """Tokens of images."""


class CompletionTokensDetails(Outgoing, frozen=True, kw_only=True):
    """What the completion's tokens were."""

    accepted_prediction_tokens: int = 0
    """Tokens of the prediction that are in the completion."""
    audio_tokens: int = 0
    """Tokens of speech."""
    reasoning_tokens: int = 0
    """Tokens that the model thought with."""
    rejected_prediction_tokens: int = 0
    """Tokens of the prediction that are not in the completion."""
    text_tokens: int | UnsetType = UNSET
    """Tokens of text."""


class Usage(Outgoing, frozen=True, kw_only=True):
    """Tokens of a request: the prompt once, the tokens of every choice."""

    prompt_tokens: int
    """Tokens of the prompt."""
    completion_tokens: int
    """Tokens of all choices."""
    total_tokens: int
    """Their sum."""
    prompt_tokens_details: PromptTokensDetails
    """What the prompt's tokens were."""
    completion_tokens_details: CompletionTokensDetails
    """What the completion's tokens were."""
