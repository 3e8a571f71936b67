"""Families whose form is a row and no more.

Sources: the published templates of functionary v3.1, Kimi K2, GLM 4.5 to 4.7, Firefunction v2, Apertus, Command A,
GigaChat 3.1, MiniMax M1 and Apriel.
"""

from antiphon.dialect.form import ID, NUMBER, Form, Speech, Tags

FUNCTIONARY = Form(name="functionary", begins="<function=", middle=">", ends="</function>", marker="<function=")
KIMI = Form(
    name="kimi",
    opens="<|tool_calls_section_begin|>",
    begins="<|tool_call_begin|>functions.",
    middle=f":{NUMBER}<|tool_call_argument_begin|>",
    ends="<|tool_call_end|>",
    closes="<|tool_calls_section_end|>",
    marker="<|tool_calls_section_begin|>",
    signs=("<|tool_calls_section_begin|>",),
)
GLM = Form(
    name="glm",
    begins="<tool_call>",
    middle="\n",
    ends="</tool_call>",
    between="\n",
    marker="<tool_call>",
    notation="tags",
    tags=Tags("<arg_key>", "</arg_key>\n<arg_value>", "</arg_value>\n"),
)
FUNCTOOLS = Form(
    name="functools",
    opens="functools[",
    begins='{"name": "',
    middle='", "arguments": ',
    ends="}",
    between=", ",
    closes="]",
    marker="functools[",
)
APERTUS = Form(
    name="apertus",
    opens="<|tools_prefix|>[",
    begins='{"',
    middle='": ',
    ends="}",
    between=", ",
    closes="]<|tools_suffix|>",
    marker="<|tools_prefix|>",
)
COMMAND = Form(
    name="command",
    opens="<|START_ACTION|>[\n    ",
    begins=f'{{"tool_call_id": "{NUMBER}", "tool_name": "',
    middle='", "parameters": ',
    ends="}",
    between=",\n    ",
    closes="\n]<|END_ACTION|>",
    marker="<|START_ACTION|>",
    speeches=(Speech("<|START_RESPONSE|>", "<|END_RESPONSE|>"), Speech("<|START_TEXT|>", "<|END_TEXT|>")),
)
GIGACHAT = Form(
    name="gigachat",
    begins='<|function_call|>{"name": "',
    middle='", "arguments": ',
    ends="}",
    marker="<|function_call|>",
    many=False,
)
MINIMAX = Form(
    name="minimax",
    opens="<tool_calls>\n",
    begins='{"name": "',
    middle='", "arguments": ',
    ends="}",
    between="\n",
    closes="\n</tool_calls>",
    marker="<tool_calls>",
)
APRIEL = Form(
    name="apriel",
    opens="<tool_calls>[",
    begins='{"name": "',
    middle='", "arguments": ',
    ends=f', "id": "{ID}"}}',
    between=", ",
    closes="]</tool_calls>",
    marker="<tool_calls>",
)
HUNYUAN = Form(
    name="hunyuan",
    opens="<tool_calls:opensource>\n",
    begins="<tool_call:opensource>",
    middle="<tool_sep:opensource>\n",
    ends="</tool_call:opensource>\n",
    closes="</tool_calls:opensource>",
    marker="<tool_calls:opensource>",
    notation="tags",
    tags=Tags("<arg_key:opensource>", "</arg_key:opensource>\n<arg_value:opensource>", "</arg_value:opensource>\n"),
)
ROWS = (FUNCTIONARY, KIMI, GLM, FUNCTOOLS, APERTUS, COMMAND, GIGACHAT, MINIMAX, APRIEL, HUNYUAN)
