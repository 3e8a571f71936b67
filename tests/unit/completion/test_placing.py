"""What is not text stands in texts as a character that nothing else in them has."""

from typing import Any

import pytest

from antiphon.completion.conversation import build_conversation
from antiphon.completion.placing import Gathered
from antiphon.dialect.medium import MARKS, Picture, Transcript
from antiphon.errors import InvalidRequest
from tests.unit.completion.requests import request

RED, BLUE = (Picture(1, 1, bytes(3), digest) for digest in ("red", "blue"))
IMAGE = {"type": "image_url", "image_url": {"url": "data:,"}}
FILE = {"type": "file", "file": {"file_id": "a"}}


def text(said: str) -> dict[str, Any]:
    """A part that is text."""
    return {"type": "text", "text": said}


def converse(gathered: Gathered, *content: Any, **fields: Any) -> tuple[str, dict[str, Any]]:
    """The text of a user's message, with its media by their places in it; and the media."""
    conversation = build_conversation(request({"role": "user", "content": list(content)}, **fields), gathered)
    (turn,) = conversation.turns
    said = turn.text
    for number, mark in enumerate(conversation.media):
        assert said.count(mark) == 1
        said = said.replace(mark, f"<{number}>")
    return said, conversation.media


@pytest.mark.parametrize(
    ("gathered", "content", "said", "media"),
    [
        ({"messages[0].content[0]": (RED,)}, [IMAGE, text("What?")], "<0>\nWhat?", [RED]),
        ({"messages[0].content[1]": (RED,)}, [text("What?"), IMAGE], "What?\n<0>", [RED]),
        ({f"messages[0].content[{i}]": (p,) for i, p in enumerate((RED, BLUE, RED))}, [IMAGE] * 3, "<0>\n<1>\n<2>",
         [RED, BLUE, RED]),
        ({"messages[0].content[0]": ("Page 1:", RED, "Page 2:", BLUE)}, [FILE, text("a")],
         "Page 1:\n<0>\nPage 2:\n<1>\na", [RED, BLUE]),
        ({"messages[0].content[0]": ("File a.txt",)}, [FILE], "File a.txt", []),
        ({"messages[0].content[0]": (Transcript("Hi"),)}, [IMAGE], "<0>", [Transcript("Hi")]),
    ],
)  # fmt: skip
def test_media_stand_where_their_parts_do(gathered: Any, content: Any, said: str, media: Any) -> None:
    """In their order, each on a line of its own as all parts are."""
    told, placed = converse(gathered, *content)
    assert (told, list(placed.values())) == (said, media)


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ([text(chr(MARKS[0]))], {}),
        ([text("a")], {"tools": [{"type": "function", "function": {"name": "f", "description": chr(MARKS[0])}}]}),
        ([text("a")], {"response_format": {"type": "json_schema", "json_schema": {
            "name": "x", "schema": {"const": chr(MARKS[0])}}}}),
    ],
)  # fmt: skip
def test_no_text_can_stand_for_a_picture(content: Any, fields: Any) -> None:
    """A character that some text of the request has, wherever it is, stands for nothing."""
    asked = request({"role": "user", "content": [IMAGE, *content]}, **fields)
    conversation = build_conversation(asked, {"messages[0].content[0]": (RED,)})
    assert set(conversation.media) == {chr(MARKS[1])}


def test_escapes_cannot_stand_for_a_picture() -> None:
    """Nor what arguments of a call of before say in JSON's escapes, which a template may write out."""
    escaped = '{"a": "\\ud880\\udc00", "\\ud880\\udc01": 1}'
    called = {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {
        "name": "f", "arguments": escaped}}]}  # fmt: skip
    asked = request({"role": "user", "content": [IMAGE, text("a")]}, called)
    conversation = build_conversation(asked, {"messages[0].content[0]": (RED,)})
    assert set(conversation.media) == {chr(MARKS[2])}


def test_a_request_with_every_rare_sign_is_refused() -> None:
    """Nothing is left that could stand for a picture."""
    everything = "".join(map(chr, MARKS))
    with pytest.raises(InvalidRequest):
        converse({"messages[0].content[0]": (RED,)}, IMAGE, text(everything))
    assert converse({}, text(everything))[0] == everything


def test_a_spoken_answer_is_what_was_said() -> None:
    """An assistant's turn that only refers to a recording says what was said in it."""
    asked = request({"role": "user", "content": "a"}, {"role": "assistant", "audio": {"id": "audio_1"}})
    conversation = build_conversation(asked, {"messages[1].audio": ("Hello.",)})
    assert [turn.text for turn in conversation.turns] == ["a", "Hello."]


def test_what_is_said_and_spoken_is_said_once() -> None:
    """The words of a message that has both are not doubled."""
    both = {"role": "assistant", "content": "Hello.", "audio": {"id": "audio_1", "unspoken": "x"}}
    conversation = build_conversation(
        request({"role": "user", "content": "a"}, both), {"messages[1].audio": ("Hello.",)}
    )
    assert [turn.text for turn in conversation.turns] == ["a", "Hello."]


def test_breakpoints_count_what_is_not_text() -> None:
    """A prefix may end behind a picture."""
    marked = IMAGE | {"prompt_cache_breakpoint": {"mode": "explicit"}}
    asked = request({"role": "user", "content": [text("abc"), marked, text("d")]})
    (turn,) = build_conversation(asked, {"messages[0].content[1]": (RED,)}).turns
    assert turn.breakpoints == (len("abc\n?"),)
