"""DeepSeek: V3 and R1 with the arguments in a fence, V3.1 without, V4 with a tag for each argument.

Source: the templates and encoding notes of huggingface.co/deepseek-ai.
"""

from antiphon.dialect.form import Form, Tags

FENCED = Form(
    name="deepseek",
    opens="<｜tool▁calls▁begin｜>",  # noqa: RUF001
    begins="<｜tool▁call▁begin｜>function<｜tool▁sep｜>",  # noqa: RUF001
    middle="\n```json\n",
    ends="\n```<｜tool▁call▁end｜>",  # noqa: RUF001
    between="\n",
    closes="<｜tool▁calls▁end｜>",  # noqa: RUF001
    marker="<｜tool▁calls▁begin｜>",  # noqa: RUF001
)
FORM = Form(
    name="deepseek_v31",
    opens="<｜tool▁calls▁begin｜>",  # noqa: RUF001
    begins="<｜tool▁call▁begin｜>",  # noqa: RUF001
    middle="<｜tool▁sep｜>",  # noqa: RUF001
    ends="<｜tool▁call▁end｜>",  # noqa: RUF001
    closes="<｜tool▁calls▁end｜>",  # noqa: RUF001
    marker="<｜tool▁calls▁begin｜>",  # noqa: RUF001
)
TAGGED = Form(
    name="deepseek_v4",
    opens="<｜DSML｜tool_calls>\n",  # noqa: RUF001
    begins='<｜DSML｜invoke name="',  # noqa: RUF001
    middle='">\n',
    ends="</｜DSML｜invoke>\n",  # noqa: RUF001
    closes="</｜DSML｜tool_calls>",  # noqa: RUF001
    marker="<｜DSML｜tool_calls>",  # noqa: RUF001
    notation="tags",
    tags=Tags(
        '<｜DSML｜parameter name="',  # noqa: RUF001
        '" string="true">',
        "</｜DSML｜parameter>\n",  # noqa: RUF001
        json_ends='" string="false">',
    ),
)
