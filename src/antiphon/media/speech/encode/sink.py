"""Where encoders write: memory that is emptied after each piece, and that never looks back."""


class Sink:
    """Bytes since it was last emptied. What is written before them has gone out and is not changed any more: libraries
    that go back to their header, to say how long it all became, do so in vain.
    """

    def __init__(self) -> None:
        self.held = bytearray()
        self.begin = 0
        self.position = 0

    def write(self, data: bytes) -> int:
        """At the position, if it has not gone out."""
        begin = self.position - self.begin
        if begin >= 0:
            self.held[begin : begin + len(data)] = data
        self.position += len(data)
        return len(data)

    def take(self) -> bytes:
        """What is there, which is not kept."""
        taken = bytes(self.held)
        self.begin += len(taken)
        self.held.clear()
        return taken


class SeekableSink(Sink):
    """For a library that insists on going back."""

    def seek(self, offset: int, whence: int = 0) -> int:
        """Python's own meaning."""
        self.position = (0, self.position, self.begin + len(self.held))[whence] + offset
        return self.position

    def tell(self) -> int:
        """Where it writes next."""
        return self.position

    def flush(self) -> None:
        """It is in memory."""

    def read(self, _size: int = -1) -> bytes:
        """Nothing: it is only written to."""
        return b""
