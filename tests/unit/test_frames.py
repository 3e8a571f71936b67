"""frames.py: messages on a byte stream."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.frames import FrameReader, build_frame


@given(messages=st.lists(st.binary(max_size=300)), data=st.data())
def test_any_cut_gives_the_same_messages(messages: list[bytes], data: st.DataObject) -> None:
    """However the bytes are cut, the messages come out whole and in order."""
    stream = b"".join(map(build_frame, messages))
    reader, received, begin = FrameReader(), [], 0
    while begin < len(stream):
        end = data.draw(st.integers(begin + 1, len(stream)))
        received += reader.feed(stream[begin:end])
        begin = end
    assert received == messages
    assert not reader.data
