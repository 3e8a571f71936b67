"""engine/llama/drafting/guide.py: where in a text an answer is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.llama.drafting.guide import PATIENCE, Guide

TEXT = list(range(100, 160))


def guide(text: list[int] = TEXT, *, begins: bool = True) -> Guide:
    return Guide(text, key_length=2, begins=begins)


def follow(made: Guide, tokens: list[int]) -> Guide:
    for token in tokens:
        made.follow(token)
    return made


def test_an_answer_that_repeats_the_text() -> None:
    """What comes next is what the text has there, to its end."""
    made = guide()
    assert made.ahead(3) == TEXT[:3] and made.settled
    assert follow(made, TEXT[:7]).ahead(3) == TEXT[7:10]
    assert follow(made, TEXT[7:]).ahead(3) == []


@pytest.mark.parametrize(("said", "rest"), [
    ([7], 11),  # one for another
    ([7, 8], 12),  # two for two
    ([7, 8, TEXT[11]], 12),  # two for one
    ([TEXT[13]], 14),  # three left out
    ([7, TEXT[10]], 11),  # one put in
    ([7, 8, TEXT[10]], 11),  # two put in
])  # fmt: skip
def test_a_small_change(said: list[int], rest: int) -> None:
    """After tokens that are changed, left out or put in the answer is found again near by."""
    made = follow(guide(), [*TEXT[:10], *said])
    assert made.ahead(5) == TEXT[rest : rest + 5]
    assert not made.settled
    assert follow(made, TEXT[rest : rest + 1]).settled


def test_a_jump() -> None:
    """An answer that goes on elsewhere is found by its last two tokens, once it is no small change any more."""
    made = follow(guide(), [*TEXT[:10], *range(PATIENCE + 1), TEXT[40], TEXT[41]])
    assert made.ahead(2) == TEXT[42:44]


def test_lost() -> None:
    """An answer that has nothing to do with the text is not guessed at."""
    made = follow(guide(), list(range(50)))
    assert made.ahead(9) == [] and not made.settled


def test_a_text_that_is_looked_through() -> None:
    """The answer begins nowhere in it; its last tokens tell where, and the last such place counts."""
    text = [1, 2, 3, 4, 1, 2, 5, 6]
    made = guide(text, begins=False)
    assert made.ahead(9) == []
    assert follow(made, [1, 2]).ahead(9) == [5, 6]


def test_a_text_that_grows() -> None:
    """What is appended is found, too."""
    made = guide([1, 2, 3], begins=False)
    made.append([4, 5, 6])
    assert follow(made, [4, 5]).ahead(9) == [6]


@given(
    text=st.lists(st.integers(0, 3), max_size=30), said=st.lists(st.integers(0, 3), max_size=60), begins=st.booleans()
)
def test_any_answer(text: list[int], said: list[int], begins: bool) -> None:
    """Whatever is said, what comes next is a piece of the text, or nothing."""
    made = follow(guide(text, begins=begins), said)
    ahead = made.ahead(4)
    assert any(ahead == text[i : i + len(ahead)] for i in range(len(text) + 1))
