"""Log-probabilities that have come, and go with the next event of their choice. Each goes once."""

from collections.abc import Iterable

from antiphon.engine.events import TokenLogprob
from antiphon.engine.remote.answer.malformed import TooMuch

MOST = 4096
"""Tokens that have no text yet."""
Entries = tuple[TokenLogprob, ...]


class Pending:
    """has_come: whether there were any so far."""

    def __init__(self) -> None:
        self.entries: list[TokenLogprob] = []
        self.has_come = False
        self.num_shown = self.num_told = 0

    def add(self, entries: Iterable[TokenLogprob]) -> None:
        """More of them. Raises `TooMuch`."""
        self.entries.extend(entries)
        self.has_come = self.has_come or bool(self.entries)
        if len(self.entries) > MOST:
            raise TooMuch("sends log-probabilities without a text")

    def take(self) -> Entries:
        """All."""
        taken, self.entries = tuple(self.entries), []
        return taken

    def take_within(self, text: str) -> Entries:
        """Those that have begun within all such texts so far. The others may be of a stop string that is held back."""
        self.num_shown += len(text.encode("utf-8", "replace"))
        taken = 0
        while taken < len(self.entries) and self.num_told < self.num_shown:
            self.num_told += len(self.entries[taken].bytes)
            taken += 1
        within, self.entries = tuple(self.entries[:taken]), self.entries[taken:]
        return within
