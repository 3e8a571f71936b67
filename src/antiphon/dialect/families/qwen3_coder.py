"""Qwen3-Coder, Nemotron 3, Step 3.5: a tag for the function, and one for each argument.

Source: huggingface.co/Qwen/Qwen3-Coder-30B-A3B-Instruct, its template and parser.
"""

from antiphon.dialect.form import Form, Tags

FORM = Form(
    name="qwen3_coder",
    begins="<tool_call>\n<function=",
    middle=">\n",
    ends="</function>\n</tool_call>",
    between="\n",
    marker="<tool_call>",
    heads=("<function=",),
    notation="tags",
    tags=Tags("<parameter=", ">\n", "\n</parameter>\n"),
)
