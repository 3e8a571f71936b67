"""What a request cost, in the wire's words."""

from antiphon.engine import events
from antiphon.schema.response.usage import CompletionTokensDetails, PromptTokensDetails, Usage


def build_usage(event: events.Usage) -> Usage:
    """Both detail objects are always there. What was not thought is text so far."""
    return Usage(
        prompt_tokens=event.prompt_tokens,
        completion_tokens=event.completion_tokens,
        total_tokens=event.prompt_tokens + event.completion_tokens,
        prompt_tokens_details=PromptTokensDetails(
            audio_tokens=event.audio_tokens,
            cached_tokens=event.cached_tokens,
            cache_write_tokens=event.cache_write_tokens,
            text_tokens=event.prompt_tokens - event.image_tokens - event.audio_tokens,
            image_tokens=event.image_tokens,
        ),
        completion_tokens_details=CompletionTokensDetails(
            accepted_prediction_tokens=event.accepted_prediction_tokens,
            audio_tokens=event.spoken_tokens,
            reasoning_tokens=event.reasoning_tokens,
            rejected_prediction_tokens=event.rejected_prediction_tokens,
            text_tokens=event.completion_tokens
            - event.reasoning_tokens
            - event.rejected_prediction_tokens
            - event.spoken_tokens,
        ),
    )
