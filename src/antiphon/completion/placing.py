"""Puts what is not text into the texts of turns, as characters that stand for it. Pure.

The invariant: such a character is nowhere else in what the prompt has of the request's, so that no text of a user can
stand for a picture.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from antiphon.dialect import medium
from antiphon.dialect.medium import Medium
from antiphon.errors import InvalidRequest
from antiphon.schema.request.parts import RefusalPart, TextPart, UserPart

Parts = tuple[str | Medium, ...]
"""What one part of a message comes to: texts and media, one behind the other."""
Gathered = Mapping[str, Parts]
"""By the place of the part in the request."""
NOTHING_GATHERED: Gathered = {}


class Placing:
    """media: those that have been placed, by their characters, in order."""

    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered
        self.marks: Iterator[str] = iter(())
        self.media: dict[str, Medium] = {}

    @property
    def num_media(self) -> int:
        """How many will be placed."""
        return sum(not isinstance(part, str) for parts in self.gathered.values() for part in parts)

    def choose_marks(self, texts: Iterable[str]) -> None:
        """Characters that these do not have. Raises `InvalidRequest` where they have all that there are."""
        marks = [mark for _, mark in zip(range(self.num_media), medium.choose_marks(texts), strict=False)]
        if len(marks) < self.num_media:
            raise InvalidRequest("The messages have every rare ideograph that there is.", param="messages")
        self.marks = iter(marks)

    def texts_of(self, content: Sequence[UserPart | RefusalPart], place: str) -> Iterator[str | None]:
        """What each part says; None for one of which nothing is there. place: of the content in the request."""
        for number, part in enumerate(content):
            match part:
                case TextPart():
                    yield part.text
                case RefusalPart():
                    yield part.refusal
                case _:
                    parts = self.gathered.get(f"{place}[{number}]")
                    yield None if parts is None else "\n".join(map(self._place, parts))

    def spoken(self, place: str) -> list[str]:
        """What was said in an answer of before, by its place."""
        return [part for part in self.gathered.get(place, ()) if isinstance(part, str)]

    def _place(self, part: str | Medium) -> str:
        if isinstance(part, str):
            return part
        mark = next(self.marks)
        self.media[mark] = part
        return mark
