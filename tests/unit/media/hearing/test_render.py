"""How sound stands in a prompt, and what it counts."""

import pytest

from antiphon.media.hearing.render import audio_tokens, render_transcript
from antiphon.media.hearing.transcript import Transcript


def test_words_are_marked_as_spoken() -> None:
    """With their language, and how long they took."""
    said = render_transcript(Transcript("Hello there.", "en", 1.375, no_speech=False))
    assert said == "[Audio, 2 s, spoken words in language 'en']:\nHello there."


def test_nobody_speaks() -> None:
    """Which is told, so that nothing is made up."""
    assert render_transcript(Transcript("", "", 60.0, no_speech=True)) == "[Audio, 60 s: nobody speaks in it]"


@pytest.mark.parametrize(
    ("duration_s", "tokens"),
    [(0, 0), (0.01, 1), (0.1, 1), (0.3, 3), (0.7, 7), (1, 10), (1.01, 11), (2.3, 23), (60, 600), (0.0000625, 1)],
)
def test_ten_tokens_a_second(duration_s: float, tokens: int) -> None:
    """What has begun counts whole; what floats are off by does not."""
    assert audio_tokens(duration_s) == tokens
