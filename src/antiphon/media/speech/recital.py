"""A text spoken: sentence by sentence in, pieces of one recording out. Knows no transcript and no answer.

What a voice cannot say is told with the sentence it stands in. Time and memory are bounded by the length of each
sentence, which is cut where it is too long.
"""

from typing import NamedTuple

import numpy as np

from antiphon.media.speech.encode.encoder import AudioFormat, open_encoder, seal
from antiphon.media.speech.samples import RATE, Samples, silence
from antiphon.media.speech.sentences import split_sentences
from antiphon.media.speech.speakable import Unspeakable, gather, read
from antiphon.media.speech.speaker import Speaker, open_speaker
from antiphon.media.speech.voices import Voice

PAUSES_S = (0.16, 0.28, 0.4)
"""Between sentences on one line, on the next one, and behind an empty one; beside the silence that `trim` leaves."""

NOTHING_S = 0.1


class Spoken(NamedTuple):
    """audio: what is whole of the recording by now, perhaps nothing. duration_s: how long this sounds, with the pause
    before it. unspoken: what of it was not said.
    """

    audio: bytes
    duration_s: float
    unspoken: Unspeakable


class Recital:
    """One recording. speaker: who speaks, if not the voice's own. Raises `MissingExtra`, `UnusableVoice`."""

    def __init__(self, voice: Voice, format: AudioFormat, *, speaker: Speaker | None = None) -> None:  # noqa: A002
        self.format = format
        self.encoder = open_encoder(format)
        self.speaker = speaker or open_speaker(voice)
        self.num_samples = 0
        self.num_newlines = 0

    @property
    def duration_s(self) -> float:
        """Of all so far."""
        return self.num_samples / RATE

    def say(self, sentence: str) -> Spoken:
        """Speaks a sentence, with the spaces around it, which tell of paragraphs."""
        pieces: list[Samples] = []
        unspoken = Unspeakable()
        for part in split_sentences(sentence):
            samples, missed = self._speak(part)
            unspoken += missed
            pieces += [self._pause(part, samples), samples]
            self.num_samples += len(pieces[-2]) + len(samples)
        sound = np.concatenate([silence(0), *pieces])
        return Spoken(self.encoder.feed(sound) if len(sound) else b"", len(sound) / RATE, unspoken)

    def finish(self) -> bytes:
        """The end of the recording. Nothing may be said after it. A recording of nothing is a moment of silence: no
        player takes a file without a single sample.
        """
        begun = b"" if self.num_samples else self.encoder.feed(silence(NOTHING_S))
        self.num_samples = self.num_samples or round(NOTHING_S * RATE)
        return begun + self.encoder.finish()

    def seal(self, recording: bytes) -> bytes:
        """All pieces, once they are finished, as one file whose header says how long it is."""
        return seal(self.format, recording, self.num_samples)

    def _speak(self, part: str) -> tuple[Samples, Unspeakable]:
        reading = read(part)
        if reading.is_silent:
            return silence(0), reading.unspeakable
        samples = self.speaker.say(reading.spoken)
        if len(samples):
            return samples, reading.unspeakable
        words = tuple(filter(str.isalnum, reading.spoken))
        return samples, reading.unspeakable + gather(words, len(words))

    def _pause(self, part: str, samples: Samples) -> Samples:
        """Before this, if there is something to hear, as there was before."""
        if not len(samples):
            self.num_newlines += part.count("\n")
            return samples
        between = self.num_newlines + part[: len(part) - len(part.lstrip())].count("\n")
        self.num_newlines = part[len(part.rstrip()) :].count("\n")
        return silence(PAUSES_S[min(between, 2)] if self.num_samples else 0)
