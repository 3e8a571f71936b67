"""Conversations as text: what is written is read again, and what others wrote is read where it can be."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.cli.chat.conversation import Conversation, Turn
from antiphon.cli.chat.files.saved import Saved, parse_saved, render_markdown, render_saved
from antiphon.cli.chat.refused import Refused

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
ASKED = st.builds(Turn, st.just("user"), TEXTS, st.lists(TEXTS, max_size=2).map(tuple))
ANSWERED = st.builds(Turn, st.just("assistant"), TEXTS, reasoning=TEXTS, cut=st.booleans())
SETTINGS = st.fixed_dictionaries({}, optional={
    "temperature": st.floats(0, 2), "seed": st.integers(-(2**63), 2**63 - 1), "verbosity": TEXTS,
})  # fmt: skip
CONVERSATIONS = st.builds(Conversation, st.lists(ASKED | ANSWERED, max_size=4).map(tuple), TEXTS)


@given(st.builds(Saved, CONVERSATIONS, TEXTS, SETTINGS))
def test_saved_and_loaded(saved: Saved) -> None:
    """Exactly the same comes back."""
    assert parse_saved(render_saved(saved)) == saved


def test_a_saved_conversation_is_a_request() -> None:
    """What is written is the body of a request for the next answer."""
    saved = Saved(Conversation((Turn("user", "Hi"), Turn("assistant", "Ho")), "Be brief."), "m", {"seed": 1})
    assert json.loads(render_saved(saved)) == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Ho"},
        ],
        "seed": 1,
    }


@pytest.mark.parametrize(("body", "conversation"), [
    ({"messages": []}, Conversation()),
    ({"messages": [{"role": "developer", "content": "a"}], "model": None, "seed": None}, Conversation((), "a")),
    ({"messages": [{"role": "assistant", "content": None, "refusal": "no"}]}, Conversation((Turn("assistant", ""),))),
    ({"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]},
     Conversation((Turn("user", "a\nb"),))),
])  # fmt: skip
def test_what_others_wrote(body: Any, conversation: Conversation) -> None:
    """Any request body with such messages is a conversation; null is what is left out."""
    assert parse_saved(json.dumps(body)) == Saved(conversation)


@pytest.mark.parametrize("text", [
    "", "{", "[]", "{}", '{"messages": 1}', '{"messages": [{"role": "tool"}]}', '{"messages": [{"role": "user", '
    '"content": [{"type": "input_audio"}]}]}', '{"messages": [{"role": "user"}, {"role": "system"}]}',
    '{"messages": [], "temperature": "hot"}', b"\xff",
])  # fmt: skip
def test_broken(text: str | bytes) -> None:
    """One sentence says that it is none."""
    with pytest.raises(Refused, match=r"^It holds no conversation: .*[^.]\.$"):
        parse_saved(text)


def test_for_reading() -> None:
    """Markdown has headings, and says what was cut."""
    turns = (Turn("user", "Hi", ("https://a/b.png",)), Turn("assistant", "**Ho", cut=True))
    assert render_markdown(Saved(Conversation(turns, "Be brief."))) == (
        "## Instructions\n\nBe brief.\n\n## You\n\nHi\n\n![](https://a/b.png)\n\n## Answer\n\n**Ho\n\n*(cut)*\n"
    )
