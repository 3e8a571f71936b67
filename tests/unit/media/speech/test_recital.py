"""A text spoken, sentence by sentence."""

import io
import wave

import numpy as np
import pytest
import soundfile

from antiphon.media.speech.recital import NOTHING_S, PAUSES_S, Recital
from antiphon.media.speech.samples import RATE, Samples
from antiphon.media.speech.speakable import Unspeakable
from antiphon.media.speech.voices import BUILT_IN


class Metronome:
    """A speaker that takes a tenth of a second for every word, and cannot say "xyzzy"."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, sentence: str) -> Samples:
        """As the protocol says."""
        self.said.append(sentence)
        words = [word for word in sentence.split() if word != "xyzzy"]
        return np.full(len(words) * RATE // 10, 0.5, np.float32)


def start(format: str = "pcm16") -> tuple[Recital, Metronome]:  # noqa: A002
    """A recital and who speaks in it."""
    speaker = Metronome()
    return Recital(BUILT_IN["alloy"], format, speaker=speaker), speaker  # type: ignore[arg-type]


def test_sentences_are_spoken_with_pauses_between() -> None:
    """None before the first; longer ones between lines and paragraphs, wherever the empty line is told of."""
    recital, speaker = start()
    texts = ("One two. ", "Three. ", "Four\n", "Five\n", "\nSix\n\n", "Seven", " 8.", "\n😀\n", "Nine")
    durations = [recital.say(text).duration_s for text in texts]
    sentence, line, paragraph = PAUSES_S
    pauses = [0.1, sentence, sentence, line, paragraph, paragraph, sentence, -0.1, paragraph]
    expected = [pause + 0.1 for pause in pauses]
    assert durations == pytest.approx(expected)
    assert recital.duration_s == pytest.approx(sum(expected))
    assert speaker.said == ["One two.", "Three.", "Four", "Five", "Six", "Seven", "8.", "Nine"]


def test_what_is_given_is_what_sounds() -> None:
    """Two bytes a sample, pauses too, and nothing is left for the end."""
    recital, _ = start()
    spoken = recital.say("One two. ")
    assert len(spoken.audio) == 2 * round(spoken.duration_s * RATE)
    assert recital.finish() == b""


def test_what_cannot_be_said_is_told_and_has_no_sound() -> None:
    """Where there is nothing else, the voice is not asked; a pause is not made either."""
    recital, speaker = start()
    recital.say("One. ")
    assert recital.say("😀 你好 ") == (b"", 0, Unspeakable(("😀", "你", "好"), 3))
    assert recital.say("Two 🎉 words. ").unspoken == Unspeakable(("🎉",), 1)
    assert speaker.said == ["One.", "Two words."]


def test_what_the_voice_turns_out_not_to_say_is_told() -> None:
    """A voice that is silent about a word does not go unnoticed."""
    recital, _ = start()
    assert recital.say("xyzzy").unspoken == Unspeakable(("x", "y", "z"), 5)


def test_markup_is_not_spoken() -> None:
    """Nor does it end up as unspeakable."""
    recital, speaker = start()
    assert recital.say("- **One** [two](https://x.com)\n") == (b"\x00\x40" * 4800, 0.2, Unspeakable())
    assert recital.say("---\n").duration_s == 0
    assert speaker.said == ["One two"]


def test_a_long_text_is_spoken_in_parts() -> None:
    """So that no part takes long."""
    recital, speaker = start()
    recital.say("word " * 1000)
    assert max(map(len, speaker.said)) <= 300 and sum(len(said.split()) for said in speaker.said) == 1000


def test_a_recording_of_nothing_is_a_file_too() -> None:
    """A moment of silence, which every player can play."""
    recital, _ = start("wav")
    assert recital.say("😀").audio == b""
    file = recital.seal(recital.finish())
    with wave.open(io.BytesIO(file)) as recording:
        assert recording.getnframes() == NOTHING_S * RATE == recital.num_samples
        assert not any(recording.readframes(recording.getnframes()))


@pytest.mark.parametrize("format", ["wav", "flac"])
def test_a_sealed_recording_says_how_long_it_is(format: str) -> None:  # noqa: A002
    """Its pieces did not know that yet."""
    recital, _ = start(format)
    pieces = [recital.say("One two. ").audio, recital.say("Three.").audio, recital.finish()]
    sealed = recital.seal(b"".join(pieces))
    assert len(sealed) == sum(map(len, pieces))
    assert soundfile.info(io.BytesIO(sealed)).frames == recital.num_samples


def test_the_embedded_speaker_speaks() -> None:
    """With no stand-in: words sound, a sentence longer than its words said alone."""
    recital = Recital(BUILT_IN["nova"], "pcm16")
    spoken = recital.say("Good morning, Dr. Smith. ")
    assert 1 < spoken.duration_s < 3 and not spoken.unspoken
    assert np.abs(np.frombuffer(spoken.audio, "<i2")).max() > 3000
