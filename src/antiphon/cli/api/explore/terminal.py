"""The terminal that the screen is drawn on, also where standard input or standard error are something else."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

STDIN, STDOUT, STDERR = 0, 1, 2


def can_explore() -> bool:
    """Whether there is a terminal to draw on and to read keys from."""
    if not is_terminal(STDOUT) or os.environ.get("TERM") == "dumb" or sys.__stdin__ is None:
        return False
    return is_terminal(STDIN) or has_keyboard()


@contextmanager
def whole_terminal() -> Iterator[None]:
    """Textual reads standard input and draws on standard error: a request that was piped in, or errors that are kept
    in a file, must not be in its way.
    """
    with ExitStack() as stack:
        if not is_terminal(STDIN) and has_keyboard():
            keyboard = os.open(os.ctermid(), os.O_RDONLY)
            stack.callback(os.close, keyboard)
            stack.enter_context(instead(STDIN, keyboard))
        if not is_terminal(STDERR) and is_terminal(STDOUT):
            stack.enter_context(instead(STDERR, STDOUT))
        yield


@contextmanager
def instead(number: int, other: int) -> Iterator[None]:
    """One descriptor stands for another for a while."""
    kept = os.dup(number)
    os.dup2(other, number)
    try:
        yield
    finally:
        os.dup2(kept, number)
        os.close(kept)


def is_terminal(number: int) -> bool:
    """Closed ones are none."""
    try:
        return os.isatty(number)
    except OSError:
        return False


def has_keyboard() -> bool:
    """Whether a terminal is there although standard input is something else."""
    if not hasattr(os, "ctermid"):  # Windows
        return False
    try:
        os.close(os.open(os.ctermid(), os.O_RDONLY))
    except OSError:
        return False
    return True
