"""Whether two processes mean the same by what they say."""

from msgspec import defstruct

from antiphon.engine.hosting.language import build_language


def make(text: str, **fields: type) -> type:
    """A message, with this text."""
    made = defstruct("Said", list(fields.items()), tag="said")
    made.__doc__ = text
    return made


def test_texts_change_nothing() -> None:
    """What is said to people about a message is no part of it."""
    assert build_language(make("One.", what=str)) == build_language(make("Another.", what=str))


def test_forms_change_it() -> None:
    """One more field, another type of one, or no such message at all, is another language."""
    messages = ([make("One.", what=str)], [make("One.", what=str, more=int)], [make("One.", what=int)], [])
    assert len({build_language(*each) for each in messages}) == 4
