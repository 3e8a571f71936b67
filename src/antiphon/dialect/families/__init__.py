"""The families that are known, in the order in which they are tried. One file each: see docs/dialects.md."""

from antiphon.dialect.families import deepseek, gemma, granite, harmony, hermes, lfm2, llama, mistral, phi, qwen3_coder
from antiphon.dialect.families.others import ROWS
from antiphon.dialect.form import Form, Thinking

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        hermes.FORM, qwen3_coder.FORM, harmony.FORM, mistral.FORM, mistral.WITH_IDS, mistral.ARRAY,
        deepseek.FENCED, deepseek.FORM, deepseek.TAGGED, gemma.FORM, phi.FORM, granite.FORM, lfm2.FORM,
        *ROWS, llama.FORM,
    )
}  # fmt: skip
GENERIC = hermes.FORM
"""Most open models have seen it, so the others are taught it."""
ARRAY = Form(
    name="array",
    opens="[",
    begins='{"name": "',
    middle='", "arguments": ',
    ends="}",
    between=", ",
    closes="]",
    marker="[",
    first=True,
)
"""No family's: an answer that is JSON, and nothing but calls, where an engine can hold it to a schema only."""
READ = {**FORMS, ARRAY.name: ARRAY}
"""All that can be read."""

THINKINGS = (
    Thinking("<think>", "</think>"),
    Thinking("[THINK]", "[/THINK]"),
    Thinking("<|channel>thought\n", "<channel|>"),
    Thinking("<|START_THINKING|>", "<|END_THINKING|>"),
    Thinking("<mm:think>", "</mm:think>"),
    Thinking("<think:opensource>", "</think:opensource>"),
    Thinking("Here are my reasoning steps:\n", "[BEGIN FINAL RESPONSE]"),
)
"""How models mark what they think."""
