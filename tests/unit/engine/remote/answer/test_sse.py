"""Events out of bytes that are cut anywhere, and what has no end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.remote.answer.sse import BOM, LONGEST, Splitter, TooLong

LINES = st.sampled_from([b"data: a", b"data:b", b"data:", b"data:  c", b": comment", b"event: x", b"id: 7", b"", b"x"])
ENDS = st.sampled_from([b"\n", b"\r\n"])
MARGIN = 16


def split(*pieces: bytes) -> list[bytes]:
    """The data of all events."""
    splitter = Splitter()
    return [data for piece in pieces for data in splitter.feed(piece)]


@pytest.mark.parametrize(("received", "events"), [
    (b"data: a\n\n", [b"a"]),
    (b"data:a\n\n", [b"a"]),
    (b"data:  a \n\n", [b" a "]),
    (b"data: a\r\n\r\ndata: b\n\n", [b"a", b"b"]),
    (b"data: a\ndata: b\n\n", [b"a\nb"]),
    (b"data: a\ndata:\ndata: b\n\n", [b"a\n\nb"]),
    (b": keep-alive\n\ndata: a\n: more\n\n", [b"a"]),
    (b":\n\n:\n\n", []),
    (b"event: error\nid: 1\nretry: 5\nunknown: x\nnothing\ndata: a\n\n", [b"a"]),
    (b"database: a\n\n", []),
    (b" data: a\n\n", []),
    (BOM + b"data: a\n\n", [b"a"]),
    (BOM + b"\ndata: a\n\n", [b"a"]),
    (b"data: a\n\n" + BOM + b"data: b\n\n", [b"a"]),
    (b"\n\n\ndata: a\n\n\n\n", [b"a"]),
    (b"data: a\n", []),
    (b"data: a", []),
    (b"", []),
    ("data: \u2028ä\u0085\n\n".encode(), ["\u2028ä\u0085".encode()]),
    (b"data: \xff\xfe\n\n", [b"\xff\xfe"]),
])  # fmt: skip
def test_by_the_standard(received: bytes, events: list[bytes]) -> None:
    """Line ends of two kinds, comments, unknown fields, several lines of data, a byte order mark; an unended event is
    none. Bytes are not looked at.
    """
    assert split(received) == events
    assert split(*(received[place : place + 1] for place in range(len(received)))) == events


@given(st.booleans(), st.lists(st.tuples(LINES, ENDS)), st.data())
def test_any_pieces(marked: bool, lines: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    """Wherever the bytes are cut, the events are the same."""
    whole = BOM * marked + b"".join(line + end for line, end in lines)
    places = sorted(data.draw(st.lists(st.integers(0, len(whole)))))
    pieces = [whole[begin:end] for begin, end in zip([0, *places], [*places, len(whole)], strict=True)]
    assert split(*pieces) == split(whole)


LONG = b"x" * (LONGEST - MARGIN)
OVER = b"x" * (LONGEST + MARGIN)
HALF = b"x" * (LONGEST // 2)


@pytest.mark.parametrize("pieces", [
    [b"data: " + LONG + b"\n\n"],
    [b"data: ", LONG, b"\n", b"\n"],
    [b"data: " + HALF[MARGIN:] + b"\n", b"data: " + HALF[MARGIN:] + b"\n\n"],
])  # fmt: skip
def test_as_long_as_may_be(pieces: list[bytes]) -> None:
    """However it comes."""
    (event,) = split(*pieces)
    assert len(event.replace(b"\n", b"")) in (LONGEST - MARGIN, LONGEST - 2 * MARGIN)


TOO_LONG = {
    "whole": [b"data: " + OVER + b"\n\n"],
    "no end": [b"data: " + OVER],
    "in pieces": [b"data: ", OVER],
    "comment": [b": " + OVER],
    "field": [b"event: " + HALF, HALF + HALF],
    "nothing known": [OVER],
    "lines": [b"data: " + HALF + b"\n", b"data: " + HALF + b"\ndata: xxx\n"],
    "short lines": [b"data: " + LONG + b"\n" + b"data: x\n" * (2 * MARGIN)],
    "empty lines": [b"data: " + LONG + b"\n" + b"data:\n" * (2 * MARGIN)],
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_too_long(name: str) -> None:
    """In one line or over many lines of one event, of which the ends count too: whatever is kept has a bound."""
    with pytest.raises(TooLong):
        split(*TOO_LONG[name])


def test_many_events_may_be_longer_together() -> None:
    """The bound is that of one event."""
    assert len(split(*[b"data: " + HALF + b"\n\n"] * 4)) == 4
