"""Fields that are good by themselves and do not agree with each other."""

from tests.unit.schema.request.cases.base import HI, MISSING, VALUE, Bad, call, custom, custom_call, function, messages

VOICE = {"voice": "alloy", "format": "wav"}
TOOLS = {"tools": [function("f"), custom("c")]}
ASSISTANT = {"role": "assistant"}
RESULT = {"role": "tool", "content": "4", "tool_call_id": "call_1"}
TEXT = {"type": "text", "text": "a"}
LAST = TEXT | {"prompt_cache_breakpoint": {"mode": "explicit"}}
"""A part without and with a breakpoint."""
SEEN = {"type": "image_url", "image_url": {"url": "a"}, "prompt_cache_breakpoint": {"mode": "explicit"}}


PLACE = "messages[1].content[1].file"


def asks(*parts: object) -> dict[str, object]:
    """A user's message with these parts, behind another."""
    return messages(HI, {"role": "user", "content": [TEXT, *parts]})


def allowed(*tools: object) -> dict[str, object]:
    """A choice between these tools."""
    return {"tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": list(tools)}}}


DISAGREEMENTS: list[Bad] = [
    ({"max_tokens": 1, "max_completion_tokens": 2}, VALUE, "max_tokens"),
    ({"top_logprobs": 5}, VALUE, "top_logprobs"),
    ({"top_logprobs": 0}, VALUE, "top_logprobs"),
    ({"top_logprobs": 5, "logprobs": False}, VALUE, "top_logprobs"),
    ({"top_logprobs": 5, "logprobs": None}, VALUE, "top_logprobs"),
    ({"stream_options": {}}, VALUE, "stream_options"),
    ({"stream_options": {"include_usage": True}, "stream": False}, VALUE, "stream_options"),
    ({"stream_options": {}, "stream": None}, VALUE, "stream_options"),
    (asks({"type": "file", "file": {}}), MISSING, f"{PLACE}.file_data"),
    (asks({"type": "file", "file": {"filename": "a.txt"}}), MISSING, f"{PLACE}.file_data"),
    (
        asks({"type": "file", "file": {"file_id": "a", "file_data": "aGk=", "filename": "a"}}),
        VALUE,
        f"{PLACE}.file_data",
    ),
    (asks({"type": "file", "file": {"file_data": "aGk="}}), MISSING, f"{PLACE}.filename"),
    (asks({"type": "file", "file": {"file_data": "aGk=", "filename": ""}}), MISSING, f"{PLACE}.filename"),
    ({"audio": VOICE}, VALUE, "audio"),
    ({"audio": VOICE, "modalities": ["text"]}, VALUE, "audio"),
    ({"modalities": ["audio"]}, MISSING, "audio"),
    ({"modalities": ["text", "audio"], "audio": None}, MISSING, "audio"),
    *(
        ({field: value} | tools, VALUE, field)
        for tools in ({}, {"tools": []}, {"tools": None}, {"functions": [{"name": "f"}]})
        for field, value in [
            ("tool_choice", "none"), ("tool_choice", "auto"), ("tool_choice", "required"),
            ("tool_choice", {"type": "function", "function": {"name": "f"}}),
            ("parallel_tool_calls", True), ("parallel_tool_calls", False),
        ]
    ),
    *((allowed(function("f")) | tools, VALUE, "tool_choice") for tools in ({}, {"tools": []}, {"tools": None})),
    ({"tools": [function("f"), function("f")]}, VALUE, "tools[1].function.name"),
    ({"tools": [function("f"), custom("f"), function("g"), function("f", strict=True)]}, VALUE,
     "tools[3].function.name"),
    ({"tools": [custom("c"), function("c"), custom("c")]}, VALUE, "tools[2].custom.name"),
    ({"functions": [{"name": "f"}, {"name": "g"}, {"name": "f"}]}, VALUE, "functions[2].name"),
    (TOOLS | {"tool_choice": {"type": "function", "function": {"name": "g"}}}, VALUE, "tool_choice.function.name"),
    (TOOLS | {"tool_choice": {"type": "function", "function": {"name": "c"}}}, VALUE, "tool_choice.function.name"),
    (TOOLS | {"tool_choice": {"type": "custom", "custom": {"name": "f"}}}, VALUE, "tool_choice.custom.name"),
    (TOOLS | allowed(function("g")), VALUE, "tool_choice.allowed_tools.tools[0]"),
    (TOOLS | allowed(function("f"), custom("f")), VALUE, "tool_choice.allowed_tools.tools[1]"),
    (TOOLS | {"functions": [{"name": "f"}]}, VALUE, "functions"),
    ({"function_call": "auto"}, VALUE, "function_call"),
    ({"function_call": {"name": "f"}}, VALUE, "function_call"),
    (TOOLS | {"function_call": "none"}, VALUE, "function_call"),
    ({"functions": [{"name": "f"}], "function_call": {"name": "g"}}, VALUE, "function_call.name"),
    *(
        (messages(HI, ASSISTANT | more), MISSING, "messages[1].content")
        for more in ({}, {"content": None}, {"tool_calls": []}, {"tool_calls": None}, {"reasoning": "a"},
                     {"name": "Ann"}, {"annotations": []}, {"audio": None, "function_call": None, "refusal": None})
    ),
    (messages(HI, ASSISTANT | {"content": "a", "reasoning": "b", "reasoning_content": "c"}), VALUE,
     "messages[1].reasoning"),
    (messages(HI, RESULT), VALUE, "messages[1].tool_call_id"),
    (messages(RESULT, ASSISTANT | {"tool_calls": [call("call_1")]}), VALUE, "messages[0].tool_call_id"),
    (messages(ASSISTANT | {"tool_calls": [call("call_2")]}, RESULT), VALUE, "messages[1].tool_call_id"),
    (messages(ASSISTANT | {"tool_calls": [custom_call("call_2")]}, RESULT), VALUE, "messages[1].tool_call_id"),
    (messages(ASSISTANT | {"function_call": {"name": "f", "arguments": ""}}, RESULT | {"tool_call_id": "f"}), VALUE,
     "messages[1].tool_call_id"),
    (messages({"role": "user", "content": [LAST, SEEN, TEXT, LAST, LAST, TEXT, SEEN, LAST]}), VALUE,
     "messages[0].content[6].prompt_cache_breakpoint"),
    (messages(HI, *({"role": role, "content": [TEXT, LAST]} for role in ("system", "developer", "user", "assistant")),
              ASSISTANT | {"tool_calls": [call("call_1")]}, RESULT | {"content": [TEXT, TEXT, LAST]}), VALUE,
     "messages[6].content[2].prompt_cache_breakpoint"),
]  # fmt: skip
