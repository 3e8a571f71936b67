"""Tokenises prompts, long ones beside the loop: half a megabyte takes half a second, which nobody else should wait for.

llama.cpp's tokenizer runs without Python's lock, so the loop goes on meanwhile.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from antiphon.engine.llama.messages import Submit
from antiphon.engine.llama.sequence import RequestKey
from antiphon.engine.llama.tokenizer import Tokenizer

LONG_CHARS = 16_384
"""Up to here tokenising takes a few milliseconds at most, less than a step."""


class Intake:
    """wake: called, in another thread, when there is something to take."""

    def __init__(self, tokenizer: Tokenizer, wake: Callable[[], None]) -> None:
        self.tokenizer = tokenizer
        self.wake = wake
        self.thread = ThreadPoolExecutor(1, "intake")
        self.pending: dict[RequestKey, tuple[Submit, Future[list[int]]]] = {}

    def put(self, sender: int, message: Submit) -> list[int] | None:
        """The tokens of a short prompt; those of a long one come later, out of `take`."""
        if sum(len(piece) for piece in message.prompt if isinstance(piece, str)) <= LONG_CHARS:
            return self.tokenizer.encode(message.prompt)
        future = self.thread.submit(self.tokenizer.encode, message.prompt)
        self.pending[sender, message.request] = (message, future)
        future.add_done_callback(lambda _: self.wake())
        return None

    def take(self) -> Iterator[tuple[int, Submit, list[int]]]:
        """Requests whose long prompts have become tokens."""
        for key, (message, future) in list(self.pending.items()):
            if future.done():
                del self.pending[key]
                yield key[0], message, future.result()

    def cancel(self, key: RequestKey) -> None:
        """Nobody waits for this one any more."""
        if pending := self.pending.pop(key, None):
            pending[1].cancel()
