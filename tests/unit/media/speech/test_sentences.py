# ruff: noqa: RUF001 - quotation marks and stops of several kinds
"""Text that is still being written, to sentences."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.media.speech.sentences import LONGEST, SentenceSplitter, split_sentences

TABLE = [
    "One. |Two! |Three? |Four",
    "Dr. Who met Mrs. Hall at St. Paul. |They left.",
    "Use tea, e.g. Darjeeling, i.e. the best, vs. none. |Good.",
    "Pi is 3.14 or so. |It costs $9.99. |Version 1.2.3 is out.",
    "The U.S. Army came at 5 p.m. |Then it left.",
    "J. K. Rowling wrote it. |So do I. |You too.",
    "Well... |I think so. |But... no. |Hm… yes.",
    "\"Really?\" he said. |“Yes.” |(So it is.) |[Good.] |'Fine!' |End",
    "See fig. 3 and No. 5. |No. |I will not. |Jan. 5 is near.",
    "**Bold.** |_Soft!_ |`code.` |Next",
    "hello! |how are you? |fine. thanks",
    "Hm?! |What?? |Yes!!! |No",
    "A line\n|and another\n|\nA paragraph.\n|- An item\n|- Another. |Good\n|1. First. |Yes\n|2. Second\n|  3. Third",
    "a. first\n|**4.** Fourth",
    "你好。|我是？|“好！”|End. |好",
    "www.example.com/a.b?c=1 is it. |Yes",
    "\r\nOne.\r\n|Two",
    "  Spaces.   \t|More.  |",
    "Great! |🎉 Party. |5 people came.",
    "Yahoo!, he said. |Yes.) |No",
]  # fmt: skip


@pytest.mark.parametrize("marked", TABLE)
def test_where_sentences_end(marked: str) -> None:
    """At a bar."""
    assert split_sentences(marked.replace("|", "")) == [part for part in marked.split("|") if part]


def test_a_sentence_is_given_with_the_first_sign_of_the_next() -> None:
    """No later; at the end of a line not even so late."""
    splitter = SentenceSplitter()
    assert splitter.feed("Hello there. ") == []
    assert splitter.feed("H") == ["Hello there. "]
    assert splitter.feed("ow are you\n") == ["How are you\n"]
    assert splitter.feed("I am") == []
    assert splitter.finish() == ["I am"]
    assert splitter.finish() == []


LONG = [
    ("word " * 100, "word " * 60),
    ("a" * 1000, "a" * LONGEST),
    ("word, " + "word " * 100, "word, " + "word " * 58),
    ("word " * 30 + "end, " + "word " * 100, "word " * 30 + "end, "),
    (" " * 1000, " " * LONGEST),
    ("  " + "a" * 1000, "  " + "a" * (LONGEST - 2)),
]


@pytest.mark.parametrize(("text", "first"), LONG)
def test_what_does_not_end_is_cut(text: str, first: str) -> None:
    """Behind its last clause but for an early one, or else between words, or else anywhere; never is more held back."""
    splitter = SentenceSplitter()
    assert splitter.feed(text)[0] == first
    assert len(splitter.held) < LONGEST


WRITTEN = st.lists(
    st.sampled_from(
        [*"aAI1 .!?,\n\t\"')*。…好🎉", "Dr", "e.g.", "U.S.", "5 p.m.", "a long word " * 9, "x" * 120, "\n\n", "- "]
    )
).map("".join)


@given(WRITTEN, st.lists(st.integers(0, 400)))
def test_nothing_depends_on_how_a_text_is_cut(text: str, cuts: list[int]) -> None:
    """The same sentences, which one after the other are the text, and none of them is long."""
    splitter = SentenceSplitter()
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    found = [
        sentence for begin, end in pairwise(places) for sentence in splitter.feed(text[begin:end])
    ] + splitter.finish()
    assert found == split_sentences(text)
    assert "".join(found) == text
    assert all(0 < len(sentence) <= LONGEST for sentence in found)
