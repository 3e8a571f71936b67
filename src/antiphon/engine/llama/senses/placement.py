"""Where a prompt has something other than tokens: which part of it can be computed together, and where that stands.
Knows no tensors.
"""

from typing import NamedTuple

from antiphon.engine.llama.senses.embedding import Placed, num_positions


class Stretch(NamedTuple):
    """What of a prompt comes next that is of one kind. length: None to the end. whole: must be computed at once."""

    length: int | None
    placed: Placed | None = None

    @property
    def whole(self) -> bool:
        """Whether it must be computed in one pass."""
        return self.placed is not None and self.placed.embedding.whole


class Placement:
    """placed: in the order of the prompt."""

    def __init__(self, placed: tuple[Placed, ...] = ()) -> None:
        self.placed = placed
        self._sharing = [(each.start + num_positions(each.embedding.names), each.end) for each in placed]
        """From where to where tokens share the position of one before them."""

    def stretch(self, begin: int) -> Stretch:
        """What stands from there on."""
        for placed in self.placed:
            if begin < placed.start:
                return Stretch(placed.start - begin)
            if begin < placed.end:
                return Stretch(placed.end - begin, placed)
        return Stretch(None)

    def before(self, length: int) -> int:
        """The most of a prefix of that length that does not end within a picture."""
        return next((placed.start for placed in self.placed if placed.start < length < placed.end), length)

    def steady(self, length: int) -> int:
        """How much of a prefix of that length, which was computed with other text behind it, can be gone on from so
        that a token of the text before a picture is alone in its run where it would be without, and only there: alone
        it is rounded otherwise.
        """
        begin = 0
        for placed in self.placed:
            if begin < length <= placed.start:
                left_alone, is_alone = placed.start - length == 1, placed.start - begin == 1
                return length - 1 if left_alone or is_alone else length
            begin = placed.end
        return length

    def num_positions(self, length: int) -> int:
        """How many positions that many tokens take."""
        return length - sum(max(0, min(length, end) - begin) for begin, end in self._sharing)


NOTHING_PLACED = Placement()
