"""Server-sent events, from bytes in any pieces (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from typing import NamedTuple

BOM = b"\xef\xbb\xbf"


class Event(NamedTuple):
    """name: of the `event` field, empty without one."""

    data: bytes
    name: str = ""


class EventParser:
    """Feed it bytes, get the events that are complete. What no empty line has ended is no event."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._data: list[bytes] = []
        self._name = ""
        self._after_return = False
        self._at_start = True

    def feed(self, piece: bytes) -> list[Event]:
        """Lines may end in a line feed, a carriage return or both, wherever the pieces are cut."""
        if self._after_return and piece.startswith(b"\n"):
            piece = piece[1:]
            self._after_return = False
        if not piece:
            return []
        self._after_return = piece.endswith(b"\r")
        self._pieces.append(piece)
        if b"\n" not in piece and b"\r" not in piece:
            return []
        lines = b"".join(self._pieces).splitlines(keepends=True)
        self._pieces = [] if lines[-1].endswith((b"\n", b"\r")) else [lines.pop()]
        return [event for line in lines if (event := self._take(line.rstrip(b"\r\n")))]

    def _take(self, line: bytes) -> Event | None:
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(BOM)
        if not line:
            return self._finish()
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
        elif field == b"event":
            self._name = value.removeprefix(b" ").decode(errors="replace")
        return None

    def _finish(self) -> Event | None:
        event = Event(b"\n".join(self._data), self._name) if self._data else None
        self._data, self._name = [], ""
        return event
