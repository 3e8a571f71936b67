"""Llama 3.1 and 3.2: bare JSON that is the whole answer, one call at a time.

Source: llama.com/docs/model-cards-and-prompt-formats/llama3_1, "JSON based tool calling".
"""

from antiphon.dialect.form import Form

FORM = Form(
    name="llama",
    begins='{"name": "',
    middle='", "parameters": ',
    ends="}",
    marker='{"name": "',
    heads=('<|python_tag|>{"name": "', '{"type": "function", "name": "'),
    first=True,
    many=False,
)
