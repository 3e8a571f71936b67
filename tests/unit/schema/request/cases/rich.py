"""Good requests that together use every field that a request can have."""

from typing import Any

from tests.unit.schema.request.cases.base import Fields, call, custom, custom_call, function

BREAKPOINT = {"mode": "explicit", "ttl": "12h"}
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
RICH_VOICE, RICH_RECORDING = "voice_1", f"audio_{'0' * 32}"
CITATION = {"start_index": 0, "end_index": 4, "url": "https://example.com", "title": "Example"}


def text(value: str, **more: Any) -> Fields:
    """A text part."""
    return {"type": "text", "text": value, **more}


READ = {"name": "weather", "arguments": '{"city": "Paris"}', "parsed_arguments": {"city": "Paris"}}
READ_CALL = call("call_1") | {"function": READ, "index": 0}
"""As the official packages' helpers leave a call."""

HISTORY: list[Fields] = [
    {"role": "developer", "content": [text("Be", prompt_cache_breakpoint=BREAKPOINT), text("kind.")], "name": "dev"},
    {"role": "system", "content": "Be brief.", "name": "sys"},
    {"role": "user", "content": [text("What is the weather?", prompt_cache_breakpoint=BREAKPOINT)], "name": "Ann"},
    {
        "role": "assistant",
        "content": [text("I look."), {"type": "refusal", "refusal": "Not today."}],
        "refusal": "No.",
        "name": "helper",
        "tool_calls": [READ_CALL, custom_call("call_2", "calculate", "1 + 1") | {"index": 1}],
        "annotations": [{"type": "url_citation", "url_citation": CITATION}],
        "audio": {"id": RICH_RECORDING, "data": "aGk=", "expires_at": 1, "transcript": "I look.", "unspoken": "x"},
        "reasoning_content": "It is easy.",
        "reasoning": "It is easy.",
        "parsed": {"city": "Paris"},
    },
    {"role": "tool", "content": "sunny", "tool_call_id": "call_1"},
    {"role": "tool", "content": [text("2")], "tool_call_id": "call_2"},
    {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}", "parsed_arguments": {}}},
    {"role": "function", "content": "4", "name": "f"},
    {"role": "user", "content": "And tomorrow?"},
]

WEATHER = function("weather", description="The weather in a city.", parameters=PARAMETERS, strict=True)
CALCULATE = custom("calculate", description="Calculates.", format={"type": "text"})
SORT = custom("sort", format={"type": "grammar", "grammar": {"definition": "start: WORD", "syntax": "lark"}})

SAYS_JSON = '{"city": "Paris"}'
CALLS_WEATHER = '[{"event": "tool_call", "name": "weather"}]'
"""What the scripted engine must be told, where JSON is asked for, and where a call is required."""

WITH_TOOLS: Fields = {
    "model": "smollm2",
    "messages": [*HISTORY, {"role": "user", "content": SAYS_JSON}],
    "max_completion_tokens": 50,
    "max_tokens": 50,
    "temperature": 0.5,
    "top_p": 0.9,
    "n": 2,
    "seed": 7,
    "stop": ["\n\n", "END"],
    "presence_penalty": 0.5,
    "frequency_penalty": -0.5,
    "logit_bias": {"42": 1.5, "7": -100},
    "logprobs": True,
    "top_logprobs": 3,
    "top_k": 40,
    "min_p": 0.05,
    "stream": True,
    "stream_options": {"include_usage": True, "include_obfuscation": False},
    "metadata": {"team": "a", "run": "1"},
    "store": True,
    "user": "ann",
    "safety_identifier": "5e88",
    "verbosity": "low",
    "reasoning_effort": "medium",
    "service_tier": "auto",
    "tools": [WEATHER, CALCULATE, SORT],
    "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [WEATHER, CALCULATE, SORT]}},
    "parallel_tool_calls": True,
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "answer", "description": "An answer.", "schema": PARAMETERS, "strict": True},
    },
    "prediction": {"type": "content", "content": [text("sunny", prompt_cache_breakpoint=BREAKPOINT)]},
    "prompt_cache_key": "a-key",
    "prompt_cache_options": {"mode": "explicit", "ttl": "30m"},
    "prompt_cache_retention": "24h",
    "modalities": ["text", "audio"],
    "audio": {"voice": {"id": RICH_VOICE}, "format": "wav"},
    "moderation": {"model": "m", "policy": {"input": {"mode": "score"}, "output": {"mode": "block"}}},
    "web_search_options": {
        "search_context_size": "low",
        "user_location": {
            "type": "approximate",
            "approximate": {"city": "Paris", "country": "FR", "region": "IdF", "timezone": "Europe/Paris"},
        },
    },
}

WITH_FUNCTIONS: Fields = {
    "model": "smollm2",
    "messages": [*HISTORY, {"role": "user", "content": CALLS_WEATHER}],
    "functions": [{"name": "weather", "description": "The weather.", "parameters": PARAMETERS}],
    "function_call": {"name": "weather"},
}

WITH_MEDIA: Fields = {
    "model": "smollm2",
    "messages": [
        {
            "role": "user",
            "content": [
                text("What are these?"),
                {
                    "type": "image_url",
                    "image_url": {"url": "data:image/png;base64,aGk=", "detail": "low"},
                    "prompt_cache_breakpoint": BREAKPOINT,
                },
                {
                    "type": "input_audio",
                    "input_audio": {"data": "aGk=", "format": "wav"},
                    "prompt_cache_breakpoint": BREAKPOINT,
                },
                {
                    "type": "file",
                    "file": {"file_data": "aGk=", "filename": "a.txt"},
                    "prompt_cache_breakpoint": BREAKPOINT,
                },
                {"type": "file", "file": {"file_id": "file_1"}},
            ],
        }
    ],
}

WITH_CHOICE_OF_A_FUNCTION: Fields = WITH_TOOLS | {
    "tool_choice": {"type": "function", "function": {"name": "weather"}},
}
WITH_CHOICE_OF_A_CUSTOM_TOOL: Fields = WITH_TOOLS | {
    "tool_choice": {"type": "custom", "custom": {"name": "calculate"}},
}

RICH: dict[str, Fields] = {
    "tools": WITH_TOOLS,
    "functions": WITH_FUNCTIONS,
    "media": WITH_MEDIA,
    "choice of a function": WITH_CHOICE_OF_A_FUNCTION,
    "choice of a custom tool": WITH_CHOICE_OF_A_CUSTOM_TOOL,
}
