"""Large inputs leave the JSON of messages and come back to where they were."""

import hashlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.store.inputs import LONGEST_INLINE, missing, put_back, take_out

LARGE = "data:image/png;base64," + "iVBORw0KGgo" * 200
OTHER = "UklGRiQAAABXQVZF" * 100


def render(*contents: Any) -> str:
    """User messages, as compact JSON."""
    return msgspec.json.encode([{"role": "user", "content": content} for content in contents]).decode()


def image(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, "detail": "low"}}


def recording(data: str) -> dict[str, Any]:
    return {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}


def file(data: str | None) -> dict[str, Any]:
    return {"type": "file", "file": {"file_data": data, "filename": "paper.pdf"}}


def text(content: str) -> dict[str, Any]:
    return {"type": "text", "text": content}


def name_of(data: str) -> str:
    return hashlib.sha256(data.encode()).hexdigest()


@pytest.mark.parametrize("part", [image(LARGE), recording(LARGE), file(LARGE)], ids=lambda part: part["type"])
def test_what_is_taken_out(part: dict[str, Any]) -> None:
    """Images, recordings and files are taken out, each by the SHA-256 of its text, and the rest of the part stays."""
    messages = render([text("Look"), part])
    rest, taken = take_out(messages)
    assert taken == {name_of(LARGE): LARGE.encode()}
    assert LARGE not in rest
    assert f'{{"blob":"{name_of(LARGE)}"}}' in rest
    assert missing(rest) == set(taken)
    assert put_back(rest, taken) == messages


def test_same_input_is_kept_once() -> None:
    """An input that stands in several places, of several kinds even, is one."""
    messages = render([image(LARGE), image(LARGE), image(OTHER)], [recording(LARGE)])
    rest, taken = take_out(messages)
    assert set(taken) == {name_of(LARGE), name_of(OTHER)}
    assert put_back(rest, taken) == messages


@pytest.mark.parametrize(("more", "is_taken"), [(0, False), (1, True)])
@pytest.mark.parametrize("sign", ["a", "é", "😀"])
def test_short_inputs_stay(sign: str, more: int, is_taken: bool) -> None:
    """Only what is longer than LONGEST_INLINE characters is taken out, however long the message around it is."""
    messages = render([image(sign * (LONGEST_INLINE + more)), text("x" * 5000)])
    rest, taken = take_out(messages)
    assert bool(taken) == is_taken == bool(missing(rest))
    assert put_back(rest, taken) == messages


STAYS = {
    "a text": render("x" * 5000),
    "a text in parts": render([text("x" * 5000)]),
    "an address": render([image("https://example.com/a.png"), text("x" * 5000)]),
    "a file by its id": msgspec.json.encode(
        [{"role": "user", "content": [{"type": "file", "file": {"file_id": "f" * 5000}}]}]
    ).decode(),
    "a file without data": render([file(None), text("x" * 5000)]),
    "a call": msgspec.json.encode(
        [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": '{"url":"' + "x" * 5000}}]}]
    ).decode(),
    "no content": msgspec.json.encode([{"role": "assistant", "content": None, "url": "x" * 5000}]).decode(),
    "nothing": "[]",
    "text that looks like our mark": render('{"blob":"' + name_of(LARGE) + '"}' + "x" * 5000),
    "JSON in text": render(msgspec.json.encode(image(LARGE)).decode()),
}


@pytest.mark.parametrize("messages", STAYS.values(), ids=STAYS)
def test_what_stays_as_it_is(messages: str) -> None:
    """Without a large input the JSON is the very same, and nothing in it is missing, whatever its text looks like."""
    assert take_out(messages) == (messages, {})
    assert missing(messages) == set()
    assert put_back(messages, {}) == messages


def test_our_mark_in_a_text_beside_a_large_input() -> None:
    """A text that contains our mark is left alone where something is taken out beside it, too."""
    messages = render('{"blob":"x"}', [text('{"blob":"x"}'), image('{"blob":"y"}'), image(LARGE)])
    rest, taken = take_out(messages)
    assert missing(rest) == set(taken) == {name_of(LARGE)}
    assert put_back(rest, taken) == messages


SHORT = st.text(max_size=8) | st.sampled_from(['{"blob":"', '"url":', '{"blob":"0"}', "\\", "\0", '"'])
ANY = SHORT | st.builds(lambda piece, times: piece * times, st.text(min_size=1, max_size=4), st.integers(250, 1100))
PART = st.one_of(
    st.builds(text, ANY),
    st.builds(image, ANY),
    st.builds(recording, ANY),
    st.builds(file, st.none() | ANY),
    st.just({"type": "file", "file": {"file_id": "file-1"}}),
)
MESSAGES = st.lists(st.none() | ANY | st.lists(PART, max_size=4), max_size=4)


@given(MESSAGES)
def test_round_trip(contents: list[Any]) -> None:
    """Whatever messages hold, they come back exactly, and meanwhile no large input is in them."""
    messages = render(*contents)
    rest, taken = take_out(messages)
    assert missing(rest) == set(taken)
    assert all(name == name_of(data.decode()) for name, data in taken.items())
    assert all(len(data.decode()) > LONGEST_INLINE for data in taken.values())
    assert put_back(rest, taken) == messages
