"""Gemma 4: a notation like JSON with bare keys and a control token for quotes. Gemma 2 and 3 have no form of their own.

Source: ai.google.dev/gemma/docs, function calling with Gemma 4.
"""

from antiphon.dialect.form import Form

FORM = Form(
    name="gemma4",
    begins="<|tool_call>call:",
    middle="{",
    ends="}<tool_call|>",
    marker="<|tool_call>",
    notation="gemma",
)
QUOTE = '<|"|>'
