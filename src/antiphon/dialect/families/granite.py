"""Granite 3: a JSON array behind a control token. Granite 4 writes as Hermes does.

Source: ibm.com/granite/docs, function calling.
"""

from antiphon.dialect.form import Form, Speech

FORM = Form(
    name="granite",
    opens="<|tool_call|>[",
    begins='{"name": "',
    middle='", "arguments": ',
    ends="}",
    between=", ",
    closes="]",
    marker="<|tool_call|>",
    heads=('<tool_call>[{"name": "',),
    speeches=(Speech("<response>", "</response>"),),
    signs=("<|tool_call|> followed by a JSON list",),
)
