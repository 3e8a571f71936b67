"""Inputs of custom tools come out as they were written, whatever they look like."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antiphon.dialect.families import FORMS
from antiphon.dialect.form import Form
from antiphon.dialect.reading.reader import Reading
from antiphon.dialect.writing import write_call, write_custom
from tests.unit.dialect.reading.answers import cut, read

BEGINS, ENDS = '<tool_input name="sql">\n', "\n</tool_input>"
HERMES = Reading(form="hermes", functions={"now": ()}, customs=("sql", "calc"))
NOW = '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>'

INPUTS = [
    (f"{BEGINS}select 1{ENDS}", [("custom", "sql"), ("arguments", "select 1")]),
    (f"I look.\n{BEGINS}select 1{ENDS}\n", [("text", "I look."), ("custom", "sql"), ("arguments", "select 1")]),
    # white space is the input's, but for one line break at each end
    (f"{BEGINS}\n  a\n\n{ENDS}", [("custom", "sql"), ("arguments", "\n  a\n\n")]),
    # the end marker within the input
    (f"{BEGINS}a{ENDS}\nb{ENDS}", [("custom", "sql"), ("arguments", f"a{ENDS}\nb")]),
    (f"{BEGINS}a{ENDS}{ENDS}", [("custom", "sql"), ("arguments", f"a{ENDS}")]),
    (f"{BEGINS}a</tool_input>{ENDS}", [("custom", "sql"), ("arguments", "a</tool_input>")]),
    (f"{BEGINS}{NOW}{ENDS}", [("custom", "sql"), ("arguments", NOW)]),
    # several calls
    (
        f'{BEGINS}a{ENDS}\n<tool_input name="calc">\n1+1{ENDS}',
        [("custom", "sql"), ("arguments", "a"), ("custom", "calc"), ("arguments", "1+1")],
    ),
    (f"{BEGINS}a{ENDS}\n{NOW}", [("custom", "sql"), ("arguments", "a"), ("function", "now"), ("arguments", "{}")]),
    (f"{NOW}\n{BEGINS}a{ENDS}", [("function", "now"), ("arguments", "{}"), ("custom", "sql"), ("arguments", "a")]),
    # the answer may end without the marker
    (f"{BEGINS}a\n", [("custom", "sql"), ("arguments", "a\n")]),
    (f"{BEGINS}", [("custom", "sql")]),
    # what is no call
    ('<tool_input name="other">\na\n</tool_input>', [("text", '<tool_input name="other">\na\n</tool_input>')]),
    ("<tool_input>\na\n</tool_input>", [("text", "<tool_input>\na\n</tool_input>")]),
]


@pytest.mark.parametrize(("output", "said"), INPUTS)
def test_an_input_is_what_stands_between_its_tags(output: str, said: list[tuple[str, str]]) -> None:
    """Whole and by characters; of `</tool_input>` the one counts behind which the answer ends or another call comes."""
    assert read(HERMES, [output]) == said
    assert read(HERMES, output) == said


CUSTOM_FORMS = [form for form in FORMS.values() if not form.channels]


@pytest.mark.parametrize("form", CUSTOM_FORMS, ids=lambda form: form.name)
@settings(max_examples=20)
@given(st.text(), st.data())
@example("<|im_end|>\n</tool_input", None)
def test_any_input_comes_back(form: Form, given_input: str, data: st.DataObject | None) -> None:
    """Whatever the text, in every family, between calls of its own, however it is cut."""
    reading = Reading(form=form.name, functions={"now": ()}, customs=("sql", "calc"))
    calls = [write_custom(form, "sql", given_input), write_custom(form, "calc", "1")]
    said = [
        ("custom", "sql"),
        *([("arguments", given_input)] if given_input else []),
        ("custom", "calc"),
        ("arguments", "1"),
    ]
    if not form.first:
        calls.append(write_call(form, "now", {}))
        said += [("function", "now"), ("arguments", "{}")]
    output = "\n".join(calls)
    places = data.draw(st.sets(st.integers(1, len(output)), max_size=6)) if data else range(1, len(output))
    assert read(reading, cut(output, places)) == said


@settings(max_examples=20)
@given(st.text(max_size=20))
def test_a_cut_input_says_what_was_there(text: str) -> None:
    """No more than the input, but for a part of its end marker, which could have been input."""
    output = f"{BEGINS}{text}{ENDS}"
    for end in range(len(BEGINS), len(output)):
        said = read(HERMES, [output[:end]])
        written = said[1][1] if len(said) > 1 else ""
        assert f"{text}{ENDS}".startswith(written) and len(written) >= min(end - len(BEGINS), len(text))
