"""Ctrl-C while an answer comes."""

import os
import signal

import pytest

from antiphon.cli.chat.keys import Interrupts, while_answering


def test_it_raises_once() -> None:
    """What was stopped can be put in order, however often it is pressed."""
    interrupts = Interrupts()
    with pytest.raises(KeyboardInterrupt):
        interrupts.press()
    interrupts.press()
    with interrupts.hold():
        interrupts.press()


def test_it_waits_for_what_is_done_as_a_whole() -> None:
    """It raises behind it."""
    interrupts, done = Interrupts(), []
    with pytest.raises(KeyboardInterrupt), interrupts.hold():
        interrupts.press()
        done.append("whole")
    assert done == ["whole"]


def test_the_signal() -> None:
    """Is taken while an answer comes, and given back."""
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), while_answering() as hold:
        os.kill(os.getpid(), signal.SIGINT)
        with hold():
            pass
    assert signal.getsignal(signal.SIGINT) is before
