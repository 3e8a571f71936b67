"""What is not text, in its place in messages; and that no character that stood for it is left."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from antiphon.dialect.conversation import Conversation, ToolCall, Turn
from antiphon.dialect.medium import MARKS, Medium, Transcript
from antiphon.engine.remote.kinds import GENERIC
from antiphon.engine.remote.request.messages import NATIVE, PLAINER, TAUGHT, write_messages, write_verbatim
from antiphon.engine.remote.request.parts import Part, fill, write_medium
from tests.unit.dialect.strategies import conversations
from tests.unit.engine.remote.request.asking import SQL, UPSTREAMS, ask, plan
from tests.unit.engine.remote.request.media import HEARD, SEEN, TOLD, picture, url_of

A, B, C, D = map(chr, MARKS[:4])
OTHER = picture(url_of("JPEG", "jpeg"))
MEDIA: dict[str, Medium] = {A: SEEN, B: HEARD, C: TOLD, D: OTHER}
PARTS = {mark: write_medium(medium, GENERIC) for mark, medium in MEDIA.items()}
SAID = TOLD.text


def text(value: str) -> Part:
    """A text as a part."""
    return {"type": "text", "text": value}


@pytest.mark.parametrize(("content", "filled"), [
    ("Hi", "Hi"),
    ("", ""),
    (A, [PARTS[A]]),
    (f"What?\n{A}", [text("What?"), PARTS[A]]),
    (f"{A}\nWhat?", [PARTS[A], text("What?")]),
    (f"1\n{A}\n2\n{B}\n3", [text("1"), PARTS[A], text("2"), PARTS[B], text("3")]),
    (f"{A}\n{D}\n{B}", [PARTS[A], PARTS[D], PARTS[B]]),
    (f"{A}{D}", [PARTS[A], PARTS[D]]),
    (f"{A}\n\n{D}", [PARTS[A], PARTS[D]]),
    (f"{A}\n\n\n{D}", [PARTS[A], text("\n"), PARTS[D]]),
    (f"\n\n{A}\n\n", [text("\n"), PARTS[A], text("\n")]),
    (f"ann: {A}", [text("ann: "), PARTS[A]]),
    (f"ann: Look:\n{A}\n\nbob: So?", [text("ann: Look:"), PARTS[A], text("\nbob: So?")]),
    (f" a \n{A}\n b ", [text(" a "), PARTS[A], text(" b ")]),
    (C, SAID),
    (f"What?\n{C}\nTell.", f"What?\n{SAID}\nTell."),
    (f"{C}\n{C}", f"{SAID}\n{SAID}"),
    (f"1\n{C}\n{A}\n{C}\n2", [text(f"1\n{SAID}"), PARTS[A], text(f"{SAID}\n2")]),
])  # fmt: skip
def test_parts_in_their_order(content: str, filled: str | list[Part]) -> None:
    """Texts lose the one line break that set them apart. What was said in a recording is text like all other."""
    assert fill([{"role": "user", "content": content, "name": "ann"}], PARTS) == [
        {"role": "user", "content": filled, "name": "ann"}
    ]


def test_what_was_said_is_never_looked_through() -> None:
    """Not even where it has the character that stands for a picture."""
    parts = {A: PARTS[A], C: f"He said {A}."}
    assert fill([{"role": "user", "content": f"{C}\n{A}"}], parts)[0]["content"] == [text(f"He said {A}."), PARTS[A]]


def test_only_users_show_something() -> None:
    """The same character in what others say stays what they said."""
    turns = (Turn("system", A), Turn("user", A), Turn("assistant", A, tool_calls=(ToolCall("1", "sql", "{}"),)))
    contents = [message["content"] for message in fill(write_messages(turns, "", NATIVE), {A: PARTS[A]})]
    assert contents == [A, [PARTS[A]], A]


said = st.lists(st.sampled_from(["a", "\n", " ", "b\n", "\n\nc"]) | st.text(max_size=5), min_size=1, max_size=3)
texts = said.map("".join).filter(lambda value: not set(value) & set(MEDIA))
seen = st.sampled_from([mark for mark in MEDIA if not isinstance(MEDIA[mark], Transcript)])


@given(st.lists(texts | seen, min_size=1, max_size=8))
def test_whatever_a_user_sends_as_parts(pieces: list[str]) -> None:
    """Comes out as the same parts, but that texts beside each other are one, and empty ones none."""
    (message,) = fill([{"role": "user", "content": "\n".join(pieces)}], PARTS)
    expected: list[Any] = []
    for piece in pieces:
        if piece in PARTS:
            expected.append(PARTS[piece])
        elif expected and isinstance(expected[-1], str):
            expected[-1] += f"\n{piece}"
        else:
            expected.append(piece)
    parts = [text(part) if isinstance(part, str) else part for part in expected if part != ""]
    content = message["content"]
    assert (content if isinstance(content, list) else [text(content)] if content else []) == parts


def media_in(messages: Sequence[dict[str, Any]]) -> list[Part]:
    """All parts that are not text."""
    contents = [message["content"] for message in messages if isinstance(message["content"], list)]
    return [part for content in contents for part in content if part["type"] != "text"]


@settings(max_examples=50)
@given(conversations, st.data())
def test_none_is_lost(conversation: Conversation, data: st.DataObject) -> None:
    """In whatever history, and whatever is made of it: each is there once, in their order, and no character that stood
    for one is.
    """
    marks = iter(map(chr, MARKS))
    turns = []
    for turn in conversation.turns:
        num = data.draw(st.integers(0, 2)) if turn.role == "user" else 0
        turns.append(replace(turn, text="\n".join([turn.text, *(next(marks) for _ in range(num))])))
    placed = [mark for turn in turns for mark in turn.text if ord(mark) in MARKS]
    parts: dict[str, Part | str] = {mark: {"type": "image_url", "image_url": {"url": mark}} for mark in placed}
    if not placed:
        return
    for messages in (*(write_messages(turns, "L", traits) for traits in (NATIVE, TAUGHT, PLAINER)),
                     list(write_verbatim(turns, "L"))):  # fmt: skip
        filled = fill(messages, parts)
        assert media_in(filled) == [parts[mark] for mark in placed]
        assert not set(placed) & set("".join(map(str, (m["content"] for m in filled if isinstance(m["content"], str)))))


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_a_transcript_goes_anywhere(upstream: str) -> None:
    """Also to those that neither see nor hear, on every way; its character does not."""
    turns = (Turn("user", f"What?\n{C}", "ann"), Turn("user", "So?"))
    for conversation in (ask(turns=turns, media={C: TOLD}), ask(SQL, turns=turns, media={C: TOLD})):
        planned = plan(upstream, conversation)
        for messages in filter(None, (planned.body["messages"], planned.plainer)):
            assert C not in repr(messages) and f"What?\n{SAID}" in next(
                message["content"] for message in messages if message["role"] == "user"
            )
