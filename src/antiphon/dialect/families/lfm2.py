"""LFM2: calls as Python writes them, in a list between control tokens.

Source: docs.liquid.ai, tool use; huggingface.co/LiquidAI/LFM2-1.2B.
"""

from antiphon.dialect.form import Form

FORM = Form(
    name="lfm2",
    opens="<|tool_call_start|>[",
    begins="",
    middle="(",
    ends=")",
    between=", ",
    closes="]<|tool_call_end|>",
    marker="<|tool_call_start|>",
    notation="python",
    signs=("List of tools: [", "<|tool_list_start|>"),
)
