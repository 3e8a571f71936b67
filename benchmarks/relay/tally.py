"""Counts the tokens of a stream out of the bytes of its events, without reading JSON.

Pure: it knows the texts that the upstream sends, and nothing of connections or time.
Invariant: any split of the same bytes gives the same counts.
"""

TEXT = b" tok"
DONE = b"data: [DONE]\n\n"
FAULT = b'data: {"error"'


class Tally:
    """A token is one of the upstream's texts, wherever a gateway puts it; an event with several counts for all."""

    __slots__ = ("_rest", "is_done", "is_faulty", "num_tokens")

    def __init__(self) -> None:
        self.num_tokens = 0
        self.is_done = self.is_faulty = False
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """The next bytes; what is no whole event yet is kept."""
        data = self._rest + data
        end = data.rfind(b"\n\n") + 2
        if end == 1:
            self._rest = data
            return
        whole, self._rest = data[:end], data[end:]
        self.num_tokens += whole.count(TEXT)
        self.is_done = whole.endswith(DONE) and not self._rest
        self.is_faulty = self.is_faulty or FAULT in whole
