"""Phi-4-mini: a JSON array between control tokens.

Source: huggingface.co/microsoft/Phi-4-mini-instruct, "Tool-enabled function-calling format".
"""

from antiphon.dialect.form import Form

FORM = Form(
    name="phi",
    opens="<|tool_call|>[",
    begins='{"name": "',
    middle='", "arguments": ',
    ends="}",
    between=", ",
    closes="]<|/tool_call|>",
    marker="<|tool_call|>",
    signs=("<|tool|>",),
)
