"""How sound stands in a prompt."""

from antiphon.media.hearing.render import render_transcript
from antiphon.media.hearing.transcript import Transcript


def test_words_are_marked_as_spoken() -> None:
    """With their language, and how long they took."""
    said = render_transcript(Transcript("Hello there.", "en", 1.375, no_speech=False))
    assert said == "[Audio, 2 s, spoken words in language 'en']:\nHello there."


def test_nobody_speaks() -> None:
    """Which is told, so that nothing is made up."""
    assert render_transcript(Transcript("", "", 60.0, no_speech=True)) == "[Audio, 60 s: nobody speaks in it]"
