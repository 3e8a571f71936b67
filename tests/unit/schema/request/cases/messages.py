"""Bad messages: of every role, with every part, call and annotation."""

from typing import Any

from tests.unit.schema.request.cases.base import (
    HI,
    MISSING,
    TYPE,
    UNKNOWN,
    VALUE,
    WORD_65,
    Bad,
    Fields,
    call,
    custom_call,
    messages,
    user,
)

Placed = list[tuple[Any, str, str]]
"""A message, or a part of one, with the code and the place within it."""

TEXT: Fields = {"type": "text", "text": "a"}
ASSISTANT: Fields = {"role": "assistant", "content": "a"}

LISTS: list[Bad] = [
    ({"messages": None}, TYPE, "messages"),
    ({"messages": []}, VALUE, "messages"),
    ({"messages": {}}, TYPE, "messages"),
    ({"messages": "Hi"}, TYPE, "messages"),
    (messages(None), TYPE, "messages[0]"),
    (messages("Hi"), TYPE, "messages[0]"),
    (messages(HI, [HI]), TYPE, "messages[1]"),
    ({"messages": [HI] * 16385}, VALUE, "messages"),
]

IN_A_MESSAGE: Placed = [
    ({}, MISSING, ".role"),
    ({"content": "Hi"}, MISSING, ".role"),
    *(({"role": role, "content": "Hi"}, VALUE, ".role") for role in ("robot", "User", "", None, 7, ["user"], {})),
    *(({"role": role}, MISSING, ".content") for role in ("user", "system", "developer")),
    *(({"role": role, "content": None}, TYPE, ".content") for role in ("user", "system", "developer")),
    *(({"role": role, "content": 5}, TYPE, ".content") for role in ("user", "system", "developer", "assistant")),
    *(({"role": role, "content": []}, VALUE, ".content") for role in ("user", "system", "developer", "assistant")),
    ({"role": "user", "content": {"type": "text"}}, TYPE, ".content"),
    ({"role": "user", "content": {"str": "Hi"}}, TYPE, ".content"),
    ({"role": "user", "content": ["Hi"]}, TYPE, ".content[0]"),
    ({"role": "user", "content": [TEXT, [TEXT]]}, TYPE, ".content[1]"),
    *(
        ({"role": role, "content": "a", "name": name}, code, ".name")
        for role in ("user", "system", "developer", "assistant")
        for name, code in [("", VALUE), ("two words", VALUE), ("<a>", VALUE), (WORD_65, VALUE), (3, TYPE)]
    ),
    (HI | {"nmae": "Ann"}, UNKNOWN, ".nmae"),
    (HI | {"user": "Ann"}, UNKNOWN, ".user"),
    (HI | {"tool_calls": []}, UNKNOWN, ".tool_calls"),
    (HI | {"tool_call_id": "a"}, UNKNOWN, ".tool_call_id"),
    ({"role": "tool", "content": "4"}, MISSING, ".tool_call_id"),
    ({"role": "tool", "content": "4", "tool_call_id": 4}, TYPE, ".tool_call_id"),
    ({"role": "tool", "content": "4", "tool_call_id": None}, TYPE, ".tool_call_id"),
    ({"role": "tool", "tool_call_id": "a"}, MISSING, ".content"),
    ({"role": "tool", "content": None, "tool_call_id": "a"}, TYPE, ".content"),
    ({"role": "tool", "content": [], "tool_call_id": "a"}, VALUE, ".content"),
    ({"role": "tool", "content": "4", "tool_call_id": "a", "name": "f"}, UNKNOWN, ".name"),
    ({"role": "function", "content": "4"}, MISSING, ".name"),
    ({"role": "function", "content": "4", "name": "f g"}, VALUE, ".name"),
    ({"role": "function", "content": "4", "name": WORD_65}, VALUE, ".name"),
    ({"role": "function", "content": "4", "name": None}, TYPE, ".name"),
    ({"role": "function", "name": "f"}, MISSING, ".content"),
    ({"role": "function", "content": 5, "name": "f"}, TYPE, ".content"),
    ({"role": "function", "content": [TEXT], "name": "f"}, TYPE, ".content"),
    (ASSISTANT | {"refusal": 5}, TYPE, ".refusal"),
    (ASSISTANT | {"reasoning": 5}, TYPE, ".reasoning"),
    (ASSISTANT | {"reasoning_content": []}, TYPE, ".reasoning_content"),
    (ASSISTANT | {"thinking": "a"}, UNKNOWN, ".thinking"),
    (ASSISTANT | {"audio": "a"}, TYPE, ".audio"),
    (ASSISTANT | {"audio": {}}, MISSING, ".audio.id"),
    (ASSISTANT | {"audio": {"id": 5}}, TYPE, ".audio.id"),
    (ASSISTANT | {"audio": {"id": "a", "data": 5}}, TYPE, ".audio.data"),
    (ASSISTANT | {"audio": {"id": "a", "expires_at": "x"}}, TYPE, ".audio.expires_at"),
    (ASSISTANT | {"audio": {"id": "a", "transcript": 5}}, TYPE, ".audio.transcript"),
    (ASSISTANT | {"audio": {"id": "a", "url": "x"}}, UNKNOWN, ".audio.url"),
    (ASSISTANT | {"function_call": "f"}, TYPE, ".function_call"),
    (ASSISTANT | {"function_call": {}}, MISSING, ".function_call.name"),
    (ASSISTANT | {"function_call": {"name": "f"}}, MISSING, ".function_call.arguments"),
    (ASSISTANT | {"function_call": {"name": "f g", "arguments": ""}}, VALUE, ".function_call.name"),
    (ASSISTANT | {"function_call": {"name": "f", "arguments": {}}}, TYPE, ".function_call.arguments"),
    (ASSISTANT | {"annotations": {}}, TYPE, ".annotations"),
    (ASSISTANT | {"tool_calls": {}}, TYPE, ".tool_calls"),
    (ASSISTANT | {"tool_calls": call()}, TYPE, ".tool_calls"),
]

IN_A_CALL: Placed = [
    ("f", TYPE, ""),
    ({}, MISSING, ".type"),
    ({"id": "a"}, MISSING, ".type"),
    (call() | {"type": "fn"}, VALUE, ".type"),
    ({"id": "a", "type": "function"}, MISSING, ".function"),
    ({"id": "a", "type": "function", "function": "f"}, TYPE, ".function"),
    ({"type": "function", "function": {"name": "f", "arguments": ""}}, MISSING, ".id"),
    (call() | {"id": 1}, TYPE, ".id"),
    (call() | {"id": None}, TYPE, ".id"),
    (call() | {"index": "0"}, TYPE, ".index"),
    (call() | {"name": "f"}, UNKNOWN, ".name"),
    (custom_call() | {"index": "0"}, TYPE, ".index"),
    (call() | {"function": {"name": "f"}}, MISSING, ".function.arguments"),
    (call() | {"function": {"arguments": ""}}, MISSING, ".function.name"),
    (call() | {"function": {"name": "f", "arguments": {}}}, TYPE, ".function.arguments"),
    (call() | {"function": {"name": "f", "arguments": None}}, TYPE, ".function.arguments"),
    (call(name=""), VALUE, ".function.name"),
    (call(name="f g"), VALUE, ".function.name"),
    (call(name=WORD_65), VALUE, ".function.name"),
    (call() | {"custom": {}}, UNKNOWN, ".custom"),
    ({"id": "a", "type": "custom"}, MISSING, ".custom"),
    ({"id": "a", "type": "custom", "function": {"name": "f", "arguments": ""}}, UNKNOWN, ".function"),
    (custom_call() | {"custom": {"name": "c"}}, MISSING, ".custom.input"),
    (custom_call() | {"custom": {"name": "c", "input": {}}}, TYPE, ".custom.input"),
    (custom_call(name="c d"), VALUE, ".custom.name"),
]

IN_AN_ANNOTATION: Placed = [
    ("a", TYPE, ""),
    ({}, MISSING, ".type"),
    ({"type": "file"}, VALUE, ".type"),
    ({"type": "url_citation"}, MISSING, ".url_citation"),
    ({"type": "url_citation", "url_citation": "a"}, TYPE, ".url_citation"),
    ({"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 1, "url": "a"}}, MISSING,
     ".url_citation.title"),
    ({"type": "url_citation", "url_citation": {"start_index": "0", "end_index": 1, "url": "a", "title": "b"}}, TYPE,
     ".url_citation.start_index"),
    ({"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 1, "url": "a", "title": "b", "x": 1}},
     UNKNOWN, ".url_citation.x"),
]  # fmt: skip

IN_A_PART: Placed = [
    ({}, MISSING, ".type"),
    *(({"type": kind}, VALUE, ".type") for kind in ("smell", "Text", "", None, 1, "refusal", "output_text")),
    ({"type": "text"}, MISSING, ".text"),
    ({"type": "text", "text": 1}, TYPE, ".text"),
    ({"type": "text", "text": None}, TYPE, ".text"),
    (TEXT | {"cache_control": {}}, UNKNOWN, ".cache_control"),
    ({"type": "image_url"}, MISSING, ".image_url"),
    ({"type": "image_url", "image_url": "https://a"}, TYPE, ".image_url"),
    ({"type": "image_url", "image_url": {}}, MISSING, ".image_url.url"),
    ({"type": "image_url", "image_url": {"url": ""}}, VALUE, ".image_url.url"),
    ({"type": "image_url", "image_url": {"url": 5}}, TYPE, ".image_url.url"),
    ({"type": "image_url", "image_url": {"url": "a", "detail": "max"}}, VALUE, ".image_url.detail"),
    ({"type": "image_url", "image_url": {"url": "a", "size": 5}}, UNKNOWN, ".image_url.size"),
    ({"type": "input_audio"}, MISSING, ".input_audio"),
    ({"type": "input_audio", "input_audio": {}}, MISSING, ".input_audio.data"),
    ({"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}, VALUE, ".input_audio.data"),
    ({"type": "input_audio", "input_audio": {"data": "a"}}, MISSING, ".input_audio.format"),
    ({"type": "input_audio", "input_audio": {"data": "a", "format": "ogg"}}, VALUE, ".input_audio.format"),
    ({"type": "file"}, MISSING, ".file"),
    *(({"type": "file", "file": {field: 5}}, TYPE, f".file.{field}") for field in ("file_data", "file_id", "filename")),
    ({"type": "file", "file": {"url": "5"}}, UNKNOWN, ".file.url"),
    *(
        (part | {"prompt_cache_breakpoint": value}, code, f".prompt_cache_breakpoint{place}")
        for part in [
            TEXT,
            {"type": "image_url", "image_url": {"url": "a"}},
            {"type": "input_audio", "input_audio": {"data": "a", "format": "wav"}},
            {"type": "file", "file": {"file_id": "a"}},
        ]
        for value, code, place in [
            (True, TYPE, ""), ({}, MISSING, ".mode"), ({"mode": "implicit"}, VALUE, ".mode"),
            ({"mode": "explicit", "ttl": "1h"}, VALUE, ".ttl"), ({"mode": "explicit", "key": "1h"}, UNKNOWN, ".key"),
        ]
    ),
]  # fmt: skip

ONLY_TEXT: Placed = [
    ({"role": "system", "content": [{"type": "image_url", "image_url": {"url": "a"}}]}, VALUE, ".content[0].type"),
    ({"role": "developer", "content": [TEXT, {"type": "refusal", "refusal": "a"}]}, VALUE, ".content[1].type"),
    ({"role": "tool", "content": [{"type": "file"}], "tool_call_id": "a"}, VALUE, ".content[0].type"),
    ({"role": "assistant", "content": [{"type": "image_url"}]}, VALUE, ".content[0].type"),
    ({"role": "assistant", "content": [{"type": "refusal"}]}, MISSING, ".content[0].refusal"),
    ({"role": "assistant", "content": [{"type": "refusal", "refusal": 1}]}, TYPE, ".content[0].refusal"),
    ({"role": "assistant", "content": [{"type": "refusal", "refusal": "a", "text": "b"}]}, UNKNOWN, ".content[0].text"),
]

BAD_MESSAGES: list[Bad] = [
    *LISTS,
    *((messages(HI, message), code, f"messages[1]{place}") for message, code, place in [*IN_A_MESSAGE, *ONLY_TEXT]),
    *((user(TEXT, part), code, f"messages[0].content[1]{place}") for part, code, place in IN_A_PART),
    *(
        (messages(ASSISTANT | {"tool_calls": [call("a"), item]}), code, f"messages[0].tool_calls[1]{place}")
        for item, code, place in IN_A_CALL
    ),
    *(
        (messages(ASSISTANT | {"annotations": [item]}), code, f"messages[0].annotations[0]{place}")
        for item, code, place in IN_AN_ANNOTATION
    ),
]
