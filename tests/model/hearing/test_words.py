"""That the measure of what was heard measures."""

import pytest

from tests.model.hearing.words import count_errors, normalise


def test_only_what_is_heard_counts() -> None:
    """Case and marks do not, and numbers are words."""
    assert normalise("It's 5%, or 1,025 — \"more\"!") == [
        *("it's", "five", "percent", "or", "one", "thousand", "twenty", "five", "more"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heard", "errors"), [("a b c d", 0), ("A, b. C d!", 0), ("a x c d", 1), ("a c d", 1), ("a b c c d", 1), ("", 4)]
)
def test_words_that_are_wrong(heard: str, errors: int) -> None:
    """Others, missing and added ones."""
    assert count_errors("a b c d", heard) == (errors, 4)
