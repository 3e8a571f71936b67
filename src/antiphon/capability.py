"""What an engine may be able to do beyond answering text with text. Knows nothing of who asks or how."""

from typing import Literal

Capability = Literal[
    "audio_input",
    "images",
    "moderation",
    "prediction",
    "prompt_caching",
    "prompt_grouping",
    "prompt_storage",
    "reasoning_content",
    "reasoning_effort",
    "service_tiers",
    "structured_output",
    "token_filters",
    "tools",
    "web_search",
]
