"""A text that an answer may repeat, and the place in it where the answer is now. Knows tokens, no probabilities.

Where the answer departs from the text, it is taken for a change of a few tokens first, and looked for near by; later
for a jump, and looked for by its last tokens anywhere.
"""

from collections.abc import Iterable

WINDOW = 12
"""Tokens behind a departure among which the answer is looked for."""
NEAR = 3
"""Tokens from where it would be expected, within which a single token tells where the answer is."""
PATIENCE = 6
"""Tokens after which a departure is no small change any more."""
SETTLED = 4
"""Tokens that must have been the same in a row before a departure is taken for a small change."""
MOST_INDEXED = 1 << 15
"""Tokens at the end of a text that can be found again."""


class Guide:
    """key_length: how many tokens tell a place. begins: whether the answer begins where the text does."""

    def __init__(self, tokens: Iterable[int], *, key_length: int, begins: bool) -> None:
        self.tokens: list[int] = []
        self.key_length = key_length
        self.ends: dict[tuple[int, ...], int] = {}
        self.last: list[int] = []
        self.position: int | None = 0 if begins else None
        self.anchor = 0
        self.streak = SETTLED if begins else 0
        self.num_astray = 0
        self.append(list(tokens)[-MOST_INDEXED:])

    @property
    def settled(self) -> bool:
        """Whether the last token was the one that the text has here."""
        return self.num_astray == 0 and self.streak > 0

    def append(self, tokens: Iterable[int]) -> None:
        """The text goes on."""
        for token in tokens:
            self.tokens.append(token)
            if len(self.tokens) >= self.key_length:
                self.ends[tuple(self.tokens[-self.key_length :])] = len(self.tokens)

    def ahead(self, most: int) -> list[int]:
        """What comes next, if the answer goes on like the text."""
        return [] if self.position is None else self.tokens[self.position : self.position + most]

    def follow(self, token: int) -> None:
        """The answer's next token."""
        self.last = [*self.last[1 - self.key_length :], token] if self.key_length > 1 else [token]
        if self.position is not None and self.tokens[self.position : self.position + 1] == [token]:
            self._arrive(self.position + 1)
        elif self.streak >= SETTLED or self.num_astray:
            self._search(token)
        else:
            self._look_up()

    def _arrive(self, position: int) -> None:
        """The answer is where the text has it."""
        self.streak = SETTLED if self.num_astray else self.streak + 1
        self.num_astray = 0
        self.position = self.anchor = position

    def _search(self, token: int) -> None:
        """A small change: take the nearest place behind the departure that has the last two tokens, or one quite near
        that has this one, else that one token stands for another.
        """
        self.num_astray += 1
        expected = self.anchor + self.num_astray
        window = range(self.anchor, min(self.anchor + WINDOW, len(self.tokens)))
        places = [place + 1 for place in window if self.tokens[place] == token]
        sure = [place for place in places if self.last == self.tokens[place - len(self.last) : place]]
        near = [place for place in places if abs(place - expected) <= NEAR]
        self.position = min(sure or near, key=lambda place: abs(place - expected), default=expected)
        if self.num_astray > PATIENCE:
            self._look_up()

    def _look_up(self) -> None:
        """The last place that has the same tokens before it."""
        self.streak = self.num_astray = 0
        self.position = self.ends.get(tuple(self.last))
        if self.position is not None:
            self.anchor = self.position
