"""Messages as frames on a byte stream: four bytes of length (big-endian), then the message."""

from collections.abc import Iterator

HEAD_BYTES = 4


def build_frame(message: bytes) -> bytes:
    """One message, ready to be written."""
    return len(message).to_bytes(HEAD_BYTES) + message


class FrameReader:
    """Puts messages together again, however their bytes were cut."""

    def __init__(self) -> None:
        self.data = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The messages that are complete with `data`."""
        self.data += data
        while len(self.data) >= HEAD_BYTES:
            end = HEAD_BYTES + int.from_bytes(self.data[:HEAD_BYTES])
            if len(self.data) < end:
                return
            message = bytes(self.data[HEAD_BYTES:end])
            del self.data[:end]
            yield message
