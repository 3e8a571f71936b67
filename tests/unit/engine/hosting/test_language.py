"""Whether two processes mean the same by what they say."""

from msgspec import Struct

from antiphon.engine.hosting.language import build_language


class Before(Struct, tag="said"):
    """A message."""

    what: str


class Told(Struct, tag="said"):
    """The same, in other words, under another name."""

    what: str


class Changed(Struct, tag="said"):
    """A message."""

    what: str
    more: int = 0


def test_texts_change_nothing() -> None:
    """Twice the same is the same, whatever is said about it."""
    assert build_language(Before) == build_language(Before)
    without_name = {build_language(kind).replace(kind.__name__, "") for kind in (Before, Before)}
    assert len(without_name) == 1


def test_a_field_changes_it() -> None:
    """One more field, or one more message, is another language."""
    languages = {build_language(), build_language(Before), build_language(Changed), build_language(Before, Changed)}
    assert len(languages) == 4
