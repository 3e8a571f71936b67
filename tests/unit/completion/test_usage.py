"""What a request cost, in the wire's words."""

import msgspec

from antiphon.completion.usage import build_usage
from antiphon.engine.events import Usage


def test_both_details_are_always_there() -> None:
    """All details are numbers, also when they are zero, and all tokens are of text that were not thought."""
    assert msgspec.to_builtins(build_usage(Usage(7, 5, 3, 4, cache_write_tokens=6))) == {
        "prompt_tokens": 7,
        "completion_tokens": 5,
        "total_tokens": 12,
        "prompt_tokens_details": {
            "audio_tokens": 0,
            "cached_tokens": 3,
            "cache_write_tokens": 6,
            "text_tokens": 7,
            "image_tokens": 0,
        },
        "completion_tokens_details": {
            "accepted_prediction_tokens": 0,
            "audio_tokens": 0,
            "reasoning_tokens": 4,
            "rejected_prediction_tokens": 0,
            "text_tokens": 1,
        },
    }
