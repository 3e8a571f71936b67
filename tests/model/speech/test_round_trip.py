"""What is spoken is understood: every voice, through every format, by somebody who has never seen the text."""

import io
import re
from itertools import cycle

import pytest
from faster_whisper import WhisperModel

from antiphon.media.speech.encode.encoder import AudioFormat
from antiphon.media.speech.recital import Recital
from antiphon.media.speech.sentences import SentenceSplitter
from antiphon.media.speech.voices import BUILT_IN

SENTENCES = [
    "The quick brown fox jumps over the lazy dog near the quiet river.",
    "Please remember to bring three apples, two oranges and a loaf of bread.",
    "Yesterday the weather was beautiful, but tomorrow it may rain all day.",
    "The meeting was moved from Monday morning to Thursday afternoon.",
    "She opened the old wooden door and looked into the garden.",
    "A good answer is short, true and easy to understand.",
    "Water turns into steam when it is hot enough.",
    "The train to the city leaves every hour from the last platform.",
    "Did you know that honey never goes bad if it is kept dry?",
    "He wrote a long letter to his brother, who lives in Canada.",
    "Most birds fly south before the first snow of the winter.",
    "Turn left at the church and follow the road for several miles.",
]
FORMATS: tuple[AudioFormat, ...] = ("wav", "mp3", "flac", "opus", "aac")
EACH = 3
CASES = [
    (name, coded, tuple(SENTENCES[(number * EACH + offset) % len(SENTENCES)] for offset in range(EACH)))
    for (number, name), coded in zip(enumerate(BUILT_IN), cycle(FORMATS), strict=False)
]


@pytest.mark.parametrize(("voice", "format", "sentences"), CASES, ids=[case[0] for case in CASES])
def test_every_voice_is_understood(
    whisper: WhisperModel,
    voice: str,
    format: AudioFormat,  # noqa: A002
    sentences: tuple[str, ...],
) -> None:
    """At most one word in twenty is heard as another one, is left out, or is heard where none was said."""
    text = " ".join(sentences)
    heard, info = whisper.transcribe(io.BytesIO(speak(text, voice, format)), beam_size=1, without_timestamps=True)
    said, transcript = to_words(text), to_words(" ".join(segment.text for segment in heard))
    assert info.language == "en"
    assert count_errors(said, transcript) <= 0.05 * len(said), transcript


def speak(text: str, voice: str, format: AudioFormat) -> bytes:  # noqa: A002
    """The recording of a text that comes a few letters at a time."""
    splitter, recital = SentenceSplitter(), Recital(BUILT_IN[voice], format)
    pieces = [text[begin : begin + 4] for begin in range(0, len(text), 4)]
    sentences = [sentence for piece in pieces for sentence in splitter.feed(piece)] + splitter.finish()
    assert len(sentences) == EACH
    return recital.seal(b"".join([*(recital.say(sentence).audio for sentence in sentences), recital.finish()]))


def to_words(text: str) -> list[str]:
    """Without what cannot be heard."""
    return re.findall(r"[a-z']+", text.lower())


def count_errors(said: list[str], heard: list[str]) -> int:
    """Words to change, to leave out or to put in (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]
