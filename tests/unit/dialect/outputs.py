"""What models of each family write, with control tokens spelled out, and what it means.

An output is all that the model wrote but the token that ended its turn (`<|im_end|>`, `</s>`, `<|return|>`, ...). It
means parts in their order: `reasoning` and `text` with what was said, `call` with the name and the arguments. White
space between parts and at the edges of the output belongs to the format, so texts stand here without any at their
edges. Families are named as their templates are. Those without a form for calls of their own have only texts.
"""

# ruff: noqa: RUF001 - DeepSeek writes its control tokens with such letters

from typing import Any

Part = tuple[str, str] | tuple[str, str, dict[str, Any]]
Row = tuple[str, list[Part]]
Rows = list[Row]

PARAMETERS: dict[str, dict[str, Any]] = {
    "weather": {
        "city": {"type": "string"},
        "days": {"type": "integer"},
        "unit": {"type": "string", "enum": ["C", "F"]},
    },
    "note": {
        "text": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "place": {"type": "object", "properties": {"lat": {"type": "number"}, "exact": {"type": "boolean"}}},
        "due": {"type": ["object", "null"]},
    },
    "now": {},
    "run": {"code": {"type": "string"}},
    "set": {
        "count": {"type": "integer"},
        "ratio": {"type": "number"},
        "large": {"type": "number"},
        "on": {"type": "boolean"},
        "off": {"type": "boolean"},
        "nothing": {"type": "null"},
        "digits": {"type": "string"},
    },
}
"""The properties of every function that is called here. Where strings have no quotes, only these tell them."""

PARIS = {"city": "Paris"}
ROME = {"city": "Rome", "days": 2}
NOTE = {
    "text": 'Say "hi" {now}\nand [go], é日本🙂\\',
    "tags": ["a", "}", "]"],
    "place": {"lat": 48.85, "exact": True},
    "due": None,
}
NOTE_JSON = (
    r'{"text": "Say \"hi\" {now}\nand [go], é日本🙂\\", "tags": ["a", "}", "]"],'
    r' "place": {"lat": 48.85, "exact": true}, "due": null}'
)
ESCAPED_JSON = (
    r'{"text": "Say \u0022hi\u0022 {now}\nand [go], \u00e9\u65e5\u672c\ud83d\ude42\\", "tags": ["a", "}", "]"],'
    r' "place": {"lat": 48.85, "exact": true}, "due": null}'
)
SET = {
    "count": -3, "ratio": 0.5, "large": 15000000000.0, "on": True, "off": False, "nothing": None, "digits": "007",
}  # fmt: skip
SET_JSON = '{"count": -3, "ratio": 0.5, "large": 1.5e10, "on": true, "off": false, "nothing": null, "digits": "007"}'
CODE = {"code": 'def f():\n    return {"a": [1, 2]}\n\nprint(f())'}
CODE_JSON = r'{"code": "def f():\n    return {\"a\": [1, 2]}\n\nprint(f())"}'

HELLO: Row = ("Hello!\n\n- one\n- two", [("text", "Hello!\n\n- one\n- two")])
BRACES: Row = (
    'The set {1, 2}, the list [a](b), x < y > z and {"city": "Paris"}.',
    [("text", 'The set {1, 2}, the list [a](b), x < y > z and {"city": "Paris"}.')],
)
TAGS_IN_PROSE: Row = (
    "Write <tool or < tool_call > or </tool_call, not <tools> or <tool_calling>.",
    [("text", "Write <tool or < tool_call > or </tool_call, not <tools> or <tool_calling>.")],
)
THOUGHT: Row = (
    "<think>\nThe user greets.\n\nSo do I.\n</think>\n\nHello!",
    [("reasoning", "The user greets.\n\nSo do I."), ("text", "Hello!")],
)
TERSE_THOUGHT: Row = ("<think>The user greets.</think>Hello!", [("reasoning", "The user greets."), ("text", "Hello!")])
NO_THOUGHT: Row = ("<think>\n\n</think>\n\nHello!", [("text", "Hello!")])

HERMES: Rows = [
    HELLO,
    BRACES,
    TAGS_IN_PROSE,
    (
        '<tool_call>\n{"name": "weather", "arguments": {"city": "Paris"}}\n</tool_call>',
        [("call", "weather", PARIS)],
    ),
    (
        'I look that up.\n<tool_call>\n{"name": "weather", "arguments": {"city": "Paris"}}\n</tool_call>',
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        '<tool_call>\n{"name": "weather", "arguments": {"city": "Paris"}}\n</tool_call>\n'
        '<tool_call>\n{"name": "weather", "arguments": {"city": "Rome", "days": 2}}\n</tool_call>',
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (f'<tool_call>\n{{"name": "note", "arguments": {NOTE_JSON}}}\n</tool_call>', [("call", "note", NOTE)]),
    (f'<tool_call>\n{{"name": "note", "arguments": {ESCAPED_JSON}}}\n</tool_call>', [("call", "note", NOTE)]),
    (f'<tool_call>\n{{"name": "set", "arguments": {SET_JSON}}}\n</tool_call>', [("call", "set", SET)]),
    ('<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>', [("call", "now", {})]),
    # without line breaks, and as compact as JSON can be
    (
        '<tool_call>{"name":"weather","arguments":{"city":"Paris"}}</tool_call><tool_call>{"name":"now","arguments":{}}'
        "</tool_call>",
        [("call", "weather", PARIS), ("call", "now", {})],
    ),
    # a line break on one side only, and more of them
    (
        'Let me see:\n\n<tool_call>\n{"name": "weather", "arguments": {"city": "Paris"}}</tool_call>\n\n'
        '<tool_call> {"name": "now", "arguments": {}}\n\n</tool_call>\n',
        [("text", "Let me see:"), ("call", "weather", PARIS), ("call", "now", {})],
    ),
    # indented
    (
        '<tool_call>\n{\n  "name": "weather",\n  "arguments": {\n    "city": "Paris"\n  }\n}\n</tool_call>',
        [("call", "weather", PARIS)],
    ),
]
THINKING_HERMES: Rows = [
    THOUGHT,
    NO_THOUGHT,
    (
        "<think>\nTwo cities.\n</think>\n\n"
        '<tool_call>\n{"name": "weather", "arguments": {"city": "Paris"}}\n</tool_call>\n'
        '<tool_call>\n{"name": "weather", "arguments": {"city": "Rome", "days": 2}}\n</tool_call>',
        [("reasoning", "Two cities."), ("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (
        '<think>\nThe time.\n</think>\n\nOne moment.\n<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>',
        [("reasoning", "The time."), ("text", "One moment."), ("call", "now", {})],
    ),
]

MISTRAL: Rows = [
    HELLO,
    BRACES,
    ("[TOOL is no [ TOOL_CALLS ] and [ARG] no mark.", [("text", "[TOOL is no [ TOOL_CALLS ] and [ARG] no mark.")]),
    ('[TOOL_CALLS]weather[ARGS]{"city": "Paris"}', [("call", "weather", PARIS)]),
    (
        'I look that up.[TOOL_CALLS]weather[ARGS]{"city": "Paris"}',
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        '[TOOL_CALLS]weather[ARGS]{"city": "Paris"}[TOOL_CALLS]weather[ARGS]{"city": "Rome", "days": 2}',
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (f"[TOOL_CALLS]note[ARGS]{NOTE_JSON}", [("call", "note", NOTE)]),
    (f"[TOOL_CALLS]note[ARGS]{ESCAPED_JSON}", [("call", "note", NOTE)]),
    (f"[TOOL_CALLS]set[ARGS]{SET_JSON}[TOOL_CALLS]run[ARGS]{CODE_JSON}", [("call", "set", SET), ("call", "run", CODE)]),
    ("[TOOL_CALLS]now[ARGS]{}", [("call", "now", {})]),
    (
        '[TOOL_CALLS]weather[ARGS]{"city":"Paris"}[TOOL_CALLS]now[ARGS] {}',
        [("call", "weather", PARIS), ("call", "now", {})],
    ),
    ("[THINK]The user greets.[/THINK]Hello!", [("reasoning", "The user greets."), ("text", "Hello!")]),
    (
        '[THINK]Two calls.\nFirst Paris.[/THINK]I look.[TOOL_CALLS]weather[ARGS]{"city": "Paris"}'
        "[TOOL_CALLS]now[ARGS]{}",
        [
            ("reasoning", "Two calls.\nFirst Paris."),
            ("text", "I look."),
            ("call", "weather", PARIS),
            ("call", "now", {}),
        ],
    ),
]

MISTRAL_IDS: Rows = [
    HELLO,
    BRACES,
    ("[TOOL is no [ TOOL_CALLS ] and [CALL] no mark.", [("text", "[TOOL is no [ TOOL_CALLS ] and [CALL] no mark.")]),
    ('[TOOL_CALLS]weather[CALL_ID]a1B2c3D4e[ARGS]{"city": "Paris"}', [("call", "weather", PARIS)]),
    (
        'I look that up.[TOOL_CALLS]weather[CALL_ID]a1B2c3D4e[ARGS]{"city": "Paris"}',
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        '[TOOL_CALLS]weather[CALL_ID]000000001[ARGS]{"city": "Paris"}'
        '[TOOL_CALLS]weather[CALL_ID]000000002[ARGS]{"city": "Rome", "days": 2}',
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (f"[TOOL_CALLS]note[CALL_ID]a1B2c3D4e[ARGS]{NOTE_JSON}", [("call", "note", NOTE)]),
    (f"[TOOL_CALLS]set[CALL_ID]a1B2c3D4e[ARGS]{SET_JSON}", [("call", "set", SET)]),
    (f"[TOOL_CALLS]run[CALL_ID]a1B2c3D4e[ARGS]{CODE_JSON}", [("call", "run", CODE)]),
    ("[TOOL_CALLS]now[CALL_ID]a1B2c3D4e[ARGS]{}", [("call", "now", {})]),
    ('[TOOL_CALLS]weather[CALL_ID]a1B2c3D4e[ARGS]{"city":"Paris"}', [("call", "weather", PARIS)]),
]

MISTRAL_V3: Rows = [
    HELLO,
    BRACES,
    ("[TOOL is no [ TOOL_CALLS ] and [1] no call.", [("text", "[TOOL is no [ TOOL_CALLS ] and [1] no call.")]),
    (
        '[TOOL_CALLS][{"name": "weather", "arguments": {"city": "Paris"}, "id": "a1B2c3D4e"}]',
        [("call", "weather", PARIS)],
    ),
    (
        'I look that up.[TOOL_CALLS][{"name": "weather", "arguments": {"city": "Paris"}, "id": "a1B2c3D4e"}]',
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        '[TOOL_CALLS][{"name": "weather", "arguments": {"city": "Paris"}, "id": "a1B2c3D4e"}, '
        '{"name": "weather", "arguments": {"city": "Rome", "days": 2}, "id": "000000002"}]',
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (f'[TOOL_CALLS][{{"name": "note", "arguments": {NOTE_JSON}, "id": "a1B2c3D4e"}}]', [("call", "note", NOTE)]),
    (f'[TOOL_CALLS][{{"name": "set", "arguments": {SET_JSON}, "id": "a1B2c3D4e"}}]', [("call", "set", SET)]),
    ('[TOOL_CALLS][{"name": "now", "arguments": {}, "id": "a1B2c3D4e"}]', [("call", "now", {})]),
    (
        '[TOOL_CALLS][{"name":"weather","arguments":{"city":"Paris"},"id":"a1B2c3D4e"}]',
        [("call", "weather", PARIS)],
    ),
]

LLAMA: Rows = [
    HELLO,
    BRACES,
    ('{"name": "weather", "parameters": {"city": "Paris"}}', [("call", "weather", PARIS)]),
    (f'{{"name": "note", "parameters": {NOTE_JSON}}}', [("call", "note", NOTE)]),
    (f'{{"name": "note", "parameters": {ESCAPED_JSON}}}', [("call", "note", NOTE)]),
    (f'{{"name": "set", "parameters": {SET_JSON}}}', [("call", "set", SET)]),
    (f'{{"name": "run", "parameters": {CODE_JSON}}}', [("call", "run", CODE)]),
    ('{"name": "now", "parameters": {}}', [("call", "now", {})]),
    ('{"name":"weather","parameters":{"city":"Paris"}}', [("call", "weather", PARIS)]),
    ('\n\n{\n  "name": "weather",\n  "parameters": {\n    "city": "Paris"\n  }\n}', [("call", "weather", PARIS)]),
    # JSON that is no call
    ('{"city": "Paris", "name": "weather"}', [("text", '{"city": "Paris", "name": "weather"}')]),
    ('{"name": "Ann", "age": 3}', [("text", '{"name": "Ann", "age": 3}')]),
]

FENCED = "<｜tool▁call▁begin｜>function<｜tool▁sep｜>"
DEEPSEEK: Rows = [
    HELLO,
    BRACES,
    (
        'In a fence:\n```json\n{"city": "Paris"}\n```\nand <|tool calls|> is no mark.',
        [("text", 'In a fence:\n```json\n{"city": "Paris"}\n```\nand <|tool calls|> is no mark.')],
    ),
    (
        f'<｜tool▁calls▁begin｜>{FENCED}weather\n```json\n{{"city": "Paris"}}\n'
        "```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("call", "weather", PARIS)],
    ),
    (
        f'I look that up.<｜tool▁calls▁begin｜>{FENCED}weather\n```json\n{{"city": "Paris"}}\n'
        "```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        f'<｜tool▁calls▁begin｜>{FENCED}weather\n```json\n{{"city": "Paris"}}\n```<｜tool▁call▁end｜>\n'
        f'{FENCED}weather\n```json\n{{"city": "Rome", "days": 2}}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (
        f"<｜tool▁calls▁begin｜>{FENCED}note\n```json\n{NOTE_JSON}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("call", "note", NOTE)],
    ),
    (
        f"<｜tool▁calls▁begin｜>{FENCED}set\n```json\n{SET_JSON}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("call", "set", SET)],
    ),
    # a fence within a string
    (
        f'<｜tool▁calls▁begin｜>{FENCED}run\n```json\n{{"code": "```json\\n{{}}\\n```"}}\n'
        "```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("call", "run", {"code": "```json\n{}\n```"})],
    ),
    (
        f"<｜tool▁calls▁begin｜>{FENCED}now\n```json\n{{}}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("call", "now", {})],
    ),
    # without a line break before the fence ends or between calls, and with more of them
    (
        f'\n\n<｜tool▁calls▁begin｜>{FENCED}weather\n```json\n{{"city":"Paris"}}```<｜tool▁call▁end｜>'
        f"{FENCED}now\n```json\n{{}}\n```\n<｜tool▁call▁end｜>\n<｜tool▁calls▁end｜>",
        [("call", "weather", PARIS), ("call", "now", {})],
    ),
    THOUGHT,
    (
        f'<think>\nParis.\n</think>\n\nI look.<｜tool▁calls▁begin｜>{FENCED}weather\n```json\n{{"city": "Paris"}}\n'
        "```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("reasoning", "Paris."), ("text", "I look."), ("call", "weather", PARIS)],
    ),
]

BARE = "<｜tool▁call▁begin｜>"
DEEPSEEK_V31: Rows = [
    HELLO,
    BRACES,
    ("<|tool▁calls▁begin|> is no mark.", [("text", "<|tool▁calls▁begin|> is no mark.")]),
    (
        f'<｜tool▁calls▁begin｜>{BARE}weather<｜tool▁sep｜>{{"city": "Paris"}}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
        [("call", "weather", PARIS)],
    ),
    (
        f'I look that up.<｜tool▁calls▁begin｜>{BARE}weather<｜tool▁sep｜>{{"city": "Paris"}}'
        "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        f'<｜tool▁calls▁begin｜>{BARE}weather<｜tool▁sep｜>{{"city": "Paris"}}<｜tool▁call▁end｜>'
        f'{BARE}weather<｜tool▁sep｜>{{"city": "Rome", "days": 2}}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (
        f"<｜tool▁calls▁begin｜>{BARE}note<｜tool▁sep｜>{NOTE_JSON}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("call", "note", NOTE)],
    ),
    (
        f"<｜tool▁calls▁begin｜>{BARE}set<｜tool▁sep｜>{SET_JSON}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("call", "set", SET)],
    ),
    (
        f"<｜tool▁calls▁begin｜>{BARE}now<｜tool▁sep｜>{{}}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("call", "now", {})],
    ),
    (
        f'\n\n<｜tool▁calls▁begin｜>{BARE}weather<｜tool▁sep｜>{{"city":"Paris"}}<｜tool▁call▁end｜>\n'
        f"{BARE}now<｜tool▁sep｜>{{ }}<｜tool▁call▁end｜>\n<｜tool▁calls▁end｜>",
        [("call", "weather", PARIS), ("call", "now", {})],
    ),
    TERSE_THOUGHT,
    (
        f"<think>The time.</think>One moment.<｜tool▁calls▁begin｜>{BARE}now<｜tool▁sep｜>{{}}"
        "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        [("reasoning", "The time."), ("text", "One moment."), ("call", "now", {})],
    ),
]

GEMMA4: Rows = [
    HELLO,
    BRACES,
    (
        "call:weather{city} is no call, <tool_call> no mark.",
        [("text", "call:weather{city} is no call, <tool_call> no mark.")],
    ),
    ('<|tool_call>call:weather{city:<|"|>Paris<|"|>}<tool_call|>', [("call", "weather", PARIS)]),
    (
        'I look that up.<|tool_call>call:weather{city:<|"|>Paris<|"|>}<tool_call|>',
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        '<|tool_call>call:weather{city:<|"|>Paris<|"|>}<tool_call|>'
        '<|tool_call>call:weather{city:<|"|>Rome<|"|>,days:2}<tool_call|>',
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (
        '<|tool_call>call:note{due:null,place:{exact:true,lat:48.85},tags:[<|"|>a<|"|>,<|"|>}<|"|>,<|"|>]<|"|>],'
        'text:<|"|>Say "hi" {now}\nand [go], é日本🙂\\<|"|>}<tool_call|>',
        [("call", "note", NOTE)],
    ),
    (
        '<|tool_call>call:set{count:-3,digits:<|"|>007<|"|>,large:1.5e10,nothing:null,off:false,on:true,ratio:0.5}'
        "<tool_call|>",
        [("call", "set", SET)],
    ),
    (
        '<|tool_call>call:run{code:<|"|>def f():\n    return {"a": [1, 2]}\n\nprint(f())<|"|>}<tool_call|>',
        [("call", "run", CODE)],
    ),
    (
        '<|tool_call>call:note{due:{},tags:[],text:<|"|><|"|>}<tool_call|>',
        [("call", "note", {"due": {}, "tags": [], "text": ""})],
    ),
    ("<|tool_call>call:now{}<tool_call|>", [("call", "now", {})]),
    (
        'Let me see.\n<|tool_call>call:weather{city:<|"|>Rome<|"|>,days:2}<tool_call|>\n',
        [("text", "Let me see."), ("call", "weather", ROME)],
    ),
    (
        "<|channel>thought\nThe user greets.\nSo do I.\n<channel|>Hello!",
        [("reasoning", "The user greets.\nSo do I."), ("text", "Hello!")],
    ),
    ("<|channel>thought\n<channel|>Hello!", [("text", "Hello!")]),
    (
        '<|channel>thought\nTwo calls.<channel|><|tool_call>call:weather{city:<|"|>Paris<|"|>}<tool_call|>'
        "<|tool_call>call:now{}<tool_call|>",
        [("reasoning", "Two calls."), ("call", "weather", PARIS), ("call", "now", {})],
    ),
]

GRANITE: Rows = [
    HELLO,
    BRACES,
    ("<tool_call is no mark, nor is <|tool|>.", [("text", "<tool_call is no mark, nor is <|tool|>.")]),
    ('<|tool_call|>[{"name": "weather", "arguments": {"city": "Paris"}}]', [("call", "weather", PARIS)]),
    (
        'I look that up.\n<|tool_call|>[{"name": "weather", "arguments": {"city": "Paris"}}]',
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        '<|tool_call|>[{"name": "weather", "arguments": {"city": "Paris"}}, '
        '{"name": "weather", "arguments": {"city": "Rome", "days": 2}}]',
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (f'<|tool_call|>[{{"name": "note", "arguments": {NOTE_JSON}}}]', [("call", "note", NOTE)]),
    (f'<|tool_call|>[{{"name": "set", "arguments": {SET_JSON}}}]', [("call", "set", SET)]),
    ('<|tool_call|>[{"name": "now", "arguments": {}}]', [("call", "now", {})]),
    (
        '<|tool_call|> [\n  {"name":"weather","arguments":{"city":"Paris"}},\n  {"name":"now","arguments":{}}\n]',
        [("call", "weather", PARIS), ("call", "now", {})],
    ),
    TERSE_THOUGHT,
    (
        '<think>The time.</think><|tool_call|>[{"name": "now", "arguments": {}}]',
        [("reasoning", "The time."), ("call", "now", {})],
    ),
]

PHI: Rows = [
    HELLO,
    BRACES,
    ("<tool_call> is no mark, nor is <|tool|>.", [("text", "<tool_call> is no mark, nor is <|tool|>.")]),
    ('<|tool_call|>[{"name": "weather", "arguments": {"city": "Paris"}}]<|/tool_call|>', [("call", "weather", PARIS)]),
    (
        'I look that up.<|tool_call|>[{"name": "weather", "arguments": {"city": "Paris"}}]<|/tool_call|>',
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        '<|tool_call|>[{"name": "weather", "arguments": {"city": "Paris"}}, '
        '{"name": "weather", "arguments": {"city": "Rome", "days": 2}}]<|/tool_call|>',
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (f'<|tool_call|>[{{"name": "note", "arguments": {NOTE_JSON}}}]<|/tool_call|>', [("call", "note", NOTE)]),
    (f'<|tool_call|>[{{"name": "set", "arguments": {SET_JSON}}}]<|/tool_call|>', [("call", "set", SET)]),
    (f'<|tool_call|>[{{"name": "run", "arguments": {CODE_JSON}}}]<|/tool_call|>', [("call", "run", CODE)]),
    ('<|tool_call|>[{"name": "now", "arguments": {}}]<|/tool_call|>', [("call", "now", {})]),
    (
        '<|tool_call|>[{"name":"weather","arguments":{"city":"Paris"}},{"name":"now","arguments":{}}]<|/tool_call|>',
        [("call", "weather", PARIS), ("call", "now", {})],
    ),
    (
        '<|tool_call|>\n[\n  {"name": "weather", "arguments": {"city": "Paris"}}\n]\n<|/tool_call|>',
        [("call", "weather", PARIS)],
    ),
]

LFM2: Rows = [
    HELLO,
    BRACES,
    (
        'The call [weather(city="Paris")] and now() in prose.',
        [("text", 'The call [weather(city="Paris")] and now() in prose.')],
    ),
    ('<|tool_call_start|>[weather(city="Paris")]<|tool_call_end|>', [("call", "weather", PARIS)]),
    (
        'I look that up.<|tool_call_start|>[weather(city="Paris")]<|tool_call_end|>',
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    # LFM2 speaks behind its calls
    (
        '<|tool_call_start|>[weather(city="Paris")]<|tool_call_end|>I look that up.',
        [("call", "weather", PARIS), ("text", "I look that up.")],
    ),
    (
        '<|tool_call_start|>[weather(city="Paris"), weather(city="Rome", days=2)]<|tool_call_end|>',
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (
        r'<|tool_call_start|>[note(text="Say \"hi\" {now}\nand [go], é日本🙂\\", tags=["a", "}", "]"], '
        r'place={"lat": 48.85, "exact": True}, due=None)]<|tool_call_end|>',
        [("call", "note", NOTE)],
    ),
    (
        '<|tool_call_start|>[set(count=-3, ratio=0.5, large=1.5e10, on=True, off=False, nothing=None, digits="007")]'
        "<|tool_call_end|>",
        [("call", "set", SET)],
    ),
    ("<|tool_call_start|>[now()]<|tool_call_end|>", [("call", "now", {})]),
    # single quotes and JSON's words
    (
        r"<|tool_call_start|>[note(text='It\'s \"so\"', tags=['a'], place={'lat': 1, 'exact': true}, due=null)]"
        "<|tool_call_end|>",
        [("call", "note", {"text": 'It\'s "so"', "tags": ["a"], "place": {"lat": 1, "exact": True}, "due": None})],
    ),
    (
        r'<|tool_call_start|>[run(code="def f():\n    return {\"a\": [1, 2]}\n\nprint(f())")]<|tool_call_end|>',
        [("call", "run", CODE)],
    ),
    TERSE_THOUGHT,
    (
        "<think>The time.</think><|tool_call_start|>[now()]<|tool_call_end|>",
        [("reasoning", "The time."), ("call", "now", {})],
    ),
]

HARMONY: Rows = [
    ("<|channel|>final<|message|>Hello!\n\n- one\n- two", [("text", "Hello!\n\n- one\n- two")]),
    (
        '<|channel|>final<|message|>Say commentary to=functions.now {"city": "Paris"} or <| channel |>.',
        [("text", 'Say commentary to=functions.now {"city": "Paris"} or <| channel |>.')],
    ),
    (
        "<|channel|>analysis<|message|>The user greets.\nSo do I.<|end|>"
        "<|start|>assistant<|channel|>final<|message|>Hello!",
        [("reasoning", "The user greets.\nSo do I."), ("text", "Hello!")],
    ),
    (
        '<|channel|>commentary to=functions.weather <|constrain|>json<|message|>{"city": "Paris"}',
        [("call", "weather", PARIS)],
    ),
    (
        "<|channel|>analysis<|message|>Paris.<|end|><|start|>assistant<|channel|>commentary to=functions.weather "
        '<|constrain|>json<|message|>{"city": "Paris"}<|call|>',
        [("reasoning", "Paris."), ("call", "weather", PARIS)],
    ),
    # a preamble: text for the user before a call
    (
        "<|channel|>analysis<|message|>Paris.<|end|><|start|>assistant<|channel|>commentary<|message|>I look that up."
        "<|end|><|start|>assistant<|channel|>commentary to=functions.weather <|constrain|>json<|message|>"
        '{"city": "Paris"}',
        [("reasoning", "Paris."), ("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        f"<|channel|>commentary to=functions.note <|constrain|>json<|message|>{NOTE_JSON}",
        [("call", "note", NOTE)],
    ),
    (
        f"<|channel|>commentary to=functions.set <|constrain|>json<|message|>{SET_JSON}",
        [("call", "set", SET)],
    ),
    (
        f"<|channel|>commentary to=functions.run <|constrain|>json<|message|>{CODE_JSON}",
        [("call", "run", CODE)],
    ),
    ("<|channel|>commentary to=functions.now <|constrain|>json<|message|>{}", [("call", "now", {})]),
    # the recipient behind the role, as in past calls; no constraint, or one without its token, or with a space
    (
        ' to=functions.weather<|channel|>commentary <|constrain|>json<|message|>{"city":"Paris"}',
        [("call", "weather", PARIS)],
    ),
    (
        "<|channel|>analysis<|message|>Rome.<|end|><|start|>assistant to=functions.weather<|channel|>commentary json"
        '<|message|>{"city": "Rome", "days": 2}',
        [("reasoning", "Rome."), ("call", "weather", ROME)],
    ),
    ("<|channel|>commentary to=functions.now<|message|>{}", [("call", "now", {})]),
    ("<|channel|>commentary to=functions.now <|constrain|> json<|message|>{ }", [("call", "now", {})]),
    # calls in the channel of reasoning
    (
        '<|channel|>analysis to=functions.weather <|constrain|>json<|message|>{"city": "Paris"}',
        [("call", "weather", PARIS)],
    ),
]

QWEN3_CODER: Rows = [
    HELLO,
    BRACES,
    TAGS_IN_PROSE,
    (
        "<tool_call>\n<function=weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>",
        [("call", "weather", PARIS)],
    ),
    (
        "I look that up.\n\n"
        "<tool_call>\n<function=weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>",
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        "<tool_call>\n<function=weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>\n"
        "<tool_call>\n<function=weather>\n<parameter=city>\nRome\n</parameter>\n<parameter=days>\n2\n</parameter>\n"
        "</function>\n</tool_call>",
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (
        '<tool_call>\n<function=note>\n<parameter=text>\nSay "hi" {now}\nand [go], é日本🙂\\\n</parameter>\n'
        '<parameter=tags>\n["a", "}", "]"]\n</parameter>\n'
        '<parameter=place>\n{"lat": 48.85, "exact": true}\n</parameter>\n'
        "<parameter=due>\nnull\n</parameter>\n</function>\n</tool_call>",
        [("call", "note", NOTE)],
    ),
    (
        "<tool_call>\n<function=set>\n<parameter=count>\n-3\n</parameter>\n<parameter=ratio>\n0.5\n</parameter>\n"
        "<parameter=large>\n1.5e10\n</parameter>\n<parameter=on>\ntrue\n</parameter>\n<parameter=off>\nfalse\n</parameter>\n"
        "<parameter=nothing>\nnull\n</parameter>\n<parameter=digits>\n007\n</parameter>\n</function>\n</tool_call>",
        [("call", "set", SET)],
    ),
    # words as Python has them, which its template writes for past calls
    (
        "<tool_call>\n<function=set>\n<parameter=on>\nTrue\n</parameter>\n<parameter=off>\nFalse\n</parameter>\n"
        "<parameter=nothing>\nNone\n</parameter>\n</function>\n</tool_call>",
        [("call", "set", {"on": True, "off": False, "nothing": None})],
    ),
    # white space within a string is the string's: indentation, blank lines, line breaks at its end
    (
        "<tool_call>\n<function=run>\n<parameter=code>\n    if a < b:\n\n        <p>Hi</p>\n\n</parameter>\n"
        "</function>\n</tool_call>",
        [("call", "run", {"code": "    if a < b:\n\n        <p>Hi</p>\n"})],
    ),
    (
        "<tool_call>\n<function=run>\n<parameter=code>\nprint(f'</param{1}>')\n</parameter>\n</function>\n</tool_call>",
        [("call", "run", {"code": "print(f'</param{1}>')"})],
    ),
    ("<tool_call>\n<function=now>\n</function>\n</tool_call>", [("call", "now", {})]),
    # Qwen 3.5 and Nemotron 3, which write calls like this, think first
    THOUGHT,
    (
        "<think>\nThe time.\n</think>\n\n<tool_call>\n<function=now>\n</function>\n</tool_call>",
        [("reasoning", "The time."), ("call", "now", {})],
    ),
]

GLM: Rows = [
    HELLO,
    BRACES,
    TAGS_IN_PROSE,
    (
        "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>",
        [("call", "weather", PARIS)],
    ),
    (
        "\nI look that up.\n<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>",
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>\n"
        "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Rome</arg_value>\n"
        "<arg_key>days</arg_key>\n<arg_value>2</arg_value>\n</tool_call>",
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (
        '<tool_call>note\n<arg_key>text</arg_key>\n<arg_value>Say "hi" {now}\nand [go], é日本🙂\\</arg_value>\n'
        '<arg_key>tags</arg_key>\n<arg_value>["a", "}", "]"]</arg_value>\n'
        '<arg_key>place</arg_key>\n<arg_value>{"lat": 48.85, "exact": true}</arg_value>\n'
        "<arg_key>due</arg_key>\n<arg_value>null</arg_value>\n</tool_call>",
        [("call", "note", NOTE)],
    ),
    (
        "<tool_call>set\n<arg_key>count</arg_key>\n<arg_value>-3</arg_value>\n"
        "<arg_key>ratio</arg_key>\n<arg_value>0.5</arg_value>\n<arg_key>large</arg_key>\n<arg_value>1.5e10</arg_value>\n"
        "<arg_key>on</arg_key>\n<arg_value>true</arg_value>\n<arg_key>off</arg_key>\n<arg_value>false</arg_value>\n"
        "<arg_key>nothing</arg_key>\n<arg_value>null</arg_value>\n<arg_key>digits</arg_key>\n<arg_value>007</arg_value>\n"
        "</tool_call>",
        [("call", "set", SET)],
    ),
    (
        "<tool_call>run\n<arg_key>code</arg_key>\n<arg_value>    if a < b:\n\n        <p>Hi</p>\n</arg_value>\n"
        "</tool_call>",
        [("call", "run", {"code": "    if a < b:\n\n        <p>Hi</p>\n"})],
    ),
    ("<tool_call>now\n</tool_call>", [("call", "now", {})]),
    # GLM 4.7, without line breaks
    (
        "<tool_call>weather<arg_key>city</arg_key><arg_value>Rome</arg_value><arg_key>days</arg_key>"
        "<arg_value>2</arg_value></tool_call><tool_call>now</tool_call>",
        [("call", "weather", ROME), ("call", "now", {})],
    ),
    (
        "\n<think>The user greets.\nSo do I.</think>\nHello!",
        [("reasoning", "The user greets.\nSo do I."), ("text", "Hello!")],
    ),
    ("\n<think></think>\nHello!", [("text", "Hello!")]),
    (
        "\n<think>Paris.</think>\nI look.\n<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n"
        "</tool_call>\n<tool_call>now\n</tool_call>",
        [("reasoning", "Paris."), ("text", "I look."), ("call", "weather", PARIS), ("call", "now", {})],
    ),
]

KIMI: Rows = [
    HELLO,
    BRACES,
    (
        "functions.weather:0 is no call, <|tool_call|> no mark.",
        [("text", "functions.weather:0 is no call, <|tool_call|> no mark.")],
    ),
    (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>"
        '{"city": "Paris"}<|tool_call_end|><|tool_calls_section_end|>',
        [("call", "weather", PARIS)],
    ),
    (
        "I look that up.<|tool_calls_section_begin|><|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>"
        '{"city": "Paris"}<|tool_call_end|><|tool_calls_section_end|>',
        [("text", "I look that up."), ("call", "weather", PARIS)],
    ),
    (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>"
        '{"city": "Paris"}<|tool_call_end|><|tool_call_begin|>functions.weather:1<|tool_call_argument_begin|>'
        '{"city": "Rome", "days": 2}<|tool_call_end|><|tool_calls_section_end|>',
        [("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.note:0<|tool_call_argument_begin|>"
        f"{NOTE_JSON}<|tool_call_end|><|tool_calls_section_end|>",
        [("call", "note", NOTE)],
    ),
    (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.set:0<|tool_call_argument_begin|>"
        f"{SET_JSON}<|tool_call_end|><|tool_calls_section_end|>",
        [("call", "set", SET)],
    ),
    (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.run:0<|tool_call_argument_begin|>"
        f"{CODE_JSON}<|tool_call_end|><|tool_calls_section_end|>",
        [("call", "run", CODE)],
    ),
    # calls are counted through the conversation
    (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.now:12<|tool_call_argument_begin|>{}"
        "<|tool_call_end|><|tool_calls_section_end|>",
        [("call", "now", {})],
    ),
    (
        "\n<|tool_calls_section_begin|>\n<|tool_call_begin|>functions.weather:0 <|tool_call_argument_begin|> "
        '{"city":"Paris"} <|tool_call_end|>\n<|tool_calls_section_end|>\n',
        [("call", "weather", PARIS)],
    ),
    TERSE_THOUGHT,
    (
        "<think>The time.</think>One moment.<|tool_calls_section_begin|><|tool_call_begin|>functions.now:0"
        "<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>",
        [("reasoning", "The time."), ("text", "One moment."), ("call", "now", {})],
    ),
]

COMMAND: Rows = [
    ("<|START_RESPONSE|>Hello!\n\n- one\n- two<|END_RESPONSE|>", [("text", "Hello!\n\n- one\n- two")]),
    HELLO,
    BRACES,
    (
        "<|START_THINKING|>The user greets.<|END_THINKING|><|START_RESPONSE|>Hello!<|END_RESPONSE|>",
        [("reasoning", "The user greets."), ("text", "Hello!")],
    ),
    (
        '<|START_ACTION|>[\n    {"tool_call_id": "0", "tool_name": "weather", "parameters": {"city": "Paris"}}\n]'
        "<|END_ACTION|>",
        [("call", "weather", PARIS)],
    ),
    (
        "<|START_THINKING|>I look that up.<|END_THINKING|>"
        '<|START_ACTION|>[\n    {"tool_call_id": "0", "tool_name": "weather", "parameters": {"city": "Paris"}},\n'
        '    {"tool_call_id": "1", "tool_name": "weather", "parameters": {"city": "Rome", "days": 2}}\n]<|END_ACTION|>',
        [("reasoning", "I look that up."), ("call", "weather", PARIS), ("call", "weather", ROME)],
    ),
    (
        f'<|START_ACTION|>[\n    {{"tool_call_id": "0", "tool_name": "note", "parameters": {NOTE_JSON}}}\n]'
        "<|END_ACTION|>",
        [("call", "note", NOTE)],
    ),
    (
        f'<|START_ACTION|>[\n    {{"tool_call_id": "0", "tool_name": "set", "parameters": {SET_JSON}}}\n]'
        "<|END_ACTION|>",
        [("call", "set", SET)],
    ),
    (
        '<|START_ACTION|>[{"tool_call_id":"0","tool_name":"now","parameters":{}}]<|END_ACTION|>',
        [("call", "now", {})],
    ),
]

HUNYUAN: Rows = [
    HELLO,
    BRACES,
    TAGS_IN_PROSE,
    (
        "<think:opensource>The user greets.</think:opensource>Hello!",
        [("reasoning", "The user greets."), ("text", "Hello!")],
    ),
    (
        "<tool_calls:opensource>\n<tool_call:opensource>weather<tool_sep:opensource>\n"
        "<arg_key:opensource>city</arg_key:opensource>\n<arg_value:opensource>Paris</arg_value:opensource>\n"
        "</tool_call:opensource>\n</tool_calls:opensource>",
        [("call", "weather", PARIS)],
    ),
    (
        "<think:opensource>Two calls.</think:opensource>I look.<tool_calls:opensource>\n"
        "<tool_call:opensource>weather<tool_sep:opensource>\n"
        "<arg_key:opensource>city</arg_key:opensource>\n<arg_value:opensource>Rome</arg_value:opensource>\n"
        "<arg_key:opensource>days</arg_key:opensource>\n<arg_value:opensource>2</arg_value:opensource>\n"
        "</tool_call:opensource>\n<tool_call:opensource>now<tool_sep:opensource>\n</tool_call:opensource>\n"
        "</tool_calls:opensource>",
        [("reasoning", "Two calls."), ("text", "I look."), ("call", "weather", ROME), ("call", "now", {})],
    ),
    (
        "<tool_calls:opensource>\n<tool_call:opensource>note<tool_sep:opensource>\n"
        "<arg_key:opensource>text</arg_key:opensource>\n"
        '<arg_value:opensource>Say "hi" {now}\nand [go], é日本🙂\\</arg_value:opensource>\n'
        "<arg_key:opensource>tags</arg_key:opensource>\n"
        '<arg_value:opensource>["a", "}", "]"]</arg_value:opensource>\n'
        "<arg_key:opensource>place</arg_key:opensource>\n"
        '<arg_value:opensource>{"lat": 48.85, "exact": true}</arg_value:opensource>\n'
        "<arg_key:opensource>due</arg_key:opensource>\n<arg_value:opensource>null</arg_value:opensource>\n"
        "</tool_call:opensource>\n</tool_calls:opensource>",
        [("call", "note", NOTE)],
    ),
]

OUTPUTS: dict[str, Rows] = {
    "chatml": [HELLO, BRACES],
    "command": COMMAND,
    "deepseek": DEEPSEEK,
    "deepseek_v31": DEEPSEEK_V31,
    "gemma": [HELLO, BRACES],
    "gemma4": GEMMA4,
    "glm": GLM,
    "granite": GRANITE,
    "granite4": HERMES,
    "harmony": HARMONY,
    "hermes": HERMES,
    "hunyuan": HUNYUAN,
    "kimi": KIMI,
    "lfm2": LFM2,
    "llama": LLAMA,
    "mistral": MISTRAL,
    "mistral_ids": MISTRAL_IDS,
    "mistral_v3": MISTRAL_V3,
    "phi": PHI,
    "qwen": [*HERMES, *THINKING_HERMES],
    "qwen3_coder": QWEN3_CODER,
    "smollm3": [*HERMES, *THINKING_HERMES],
    "vision": [HELLO, BRACES],
}
"""What models write where the prompt ends with the beginning of their turn."""

OPENED: dict[str, Rows] = {
    "deepseek": [
        ("The user greets.\n</think>\n\nHello!", [("reasoning", "The user greets."), ("text", "Hello!")]),
        ("</think>Hello!", [("text", "Hello!")]),
        (
            f'Paris.\n</think>\n\n<｜tool▁calls▁begin｜>{FENCED}weather\n```json\n{{"city": "Paris"}}\n'
            "```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
            [("reasoning", "Paris."), ("call", "weather", PARIS)],
        ),
    ],
    "deepseek_v31": [
        ("The user greets.</think>Hello!", [("reasoning", "The user greets."), ("text", "Hello!")]),
        (
            f"Two calls.</think>I look.<｜tool▁calls▁begin｜>{BARE}now<｜tool▁sep｜>{{}}<｜tool▁call▁end｜>"
            f'{BARE}weather<｜tool▁sep｜>{{"city": "Paris"}}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
            [("reasoning", "Two calls."), ("text", "I look."), ("call", "now", {}), ("call", "weather", PARIS)],
        ),
    ],
    "glm": [
        ("The user greets.</think>Hello!", [("reasoning", "The user greets."), ("text", "Hello!")]),
        ("The time.</think><tool_call>now</tool_call>", [("reasoning", "The time."), ("call", "now", {})]),
    ],
    "hunyuan": [
        ("The user greets.</think:opensource>Hello!", [("reasoning", "The user greets."), ("text", "Hello!")]),
    ],
    "qwen": [
        ("The user greets.\n</think>\n\nHello!", [("reasoning", "The user greets."), ("text", "Hello!")]),
        (
            'The time.\n</think>\n\n<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>',
            [("reasoning", "The time."), ("call", "now", {})],
        ),
    ],
    "qwen3_coder": [
        (
            "The time.\n</think>\n\n<tool_call>\n<function=now>\n</function>\n</tool_call>",
            [("reasoning", "The time."), ("call", "now", {})],
        ),
    ],
}
"""What they write where the prompt ends within their reasoning, as those of R1, QwQ, Qwen 3.5, GLM 4.7 do."""

VARIANTS: dict[str, Rows] = {
    # 3.1 writes the mark in plain letters; 3.3 puts what it says behind its thoughts in tags as well
    "granite": [
        ('<tool_call>[{"name": "weather", "arguments": {"city": "Paris"}}]', [("call", "weather", PARIS)]),
        (
            "<think>The user greets.</think><response>Hello!</response>",
            [("reasoning", "The user greets."), ("text", "Hello!")],
        ),
    ],
    # white space where Python may have some
    "lfm2": [
        (
            '<|tool_call_start|>[weather(city = "Rome",days=2),\n now( )]<|tool_call_end|>',
            [("call", "weather", ROME), ("call", "now", {})],
        ),
    ],
    # other beginnings
    "llama": [
        ('<|python_tag|>{"name": "weather", "parameters": {"city": "Paris"}}', [("call", "weather", PARIS)]),
        ('{"type": "function", "name": "weather", "parameters": {"city": "Paris"}}', [("call", "weather", PARIS)]),
    ],
    # 7B v0.3, whose tokenizer puts a space behind control tokens, makes up no ids
    "mistral_v3": [
        ('[TOOL_CALLS] [{"name": "weather", "arguments": {"city": "Paris"}}]', [("call", "weather", PARIS)]),
        (
            '[TOOL_CALLS] [{"name": "weather", "arguments": {"city": "Paris"}}, {"name": "now", "arguments": {}}]',
            [("call", "weather", PARIS), ("call", "now", {})],
        ),
    ],
    # without line breaks, and with the beginning left out, which it often does behind text
    "qwen3_coder": [
        (
            "<tool_call><function=weather><parameter=city>Rome</parameter><parameter=days>2</parameter></function>"
            "</tool_call>",
            [("call", "weather", ROME)],
        ),
        (
            "I look that up.\n\n<function=weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>",
            [("text", "I look that up."), ("call", "weather", PARIS)],
        ),
    ],
}
"""Other ways in which they are known to write, unless a grammar keeps them from it."""

UNREAD: dict[str, Rows] = {
    # 2 Pro is told to put the arguments first. Our grammars put the name first, so that arguments can be shown while
    # they come; nobody else's calls are read.
    "hermes": [
        (
            '<tool_call>\n{"arguments": {"city": "Paris"}, "name": "weather"}\n</tool_call>',
            [("text", '<tool_call>\n{"arguments": {"city": "Paris"}, "name": "weather"}\n</tool_call>')],
        ),
    ],
}
"""Ways that are left out, each with the reason and with what is said instead: never another call."""
