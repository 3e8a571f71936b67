"""What of a text can be said by an English voice, and what cannot, which is told and never silently left out. Pure.

The transcript stays as it was written; only what the voice is given is made here.
"""

# ruff: noqa: RUF001 - signs that look like others

import re
import unicodedata
from itertools import islice
from typing import NamedTuple

from msgspec import Struct

from antiphon.media.speech.characters import name_letters, say_character
from antiphon.media.speech.markup import strip_markup

MOST_NAMED = 16
"""Of the characters that cannot be said, this many are named."""

LONG_NUMBER = re.compile(r"(?:\d[.,]?){16,}")
LONG_WORD = re.compile(r"\S{15,39}[/._\-](?=\w)|\S{40}(?=\S)")
"""The rules of pronunciation look at all parts of a word at once: time grows faster than the square of its length."""

NAMED_SIGNS = frozenset("%&@#+=<>°§±×÷")
CLUSTER = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # a flag is two letters
    "|[^\u200d](?:[\u0300-\u036f\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d[^\\w\\s]){0,8}",
    re.DOTALL,
)
"""What is seen as one character: an emoji with what changes it."""


class Unspeakable(Struct, frozen=True):
    """characters: each that cannot be said once, in their order, the first of them. count: how often they stand."""

    characters: tuple[str, ...] = ()
    count: int = 0

    def __bool__(self) -> bool:
        return self.count > 0

    def __add__(self, other: "Unspeakable") -> "Unspeakable":
        return gather((*self.characters, *other.characters), self.count + other.count)


class Reading(NamedTuple):
    """spoken: what the voice is given."""

    spoken: str
    unspeakable: Unspeakable

    @property
    def is_silent(self) -> bool:
        """Whether there is no word in it, and no sign that is read as one."""
        return not any(sign.isalnum() or sign in NAMED_SIGNS for sign in self.spoken)


def gather(characters: tuple[str, ...], count: int) -> Unspeakable:
    """Each of them once, and not too many."""
    return Unspeakable(tuple(islice(dict.fromkeys(characters), MOST_NAMED)), count)


def read(text: str) -> Reading:
    """What to say of a text, and what of it cannot be said."""
    spoken: list[str] = []
    failed: list[str] = []
    for cluster in CLUSTER.findall(name_letters(unicodedata.normalize("NFC", strip_markup(text)))):
        said = say_cluster(cluster)
        spoken.append(" " if said is None else said)
        if said is None:
            failed.append(cluster)
    words = LONG_WORD.sub(r"\g<0> ", LONG_NUMBER.sub(spell, "".join(spoken)))
    return Reading(" ".join(words.split()), gather(tuple(failed), len(failed)))


def say_cluster(cluster: str) -> str | None:
    """What to give the voice for what is seen as one character; None if it cannot say it."""
    parts = [say_character(character) for character in cluster]
    return None if None in parts else "".join(part or "" for part in parts)


def spell(number: re.Match[str]) -> str:
    """A number that has no name, digit by digit."""
    return " ".join(number[0].replace(",", "").rstrip(".").replace(".", "*")).replace("*", "point")
