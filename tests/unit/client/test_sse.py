"""Server-sent events by the standard, from bytes that are cut anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.client.sse import Event, EventParser

LINES = st.sampled_from([b"data: a", b"data:b", b"data", b"data: ", b": comment", b"event: error", b"id: 7", b"", b"x"])
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


def parse(*pieces: bytes) -> list[Event]:
    parser = EventParser()
    return [event for piece in pieces for event in parser.feed(piece)]


@pytest.mark.parametrize(("text", "events"), [
    (b"data: a\n\n", [Event(b"a")]),
    (b"data:a\n\ndata:  b\n\n", [Event(b"a"), Event(b" b")]),
    (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [Event(b"a"), Event(b"b"), Event(b"c")]),
    (b"data: a\ndata: b\n\n", [Event(b"a\nb")]),
    (b": keep-alive\n\ndata: a\n: more\n\n", [Event(b"a")]),
    (b"event: error\ndata: a\n\ndata: b\n\n", [Event(b"a", "error"), Event(b"b")]),
    (b"event: lonely\n\ndata: b\n\n", [Event(b"b")]),
    (b"data\n\n", [Event(b"")]),
    (b"\xef\xbb\xbfdata: a\n\n", [Event(b"a")]),
    (b"id: 1\nretry: 5\nunknown: x\ndata: a\n\n", [Event(b"a")]),
    (b"data: a\n", []),
    (b"data: a", []),
    (b"", []),
    ("data: \u2028ä\u0085\n\n".encode(), [Event("\u2028ä\u0085".encode())]),
])  # fmt: skip
def test_by_the_standard(text: bytes, events: list[Event]) -> None:
    """Line ends of three kinds, comments, several lines of data, names, a byte order mark; an unended event is none."""
    assert parse(text) == events
    assert parse(*(text[place : place + 1] for place in range(len(text)))) == events


@given(st.lists(st.tuples(LINES, ENDS)), st.data())
def test_any_pieces(lines: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    """Wherever the bytes are cut, the events are the same."""
    text = b"".join(line + end for line, end in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    pieces = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert parse(*pieces) == parse(text)


def test_a_long_line_in_many_pieces() -> None:
    """Is not joined again with every piece: a million pieces take no time to speak of."""
    assert parse(*[b"data: x", *[b"x"] * 1_000_000, b"\n\n"]) == [Event(b"x" * 1_000_001)]
