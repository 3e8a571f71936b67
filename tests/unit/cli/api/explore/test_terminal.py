"""On a real terminal, and without one."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

import pytest

from tests.unit.cli.api.explore.screen import PATIENCE_S

ON_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(1, termios.TIOCSCTTY, 0)
from antiphon.cli.api.explore import can_explore, explore
request = sys.stdin.read()
def values():
    yield {"a": "first", "b": request}, "raw"
    if len(sys.argv) > 1:
        raise ValueError("went away")
assert can_explore() and "textual" not in sys.modules
explore(values())
print("left", sys.stdin.isatty(), file=sys.stderr)
"""


@pytest.mark.parametrize("failing", [False, True])
def test_on_a_terminal(failing: bool) -> None:
    """On a real terminal, with a request piped in and errors kept elsewhere: keys come from the terminal, the screen
    is drawn there and put back, and a failure is raised once it is left.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 80, 0, 0))
    before = termios.tcgetattr(theirs)
    process = subprocess.Popen(
        [sys.executable, "-c", ON_TERMINAL, *["fail"] * failing],
        stdin=subprocess.PIPE,
        stdout=theirs,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    try:
        assert process.stdin and process.stderr
        process.stdin.write(b"12345")
        process.stdin.close()
        drawn = read_until(ours, b"went away" if failing else b"first")
        os.write(ours, b"q")
        drawn += read_until(ours, b"\x1b[?1049l")
        told = process.stderr.read().decode()
        assert process.wait(PATIENCE_S) == (1 if failing else 0)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    assert b"\x1b[?1049h" in drawn
    assert ("ValueError: went away" if failing else "left False") in told
    assert termios.tcgetattr(theirs)[3] == before[3]
    os.close(ours)
    os.close(theirs)


def read_until(terminal: int, mark: bytes) -> bytes:
    """What was drawn."""
    drawn, end = b"", time.monotonic() + PATIENCE_S
    while mark not in drawn:
        assert time.monotonic() < end, drawn
        if select.select([terminal], [], [], 0.1)[0]:
            drawn += os.read(terminal, 65536)
    return drawn


def test_without_a_terminal() -> None:
    """Where the output is no terminal there is nothing to explore on, and finding that out loads no Textual."""
    code = (
        "import sys; from antiphon.cli.api.explore import can_explore; print(can_explore(), 'textual' in sys.modules)"
    )
    told = subprocess.check_output([sys.executable, "-c", code], text=True, stdin=subprocess.DEVNULL)
    assert told.split() == ["False", "False"]
