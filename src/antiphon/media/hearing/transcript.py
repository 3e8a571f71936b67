"""What was said, as text. Knows neither sound nor prompts."""

from collections.abc import Iterable

from msgspec import Struct

UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "km", "yue", "bo"})
"""Languages that have no spaces between sentences."""


class Transcript(Struct, frozen=True):
    """language: as ISO 639 writes it, "" where nobody speaks. duration_s: of all the sound, heard or not.
    no_speech: nobody speaks in it; text is then empty.
    """

    text: str
    language: str
    duration_s: float
    no_speech: bool


def join(texts: Iterable[str], language: str) -> str:
    """What was said one after the other, as the language writes it."""
    return ("" if language in UNSPACED else " ").join(filter(None, texts))
