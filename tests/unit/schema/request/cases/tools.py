"""Bad tools, choices of tools, and functions."""

from typing import Any

from tests.unit.schema.request.cases.base import MISSING, TYPE, UNKNOWN, VALUE, WORD_65, Bad, Fields, custom, function

TOOLS: Fields = {"tools": [function("f"), custom("c")]}
FUNCTIONS: Fields = {"functions": [{"name": "f"}]}


def grammar(**more: Any) -> Fields:
    """A custom tool with these parts of a grammar."""
    return custom(format={"type": "grammar", "grammar": more})


IN_A_TOOL: list[tuple[Any, str, str]] = [
    (1, TYPE, ""),
    ("f", TYPE, ""),
    (None, TYPE, ""),
    ({}, MISSING, ".type"),
    (function() | {"type": "fn"}, VALUE, ".type"),
    (function() | {"type": None}, VALUE, ".type"),
    ({"type": "web_search"}, VALUE, ".type"),
    ({"type": "function"}, MISSING, ".function"),
    ({"type": "function", "function": "f"}, TYPE, ".function"),
    ({"type": "function", "function": {}}, MISSING, ".function.name"),
    ({"type": "function", "name": "f"}, UNKNOWN, ".name"),
    (function() | {"custom": {}}, UNKNOWN, ".custom"),
    (function() | {"cache_control": {}}, UNKNOWN, ".cache_control"),
    (function(strict=True) | {"strict": True}, UNKNOWN, ".strict"),
    (function() | {"name": "f"}, UNKNOWN, ".name"),
    *((function(name), VALUE, ".function.name") for name in ("", "a b", "a.b", "é", "a\n", WORD_65)),
    (function(5), TYPE, ".function.name"),  # type: ignore[arg-type]
    (function(description=5), TYPE, ".function.description"),
    (function(parameters=[]), TYPE, ".function.parameters"),
    (function(parameters="{}"), TYPE, ".function.parameters"),
    (function(strict="yes"), TYPE, ".function.strict"),
    (function(arguments={}), UNKNOWN, ".function.arguments"),
    ({"type": "custom"}, MISSING, ".custom"),
    ({"type": "custom", "custom": {}}, MISSING, ".custom.name"),
    *((custom(name), VALUE, ".custom.name") for name in ("", "a b", WORD_65)),
    (custom(description=5), TYPE, ".custom.description"),
    (custom(parameters={}), UNKNOWN, ".custom.parameters"),
    (custom(format="text"), TYPE, ".custom.format"),
    (custom(format={}), MISSING, ".custom.format.type"),
    (custom(format={"type": "json"}), VALUE, ".custom.format.type"),
    (custom(format={"type": "text", "grammar": {}}), UNKNOWN, ".custom.format.grammar"),
    (custom(format={"type": "grammar"}), MISSING, ".custom.format.grammar"),
    (custom(format={"type": "grammar", "definition": "a", "syntax": "lark"}), UNKNOWN, ".custom.format.definition"),
    (
        custom(format={"type": "grammar", "grammar": {"definition": "a", "syntax": "lark"}, "x": 1}),
        UNKNOWN,
        ".custom.format.x",
    ),
    (grammar(), MISSING, ".custom.format.grammar.definition"),
    (grammar(definition="a"), MISSING, ".custom.format.grammar.syntax"),
    (grammar(definition="", syntax="lark"), VALUE, ".custom.format.grammar.definition"),
    (grammar(definition=5, syntax="lark"), TYPE, ".custom.format.grammar.definition"),
    (grammar(definition="a", syntax="bnf"), VALUE, ".custom.format.grammar.syntax"),
]

IN_A_CHOICE: list[tuple[Any, str, str]] = [
    *((value, VALUE, "") for value in ("any", "Auto", "", "f", 5, True, [], ["auto"])),
    ({}, MISSING, ".type"),
    ({"name": "f"}, MISSING, ".type"),
    ({"type": "tool"}, VALUE, ".type"),
    ({"type": ["function"]}, VALUE, ".type"),
    ({"type": "auto"}, VALUE, ".type"),
    ({"type": "function"}, MISSING, ".function"),
    ({"type": "function", "name": "f"}, UNKNOWN, ".name"),
    ({"type": "function", "function": "f"}, TYPE, ".function"),
    ({"type": "function", "function": {}}, MISSING, ".function.name"),
    ({"type": "function", "function": {"name": 5}}, TYPE, ".function.name"),
    ({"type": "function", "function": {"name": ""}}, VALUE, ".function.name"),
    ({"type": "function", "function": {"name": "f", "strict": True}}, UNKNOWN, ".function.strict"),
    ({"type": "function", "function": {"name": "f"}, "mode": "auto"}, UNKNOWN, ".mode"),
    ({"type": "function", "function": {"name": "f"}, "name": "f"}, UNKNOWN, ".name"),
    ({"type": "custom"}, MISSING, ".custom"),
    ({"type": "custom", "custom": {}}, MISSING, ".custom.name"),
    ({"type": "custom", "custom": {"name": "c"}, "mode": "auto"}, UNKNOWN, ".mode"),
    ({"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [function()]}, "x": 1}, UNKNOWN, ".x"),
    ({"type": "allowed_tools"}, MISSING, ".allowed_tools"),
    ({"type": "allowed_tools", "mode": "auto", "tools": []}, UNKNOWN, ".mode"),
    ({"type": "allowed_tools", "allowed_tools": []}, TYPE, ".allowed_tools"),
]

IN_ALLOWED_TOOLS: list[tuple[Any, str, str]] = [
    ({}, MISSING, ".mode"),
    ({"mode": "auto"}, MISSING, ".tools"),
    ({"mode": "none", "tools": [function()]}, VALUE, ".mode"),
    ({"mode": "auto", "tools": []}, VALUE, ".tools"),
    ({"mode": "auto", "tools": {}}, TYPE, ".tools"),
    ({"mode": "auto", "tools": ["f"]}, TYPE, ".tools[0]"),
    ({"mode": "auto", "tools": [function("f"), custom("c"), None]}, TYPE, ".tools[2]"),
    ({"mode": "auto", "tools": [function("f"), custom("c"), function(), {}]}, MISSING, ".tools[3].type"),
    ({"mode": "auto", "tools": [{"type": "function", "name": "f"}]}, UNKNOWN, ".tools[0].name"),
    ({"mode": "auto", "tools": [function()] * 129}, VALUE, ".tools"),
]

BAD_TOOLS: list[Bad] = [
    ({"tools": {}}, TYPE, "tools"),
    ({"tools": "f"}, TYPE, "tools"),
    ({"tools": [function()] * 129}, VALUE, "tools"),
    *(({"tools": [function("f"), tool]}, code, f"tools[1]{place}") for tool, code, place in IN_A_TOOL),
    *((TOOLS | {"tool_choice": choice}, code, f"tool_choice{place}") for choice, code, place in IN_A_CHOICE),
    *(
        (TOOLS | {"tool_choice": {"type": "allowed_tools", "allowed_tools": allowed}}, code,
         f"tool_choice.allowed_tools{place}")
        for allowed, code, place in IN_ALLOWED_TOOLS
    ),
    *((TOOLS | {"parallel_tool_calls": value}, TYPE, "parallel_tool_calls") for value in (1, "false", [], {})),
    ({"functions": {}}, TYPE, "functions"),
    ({"functions": []}, VALUE, "functions"),
    ({"functions": [{"name": "f"}] * 129}, VALUE, "functions"),
    ({"functions": ["f"]}, TYPE, "functions[0]"),
    ({"functions": [{}]}, MISSING, "functions[0].name"),
    ({"functions": [function()]}, UNKNOWN, "functions[0].type"),
    ({"functions": [{"name": "f", "strict": True}]}, UNKNOWN, "functions[0].strict"),
    ({"functions": [{"name": "f g"}]}, VALUE, "functions[0].name"),
    ({"functions": [{"name": WORD_65}]}, VALUE, "functions[0].name"),
    ({"functions": [{"name": "f", "description": 5}]}, TYPE, "functions[0].description"),
    ({"functions": [{"name": "f", "parameters": []}]}, TYPE, "functions[0].parameters"),
    *((FUNCTIONS | {"function_call": value}, VALUE, "function_call") for value in ("required", "f", "", 5, True, [])),
    (FUNCTIONS | {"function_call": {}}, MISSING, "function_call.name"),
    (FUNCTIONS | {"function_call": {"name": 5}}, TYPE, "function_call.name"),
    (FUNCTIONS | {"function_call": {"name": ""}}, VALUE, "function_call.name"),
    (FUNCTIONS | {"function_call": {"name": "f", "arguments": "{}"}}, UNKNOWN, "function_call.arguments"),
]  # fmt: skip
