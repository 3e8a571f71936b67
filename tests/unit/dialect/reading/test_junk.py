"""What is no call is text, to the letter, whatever it looks like."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antiphon.dialect.families import FORMS
from antiphon.dialect.form import Form
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.reader import Reader, Reading, texts_of
from tests.unit.dialect.reading.answers import read

FORMS_IN_TEXT = [form for form in FORMS.values() if not form.channels]
WORDS = ("weather", "x", " ", "\n", "\n\n", "{", "}", '"', "<", ">", "[", "]", ":", "é", "🙂", "{}", ", ", "</")


def reading_of(form: Form) -> Reading:
    """A function and a custom tool of which no fragment has the name."""
    return Reading(form=form.name, functions={"no_such_function": ()}, customs=("no_such_custom",))


@st.composite
def junk(draw: st.DrawFn, form: Form) -> str:
    """Fragments of the family's markers between words."""
    texts = sorted(text for text in set(texts_of(form)) if text)
    fragments: list[str] = []
    for _ in range(draw(st.integers(0, 6))):
        text = draw(st.sampled_from(texts))
        start, end = draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))
        fragments += [draw(st.sampled_from([text, text[start:], text[:end]])), draw(st.sampled_from(WORDS))]
    return "".join(fragments)


@pytest.mark.parametrize("form", FORMS_IN_TEXT, ids=lambda form: form.name)
@settings(max_examples=15)
@given(st.data())
def test_junk_is_text(form: Form, data: st.DataObject) -> None:
    """Fragments of the family's own markers that make no call come out unchanged."""
    text = f"- {data.draw(junk(form))} !"
    assert read(reading_of(form), text) == [("text", text)]


@pytest.mark.parametrize("form", FORMS_IN_TEXT, ids=lambda form: form.name)
@settings(max_examples=15)
@given(st.data())
def test_control_tokens_that_make_no_call_say_nothing(form: Form, data: st.DataObject) -> None:
    """A marker that is a token and has no meaning where it stands is left out; the text around it stays."""
    marker = form.marker
    control = ControlTokens({marker: 7})
    reading = reading_of(form)
    texts = data.draw(st.lists(st.text(max_size=8) | junk(form), min_size=1, max_size=4))
    sign = Reader(reading, control).tokens[7]
    assert read(reading, sign.join(["- ", *texts, "!"]), control) == [("text", "".join(["- ", *texts, "!"]))]


@pytest.mark.parametrize("name", sorted(FORMS))
@settings(max_examples=20)
@given(st.text())
@example("\x1c\u3000 a \r\n")
def test_plain_text_stays_as_it_is(name: str, text: str) -> None:
    """Also with white space of any kind at its edges."""
    said = read(Reading(form=name, functions={"f": ()}, customs=("g",)), text)
    assert said == ([("text", text)] if text else []) or name == "harmony"
