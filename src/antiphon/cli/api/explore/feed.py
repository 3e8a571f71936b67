"""Values out of an iterator that may wait for a network. A thread takes them, never more than are wanted; whoever
shows them collects what has arrived. Knows nothing of the screen.
"""

import threading
from collections.abc import Iterable
from typing import Any

PATIENCE_S = 0.2


class Feed:
    """`want` says how many, `collect` gives those that are new. error: what ended it before its end."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._values = values
        self._arrived: list[Any] = []
        self._num_taken = 0
        self._num_wanted = 1
        self._is_stopped = False
        self._changed = threading.Condition()
        # A daemon: who leaves the screen does not wait for a server that is slow.
        self._thread = threading.Thread(target=self._run, name="antiphon-feed", daemon=True)
        self.is_done = False
        self.error: BaseException | None = None

    def start(self) -> None:
        """Begins to take values."""
        self._thread.start()

    def want(self, num: int) -> None:
        """So many in all."""
        with self._changed:
            self._num_wanted = max(self._num_wanted, num)
            self._changed.notify_all()

    def collect(self) -> tuple[list[Any], bool]:
        """What has arrived since, and whether that was the last of it."""
        with self._changed:
            arrived, self._arrived = self._arrived, []
            return arrived, self.is_done

    @property
    def is_busy(self) -> bool:
        """Whether more is on its way."""
        with self._changed:
            return not self.is_done and self._num_taken < self._num_wanted

    def stop(self) -> None:
        """Takes no more; one that is being waited for is left behind."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(PATIENCE_S)

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            for value in self._values:
                if not self._put(value):
                    break
        except BaseException as raised:  # whatever it is, it belongs to whoever called
            error = raised
        with self._changed:
            self.error, self.is_done = error, True

    def _put(self, value: Any) -> bool:
        """Then waits until another is wanted. False where none will be."""
        with self._changed:
            self._arrived.append(value)
            self._num_taken += 1
            self._changed.wait_for(lambda: self._is_stopped or self._num_taken < self._num_wanted)
            return not self._is_stopped
