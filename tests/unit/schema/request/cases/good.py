"""Good fields: every form of every union, every value of every choice, and every bound."""

from typing import Any

from antiphon.schema.request.create import CreateChatCompletion
from tests.unit.schema.request.cases.base import HI, Fields, call, custom, custom_call, function, messages, user

TEXT: Fields = {"type": "text", "text": "a"}
REFUSAL: Fields = {"type": "refusal", "refusal": "No."}
ASSISTANT: Fields = {"role": "assistant"}
TOOLS: Fields = {"tools": [function("f"), custom("f"), custom("c")]}
FUNCTIONS: Fields = {"functions": [{"name": "f"}, {"name": "g"}]}
BREAKPOINT: Fields = {"mode": "explicit"}
RESULT: Fields = {"role": "tool", "content": "4", "tool_call_id": "call_1"}
CITATION: Fields = {"start_index": 0, "end_index": 1, "url": "", "title": ""}

VALUES: dict[str, list[Any]] = {
    "max_tokens": [1, 2**31 - 1],
    "max_completion_tokens": [1, 2**31 - 1],
    "temperature": [0, 0.0, 2, 2.0, 1.5],
    "top_p": [0, 0.5, 1],
    "min_p": [0, 0.5, 1],
    "top_k": [-1, 0, 40, 2**31 - 1],
    "n": [1, 128],
    "seed": [0, -1, 2**63 - 1, -(2**63)],
    "presence_penalty": [-2, 0, 2, 1.5],
    "frequency_penalty": [-2.0, 0, 2.0],
    "stop": ["a", "\n", "x" * 1024, ["a"], ["a", "b", "c", "d"], ["x" * 1024]],
    "logit_bias": [{}, {"0": 100, "50256": -100, "9999999999": 0.5}, {str(token): 1 for token in range(1024)}],
    "logprobs": [True, False],
    "stream": [True, False],
    "metadata": [{}, {"": ""}, {"k" * 64: "v" * 512}, {str(number): "v" for number in range(16)}],
    "store": [True, False],
    "user": ["", "x" * 64, "日本語"],
    "safety_identifier": ["", "x" * 64],
    "prompt_cache_key": ["", "x" * 64],
    "verbosity": ["low", "medium", "high"],
    "reasoning_effort": ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
    "service_tier": ["auto", "default", "flex", "scale", "priority", "fast"],
    "prompt_cache_retention": ["in_memory", "24h"],
    "prompt_cache_options": [{}, {"mode": "implicit"}, {"mode": "explicit", "ttl": "30m"}, {"mode": None, "ttl": None}],
    "modalities": [["text"]],
    "tools": [[], [function(f"f{number}") for number in range(128)], [custom("x" * 64)]],
    "functions": [[{"name": f"f{number}"} for number in range(128)]],
    "response_format": [
        {"type": "text"},
        {"type": "json_object"},
        {"type": "json_schema", "json_schema": {"name": "a-Z_0"}},
        {"type": "json_schema", "json_schema": {"name": "a", "schema": {}, "strict": False, "description": ""}},
        {"type": "json_schema", "json_schema": {"name": "a", "schema": None, "strict": None, "description": None}},
    ],
    "prediction": [{"type": "content", "content": ""}, {"type": "content", "content": [TEXT, TEXT]}],
    "moderation": [
        {"model": "m"},
        {"model": "m", "policy": None},
        {"model": "m", "policy": {}},
        {"model": "m", "policy": {"input": None, "output": {"mode": "block"}}},
        {"model": "m", "policy": {"input": {"mode": "score"}}},
    ],
    "web_search_options": [
        {},
        *({"search_context_size": size} for size in ("low", "medium", "high", None)),
        {"user_location": None},
        {"user_location": {"type": "approximate", "approximate": {}}},
        {"user_location": {"type": "approximate", "approximate": {"city": None, "country": "FR"}}},
    ],
    "model": ["x", "x" * 256, "a/b:c", "日本語"],
}

DESCRIBED = [
    function("f", description="", parameters={}, strict=False),
    function("f", description=None, parameters=None, strict=None),
    function("f", parameters={"type": "object", "whatever": [1, {"$ref": "#"}]}, strict=True),
    function("x" * 64),
    custom("c", description="", format={"type": "text"}),
    custom("c", description=None, format=None),
    *(
        custom("c", format={"type": "grammar", "grammar": {"definition": "a", "syntax": syntax}})
        for syntax in ("lark", "regex")
    ),
]

CHOICES: list[Any] = [
    "none",
    "auto",
    "required",
    {"type": "function", "function": {"name": "f"}},
    {"type": "custom", "custom": {"name": "f"}},
    *(
        {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": tools}}
        for mode in ("auto", "required")
        for tools in ([function("f")], [custom("c")], [function("f", parameters={}), custom("f"), custom("c")])
    ),
]

PARTS: list[Fields] = [
    TEXT,
    TEXT | {"text": ""},
    TEXT | {"prompt_cache_breakpoint": None},
    *(TEXT | {"prompt_cache_breakpoint": BREAKPOINT | {"ttl": ttl}} for ttl in ("30m", "12h", None)),
    {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
    *(
        {"type": "image_url", "image_url": {"url": "data:,", "detail": detail}}
        for detail in ("auto", "low", "high", "original", None)
    ),
    {"type": "image_url", "image_url": {"url": "a"}, "prompt_cache_breakpoint": BREAKPOINT},
    *({"type": "input_audio", "input_audio": {"data": "a", "format": form}} for form in ("wav", "mp3")),
    {"type": "input_audio", "input_audio": {"data": "a", "format": "wav"}, "prompt_cache_breakpoint": BREAKPOINT},
    {"type": "file", "file": {"file_data": "a", "file_id": None, "filename": "a.txt"}},
    {"type": "file", "file": {"file_id": "a"}, "prompt_cache_breakpoint": BREAKPOINT},
]

MESSAGES: list[Fields] = [
    *({"role": role, "content": content} for role in ("developer", "system", "user") for content in ("", "a", [TEXT])),
    *({"role": role, "content": "a", "name": "x" * 64} for role in ("developer", "system", "user", "assistant")),
    HI | {"name": "日本"},
    HI | {"name": None},
    *(ASSISTANT | {"content": content} for content in ("", "a", [TEXT], [REFUSAL], [TEXT, REFUSAL])),
    ASSISTANT | {"refusal": "No."},
    ASSISTANT | {"refusal": ""},
    ASSISTANT | {"content": None, "tool_calls": [call()]},
    ASSISTANT | {"tool_calls": [custom_call(), call(arguments="not {JSON")]},
    ASSISTANT | {"content": None, "function_call": {"name": "f", "arguments": "{}"}},
    ASSISTANT | {"audio": {"id": "a"}},
    ASSISTANT | {"audio": {"id": "a", "data": None, "expires_at": None, "transcript": None}},
    ASSISTANT | {"content": "a", "annotations": []},
    ASSISTANT | {"content": "a", "annotations": [{"type": "url_citation", "url_citation": CITATION}]},
    ASSISTANT | {"content": "a", "reasoning": "b"},
    ASSISTANT | {"content": "a", "reasoning": "b", "reasoning_content": "b"},
    ASSISTANT
    | {"content": "a", "name": None, "refusal": None, "tool_calls": None, "function_call": None, "audio": None}
    | {"annotations": None, "reasoning": None, "reasoning_content": None},
    ASSISTANT | {"content": "a", "tool_calls": []},
    *(ASSISTANT | {"content": "a", "parsed": parsed} for parsed in (None, 1, "a", [], {"a": {}})),
    ASSISTANT | {"tool_calls": [call() | {"index": None}, custom_call() | {"index": 1}]},
    {"role": "function", "content": "4", "name": "f"},
    {"role": "function", "content": None, "name": "x" * 64},
]

HISTORIES: list[Fields] = [
    messages(ASSISTANT | {"tool_calls": [call()]}, RESULT),
    messages(ASSISTANT | {"tool_calls": [call()]}, RESULT | {"content": ""}),
    messages(ASSISTANT | {"tool_calls": [call()]}, RESULT | {"content": [TEXT, TEXT]}),
    messages(ASSISTANT | {"tool_calls": [custom_call()]}, RESULT | {"tool_call_id": "call_2"}),
    messages(ASSISTANT | {"tool_calls": [call("")]}, RESULT | {"tool_call_id": ""}),
    messages(ASSISTANT | {"tool_calls": [call("a"), call("b")]}, RESULT | {"tool_call_id": "b"}),
    messages(ASSISTANT | {"tool_calls": [call()]}, HI, RESULT, RESULT),
    {"messages": [HI] * 16384},
]

TOGETHER: list[Fields] = [
    {"max_tokens": 3, "max_completion_tokens": 3},
    *({"logprobs": True, "top_logprobs": number} for number in (0, 20, None)),
    *(
        {"stream": True, "stream_options": options}
        for options in (
            {},
            {"include_usage": True, "include_obfuscation": False},
            {"include_usage": None, "include_obfuscation": None},
        )
    ),
    *(
        {"modalities": modalities, "audio": {"voice": "alloy", "format": "wav"}}
        for modalities in (["audio"], ["text", "audio"], ["audio", "text"])
    ),
    *(
        {"modalities": ["audio"], "audio": {"voice": {"id": "v"}, "format": form}}
        for form in ("wav", "aac", "mp3", "flac", "opus", "pcm16")
    ),
    *(TOOLS | {"tool_choice": choice} for choice in CHOICES),
    *(TOOLS | {"parallel_tool_calls": parallel} for parallel in (True, False)),
    *(FUNCTIONS | {"function_call": choice} for choice in ("none", "auto", {"name": "g"})),
    FUNCTIONS | {"tools": []},
]

GOOD_FIELDS: list[Fields] = [
    *({field: value} for field, values in VALUES.items() for value in values),
    *({"tools": [tool]} for tool in DESCRIBED),
    *(user(part) for part in PARTS),
    *(messages(message) for message in MESSAGES),
    *HISTORIES,
    *TOGETHER,
]

OPTIONAL = [name for name, field in CreateChatCompletion.model_fields.items() if not field.is_required()]
"""Fields for which null is the same as leaving them out."""
