"""The worker's end of the sockets: one connection for each API process.

Written to without waiting, so that no reader can stall the loop, and without a thread between,
so that a token is on its way with one system call. The pipe at standard input is the line of
life: when the process that started us is gone, it closes, and so does the mailbox.
"""

import itertools
import selectors
import socket
import sys
from collections.abc import Iterable, Iterator

from antiphon.engine.llama.messages import Cancel, FromWorker, HungUp, Submit, decode_to_worker, encode
from antiphon.frames import FrameReader, build_frame

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
READ_BYTES = 1 << 20
Incoming = Submit | Cancel | HungUp


class SocketMailbox:
    """path: where to listen, in a folder that only its owner can enter."""

    def __init__(self, path: str) -> None:
        self.open = True
        self.news: FromWorker | None = None
        self.lines: dict[int, Line] = {}
        self.numbers = itertools.count()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, READ)
        self.selector.register(sys.stdin, READ)
        self.bell, self.bell_rope = socket.socketpair()
        self.selector.register(self.bell, READ)

    def receive(self, *, wait: bool) -> Iterable[tuple[int, Incoming]]:
        """Everything that has come; with `wait`, blocks until something has happened."""
        messages: list[tuple[int, Incoming]] = []
        for key, events in self.selector.select(None if wait else 0):
            if key.fileobj is self.listener:
                self._accept()
            elif key.fileobj is sys.stdin:
                self.open = False
            elif key.fileobj is self.bell:
                self.bell.recv(READ_BYTES)
            else:
                messages += self._serve(key.data, events)
        return messages

    def send(self, receiver: int, message: FromWorker) -> None:
        """Queue a message; lost, as it should be, when the receiver is gone."""
        if line := self.lines.get(receiver):
            line.outgoing += build_frame(encode(message))
            self._flush(line)

    def wake(self) -> None:
        """End a `receive` that waits; may be called from any thread."""
        self.bell_rope.send(b"!")

    def announce(self, news: FromWorker) -> None:
        """Tell everybody who has called, and everybody who will, where loading stands."""
        self.news = news
        for number in list(self.lines):
            self.send(number, news)

    def close(self) -> None:
        """Hang up on everybody."""
        for line in list(self.lines.values()):
            self._hang_up(line)
        for end in (self.selector, self.listener, self.bell, self.bell_rope):
            end.close()

    def _accept(self) -> None:
        line = Line(self.listener.accept()[0], next(self.numbers))
        self.lines[line.number] = line
        self.selector.register(line.socket, READ, line)
        if self.news:
            self.send(line.number, self.news)

    def _serve(self, line: "Line", events: int) -> Iterator[tuple[int, Incoming]]:
        if events & WRITE:
            self._flush(line)
        if events & READ:
            if not (data := line.read()):
                self._hang_up(line)
                yield line.number, HungUp()
            for message in line.incoming.feed(data):
                yield line.number, decode_to_worker(message)

    def _flush(self, line: "Line") -> None:
        try:
            line.write()
        except OSError:  # the reader is gone, which reading will tell
            line.outgoing.clear()
        self.selector.modify(line.socket, READ | WRITE if line.outgoing else READ, line)

    def _hang_up(self, line: "Line") -> None:
        self.selector.unregister(line.socket)
        line.socket.close()
        del self.lines[line.number]


class Line:
    """A connection, and what could not be written to it yet. number: never that of another, also not of one gone."""

    def __init__(self, connection: socket.socket, number: int) -> None:
        self.socket = connection
        self.number = number
        self.incoming = FrameReader()
        self.outgoing = bytearray()
        connection.setblocking(False)

    def read(self) -> bytes:
        """What has come; empty at the end."""
        try:
            return self.socket.recv(READ_BYTES)
        except OSError:
            return b""

    def write(self) -> None:
        """As much as can be written now."""
        try:
            del self.outgoing[: self.socket.send(self.outgoing)]
        except BlockingIOError:
            return
