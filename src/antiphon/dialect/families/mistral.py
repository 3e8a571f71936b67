"""Mistral: since v11 (Small 3.2, Devstral, Ministral 3) a control token before each name, before that a JSON array.

Source: github.com/mistralai/mistral-common, tokenizers v3, v11 and v13.
"""

from antiphon.dialect.form import ID, Form

FORM = Form(
    name="mistral",
    begins="[TOOL_CALLS]",
    middle="[ARGS]",
    ends="",
    marker="[TOOL_CALLS]",
)
WITH_IDS = Form(
    name="mistral_ids",
    begins="[TOOL_CALLS]",
    middle=f"[CALL_ID]{ID}[ARGS]",
    ends="",
    marker="[TOOL_CALLS]",
)
ARRAY = Form(
    name="mistral_v3",
    opens="[TOOL_CALLS][",
    begins='{"name": "',
    middle='", "arguments": ',
    ends=f', "id": "{ID}"}}',
    between=", ",
    closes="]",
    marker="[TOOL_CALLS]",
    tails=("}",),
)
