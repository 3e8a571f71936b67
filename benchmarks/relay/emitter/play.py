"""One stream of the upstream on its way: writes a token when it is due, and only while the socket takes it.

It knows no HTTP beyond the frames it is made of. Invariant: whatever is held is in `held`, and nothing else is.
"""

import asyncio

from relay.emitter.frames import HEAD, NUM_TEXTS, ROLE, TOKENS, build_ending
from relay.emitter.script import Asked

# Fractions that lie evenly, however many there are: streams that are released together go on one after another.
GOLDEN = 0.6180339887


class Play:
    """Begins at once. per_write: tokens that leave in one write."""

    def __init__(self, asked: Asked, transport: asyncio.Transport, *, held: set["Play"], per_write: int) -> None:
        self._script = asked.script
        self._include_usage = asked.include_usage
        self._transport = transport
        self._held = held
        self._per_write = per_write
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._sent = 0
        self._next: asyncio.Handle | None = None
        self._is_paused = self._is_due = False
        transport.write(HEAD + ROLE)
        self._step()

    @property
    def has_ended(self) -> bool:
        """Whether all of it has been written."""
        return self._sent == self._script.tokens

    def release(self, number: int) -> None:
        """Go on after having been held. number: of all that are released, from which the moment follows."""
        period = 1 / self._script.per_second if self._script.per_second else 0.0
        self._began = self._loop.time() + period * (number * GOLDEN % 1 - self._sent)
        self._plan()

    def pause(self) -> None:
        """The socket takes no more."""
        self._is_paused = True

    def resume(self) -> None:
        """The socket takes more."""
        self._is_paused = False
        if self._is_due:
            self._step()

    def cancel(self) -> None:
        """Nobody reads it any more."""
        self._held.discard(self)
        if self._next:
            self._next.cancel()

    def _step(self) -> None:
        self._is_due = self._is_paused
        if self._is_paused:
            return
        script, sent = self._script, self._sent
        stop = script.held_after if script.held_after and sent < script.held_after else script.tokens
        self._sent = min(sent + self._per_write, stop)
        self._transport.write(b"".join(TOKENS[number % NUM_TEXTS] for number in range(sent, self._sent)))
        if self.has_ended:
            self._transport.write(build_ending(script.tokens, include_usage=self._include_usage))
        elif self._sent == script.held_after:
            self._held.add(self)
        else:
            self._plan()

    def _plan(self) -> None:
        pace = self._script.per_second
        # In turn with all other streams, so that each token is a write of its own.
        when = self._began + self._sent / pace if pace else None
        self._next = self._loop.call_at(when, self._step) if when else self._loop.call_soon(self._step)
