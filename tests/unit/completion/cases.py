"""Frozen cases of what an engine may not have: what is refused then, what is ignored, and what asks for nothing."""

from typing import Any

from tests.unit.schema.request.cases.base import function

Fields = dict[str, Any]
BREAKPOINT = {"mode": "explicit"}
TEXT = {"type": "text", "text": "a"}
VOICE = {"voice": "alloy", "format": "wav"}


def user(*parts: Fields) -> Fields:
    """The messages of a request: one of a user, in parts."""
    return {"messages": [{"role": "user", "content": [TEXT, *parts]}]}


REFUSED: list[tuple[Fields, str, str]] = [
    # fields, what they need, the place that the error names
    (user({"type": "image_url", "image_url": {"url": "a"}}), "images", "messages[0].content[1].type"),
    ({"response_format": {"type": "json_object"}}, "structured_output", "response_format"),
    ({"response_format": {"type": "json_schema", "json_schema": {"name": "a"}}}, "structured_output",
     "response_format"),
    ({"moderation": {"model": "m"}}, "moderation", "moderation"),
    ({"web_search_options": {}}, "web_search", "web_search_options"),
]  # fmt: skip

REFUSED_TOOLS: list[tuple[Fields, str, str]] = [
    ({"tools": [function()]}, "tools", "tools"),
    ({"tools": [function()], "tool_choice": "none"}, "tools", "tools"),
    ({"functions": [{"name": "f"}]}, "tools", "functions"),
    ({"functions": [{"name": "f"}], "function_call": "none"}, "tools", "functions"),
    ({"top_k": 5}, "token_filters", "top_k"),
    ({"min_p": 0.1}, "token_filters", "min_p"),
]
"""The scripted engine has these."""

HINTS: list[tuple[Fields, str, list[str]]] = [
    # fields, what they need, the rows that are named
    *(({"reasoning_effort": effort}, "reasoning_effort", ["reasoning_effort"]) for effort in ("minimal", "max")),
    *(
        ({"messages": [{"role": "assistant", "content": "a", name: "b"}]}, "reasoning_content",
         ["messages[].reasoning_content"])
        for name in ("reasoning_content", "reasoning")
    ),
    *(({"service_tier": tier}, "service_tiers", ["service_tier"]) for tier in ("flex", "scale", "priority", "fast")),
    ({"prediction": {"type": "content", "content": "a"}}, "prediction", ["prediction"]),
    ({"prompt_cache_key": "a"}, "prompt_grouping", ["prompt_cache_key"]),
    ({"prompt_cache_key": ""}, "prompt_grouping", ["prompt_cache_key"]),
    ({"prompt_cache_options": {"mode": "implicit"}}, "prompt_caching", ["prompt_cache_options"]),
    ({"prompt_cache_retention": "24h"}, "prompt_storage", ["prompt_cache_retention"]),
    (user(TEXT | {"prompt_cache_breakpoint": BREAKPOINT}), "prompt_caching",
     ["messages[].content[].prompt_cache_breakpoint"]),
    (user(*[TEXT | {"prompt_cache_breakpoint": BREAKPOINT}] * 3), "prompt_caching",
     ["messages[].content[].prompt_cache_breakpoint"]),
    (
        {"messages": [{"role": role, "content": [TEXT | {"prompt_cache_breakpoint": BREAKPOINT}]}
                      for role in ("system", "developer", "assistant", "user")]},
        "prompt_caching",
        ["messages[].content[].prompt_cache_breakpoint"],
    ),
    (
        {"prompt_cache_options": {"mode": "explicit", "ttl": "30m"}}, "prompt_caching",
        ["prompt_cache_options"],
    ),
]  # fmt: skip

NEUTRAL: list[Fields] = [
    *({"top_k": value} for value in (0, -1)),
    {"min_p": 0},
    {"modalities": ["text"]},
    {"audio": VOICE, "modalities": ["text", "audio"]},
    {"audio": VOICE, "modalities": ["audio"]},
    {"prompt_cache_options": {}},
    {"prompt_cache_options": None},
    {"prompt_cache_retention": "in_memory"},
    {"reasoning_effort": "none"},
    {"response_format": {"type": "text"}},
    {"service_tier": "auto"},
    {"service_tier": "default"},
    {"store": False},
    {"store": True},
    {"tools": []},
    {"metadata": {}},
    {"metadata": {"a": "b"}},
    {"user": "ann"},
    {"safety_identifier": "ann"},
    {"verbosity": "medium"},
    {"verbosity": "high"},
    user(TEXT | {"prompt_cache_breakpoint": None}),
]

GATHERED: list[Fields] = [
    {"messages": [{"role": "assistant", "audio": {"id": "a"}}]},
    user({"type": "input_audio", "input_audio": {"data": "a", "format": "wav"}}),
    user({"type": "file", "file": {"file_id": "a"}}),
]
"""What every engine can be given, if it is there."""
