"""Memory that is emptied after each piece."""

from antiphon.media.speech.encode.sink import SeekableSink


def test_pieces_are_given_once() -> None:
    """And not kept."""
    sink = SeekableSink()
    sink.write(b"abc")
    assert (sink.take(), sink.take()) == (b"abc", b"")
    sink.write(b"de")
    assert (sink.tell(), sink.take()) == (5, b"de")


def test_what_has_gone_out_is_not_changed() -> None:
    """What has not, can be."""
    sink = SeekableSink()
    sink.write(b"abc")
    sink.take()
    sink.write(b"def")
    sink.seek(0)
    sink.write(b"X")
    sink.seek(4)
    sink.write(b"Y")
    assert sink.seek(0, 2) == 6
    sink.write(b"g")
    assert sink.take() == b"dYfg"
