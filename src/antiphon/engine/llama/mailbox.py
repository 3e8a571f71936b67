"""The worker's end of the socket. Senders are told apart by the identity ZeroMQ gives them.

The pipe at standard input is the line of life: when the process that started us is gone, it
closes, and so does the mailbox.
"""

import sys
from collections.abc import Iterable, Iterator

import msgspec
import zmq

from antiphon.engine.llama.messages import Cancel, FromWorker, Hello, Submit, decode_to_worker, encode


class SocketMailbox:
    """address: a ZeroMQ `ipc://` address in a folder that only its owner can enter."""

    def __init__(self, address: str) -> None:
        self.socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.ROUTER)
        self.socket.setsockopt(zmq.SNDHWM, 0)
        self.socket.setsockopt(zmq.RCVHWM, 0)
        self.socket.setsockopt(zmq.LINGER, 1000)
        self.socket.bind(address)
        self.poller = zmq.Poller()
        self.poller.register(self.socket, zmq.POLLIN)
        self.poller.register(sys.stdin.fileno(), zmq.POLLIN)
        self.open = True
        self.correspondents: set[bytes] = set()
        self.news: FromWorker | None = None

    def receive(self, *, wait: bool) -> Iterable[tuple[bytes, Submit | Cancel]]:
        """Everything that has come; with `wait`, blocks until something has."""
        events = dict(self.poller.poll(None if wait else 0))
        if sys.stdin.fileno() in events:
            self.open = False
        return self._drain() if self.socket in events else ()

    def send(self, receiver: bytes, message: FromWorker) -> None:
        """Queue a message; lost, as it should be, when the receiver is gone."""
        self.socket.send_multipart([receiver, encode(message)])

    def announce(self, news: FromWorker) -> None:
        """Tell everybody who has said hello, and everybody who will, where loading stands."""
        self.news = news
        for receiver in self.correspondents:
            self.send(receiver, news)

    def _drain(self) -> Iterator[tuple[bytes, Submit | Cancel]]:
        while True:
            try:
                sender, data = self.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            try:
                message = decode_to_worker(data)
            except msgspec.DecodeError:
                continue
            if not isinstance(message, Hello):
                yield sender, message
            elif sender not in self.correspondents:
                self.correspondents.add(sender)
                if self.news:
                    self.send(sender, self.news)
