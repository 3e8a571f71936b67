"""Texts that were said one after the other."""

import pytest

from antiphon.media.hearing.transcript import join


@pytest.mark.parametrize(
    ("texts", "language", "whole"),
    [(["a.", "", "b."], "en", "a. b."), (["\u3042\u3002", "\u3044"], "ja", "\u3042\u3002\u3044"), ([], "", "")],
)
def test_sentences_are_joined_as_the_language_writes_them(texts: list[str], language: str, whole: str) -> None:
    """With a space between, where it has spaces; what is empty is left away."""
    assert join(texts, language) == whole
