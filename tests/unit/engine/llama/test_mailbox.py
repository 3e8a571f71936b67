"""engine/llama/mailbox.py: the worker's end, spoken to over a real socket."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.engine.llama.mailbox import SocketMailbox
from antiphon.engine.llama.messages import Admitted, Cancel, HungUp, Progress, decode_from_worker, encode
from antiphon.frames import FrameReader, build_frame


@pytest.fixture
def lifeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Standard input as a pipe; yields its writing end."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as standard_input:
        monkeypatch.setattr(sys, "stdin", standard_input)
        yield writing
        os.close(writing)


@pytest.fixture
def mailbox(lifeline: int, tmp_path: Path) -> Iterator[SocketMailbox]:
    made = SocketMailbox(str(tmp_path / "worker"))
    yield made
    made.close()


def call(tmp_path: Path) -> socket.socket:
    caller = socket.socket(socket.AF_UNIX)
    caller.connect(str(tmp_path / "worker"))
    return caller


def receive(caller: socket.socket, count: int) -> list[object]:
    reader, received = FrameReader(), []
    while len(received) < count:
        received += [decode_from_worker(frame) for frame in reader.feed(caller.recv(1 << 16))]
    return received


def test_news_reach_who_calls_late(mailbox: SocketMailbox, tmp_path: Path) -> None:
    """Whoever connects is told at once where loading stands."""
    mailbox.announce(Progress(0.5))
    with call(tmp_path) as caller:
        mailbox.receive(wait=True)
        assert receive(caller, 1) == [Progress(0.5)]


def test_callers_are_told_apart(mailbox: SocketMailbox, tmp_path: Path) -> None:
    """An answer goes to who asked."""
    with call(tmp_path) as one, call(tmp_path) as two:
        two.send(build_frame(encode(Cancel("from two"))))
        messages: list[tuple[int, object]] = []
        while not messages:
            messages += mailbox.receive(wait=True)
        ((sender, message),) = messages
        assert message == Cancel("from two")
        mailbox.send(sender, Admitted("answer", 1))
        assert receive(two, 1) == [Admitted("answer", 1)]
        one.setblocking(False)
        with pytest.raises(BlockingIOError):
            one.recv(1)


def test_slow_reader_does_not_block(mailbox: SocketMailbox, tmp_path: Path) -> None:
    """Sending never waits; a reader that comes back gets everything, in order."""
    with call(tmp_path) as caller:
        while not mailbox.lines:
            mailbox.receive(wait=True)
        (number,) = mailbox.lines
        sent = [Admitted("x" * 1000, count) for count in range(2000)]
        for message in sent:
            mailbox.send(number, message)
        reader, received = FrameReader(), []
        while len(received) < len(sent):
            received += [decode_from_worker(frame) for frame in reader.feed(caller.recv(1 << 16))]
            mailbox.receive(wait=False)
        assert received == sent


def test_gone_caller_is_forgotten(mailbox: SocketMailbox, tmp_path: Path) -> None:
    """Messages to who has hung up are lost, and harm nobody."""
    with call(tmp_path):
        mailbox.receive(wait=True)
        (number,) = mailbox.lines
    messages: list[tuple[int, object]] = []
    while mailbox.lines:
        messages += mailbox.receive(wait=True)
    assert messages == [(number, HungUp())]
    mailbox.send(number, Progress(1.0))
    assert mailbox.open


def test_nobody_has_the_number_of_another(mailbox: SocketMailbox, tmp_path: Path) -> None:
    """What is under way for who has hung up is never taken for that of who calls next."""
    numbers = set()
    for _ in range(3):
        with call(tmp_path):
            while not mailbox.lines:
                mailbox.receive(wait=True)
            numbers |= set(mailbox.lines)
        while mailbox.lines:
            mailbox.receive(wait=True)
    assert len(numbers) == 3


def test_closes_with_its_parent(mailbox: SocketMailbox, lifeline: int) -> None:
    """When standard input ends, the process that started us is gone, and so do we."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), lifeline)
    mailbox.receive(wait=True)
    assert not mailbox.open


def test_a_bell_ends_waiting(mailbox: SocketMailbox) -> None:
    """What another thread has ready is not left lying until somebody writes."""
    mailbox.wake()
    assert mailbox.receive(wait=True) == []
