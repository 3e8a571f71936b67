"""The keyboard while nobody is asked to write."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType

try:
    import termios
except ImportError:  # Windows has no such terminals
    termios = None  # type: ignore[assignment]

Hold = Callable[[], AbstractContextManager[None]]


@contextmanager
def while_answering() -> Iterator[Hold]:
    """Ctrl-C stops the answer."""
    interrupts = Interrupts()
    before = signal.signal(signal.SIGINT, interrupts.press)
    try:
        yield interrupts.hold
    finally:
        signal.signal(signal.SIGINT, before)


class Interrupts:
    """Ctrl-C raises once, so that what it stopped can be put in order however often it is pressed, and never in the
    middle of what must be done as a whole.
    """

    def __init__(self) -> None:
        self._is_held = False
        self._is_pressed = False
        self._is_raised = False

    def press(self, _number: int = signal.SIGINT, _frame: FrameType | None = None) -> None:
        """As a handler of the signal."""
        self._is_pressed = True
        if not self._is_held:
            self._raise()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """What is done in it is done as a whole."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        self._raise()

    def _raise(self) -> None:
        if self._is_pressed and not self._is_raised:
            self._is_raised = True
            raise KeyboardInterrupt


@contextmanager
def keys_wait() -> Iterator[None]:
    """Keys are not shown where they would disturb an answer; the next prompt reads them, each as it was pressed."""
    if termios is None or not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    quiet = [*before]
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(sys.stdin, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)
