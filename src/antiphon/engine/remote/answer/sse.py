"""Server-sent events out of bytes as they come: data only, as the HTML standard splits it. Pure, and bounded."""

LONGEST = 8 << 20
"""Bytes of one event. A whole answer of a million tokens is smaller."""


class TooLong(Exception):
    """An event that has no end."""


class Splitter:
    """Cut the bytes as you like: the same events come out."""

    def __init__(self) -> None:
        self.rest = b""
        self.data: list[bytes] = []
        self.size = 0
        self.begun = False

    def feed(self, received: bytes) -> list[bytes]:
        """The data of each event that is complete by now. Raises `TooLong`."""
        lines = (self.rest + received).split(b"\n")
        self.rest = lines.pop()
        if not self.begun and (lines or len(self.rest) > len(BOM)):
            self.begun = True
            if lines:
                lines[0] = lines[0].removeprefix(BOM)
            else:
                self.rest = self.rest.removeprefix(BOM)
        events: list[bytes] = []
        for line in lines:
            self._take(line.removesuffix(b"\r"), events)
        if self.size + len(self.rest) > LONGEST:
            raise TooLong
        return events

    def _take(self, line: bytes, events: list[bytes]) -> None:
        if line.startswith(b"data:"):
            value = line[6:] if line[5:6] == b" " else line[5:]
            self.data.append(value)
            self.size += len(value) + 1
            if self.size > LONGEST:
                raise TooLong
        elif not line and self.data:
            events.append(b"\n".join(self.data))
            self.data, self.size = [], 0


BOM = b"\xef\xbb\xbf"
