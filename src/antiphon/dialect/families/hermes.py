"""Hermes 2 Pro, Qwen 2.5 and 3, SmolLM3, Granite 4, MiMo and many others: JSON between <tool_call> tags.

Source: github.com/NousResearch/Hermes-Function-Calling; the tool use sections of Qwen's documentation.
"""

from antiphon.dialect.form import Form

FORM = Form(
    name="hermes",
    begins='<tool_call>\n{"name": "',
    middle='", "arguments": ',
    ends="}\n</tool_call>",
    between="\n",
    marker="<tool_call>",
    signs=('<tool_call>\\n{"name":', '<tool_call>\n{"name":'),
)
