"""A recital with what is handed out of it: pieces of base64 that, one behind another, are the base64 of one file.

Base64 writes three bytes as four signs, so only threes are handed out before the end; of bare samples only whole ones.
"""

import base64

from antiphon.media.speech.encode.encoder import AudioFormat, seal
from antiphon.media.speech.recital import Recital
from antiphon.media.speech.samples import RATE
from antiphon.media.speech.speakable import Unspeakable
from antiphon.media.speech.voices import Voice
from antiphon.media.studio.jobs import Spoken

UNIT = 6


class Recording:
    """whole: nothing is handed out before the end, and then with a header that says how long it is."""

    def __init__(self, voice: Voice, format: AudioFormat, *, whole: bool) -> None:  # noqa: A002
        self.recital = Recital(voice, format)
        self.format = format
        self.whole = whole
        self.held = bytearray()
        self.unspoken = Unspeakable()

    def say(self, sentence: str) -> Spoken:
        """One more sentence."""
        spoken = self.recital.say(sentence)
        self.unspoken += spoken.unspoken
        self.held += spoken.audio
        return Spoken("" if self.whole else self._take(len(self.held) // UNIT * UNIT))

    def finish(self) -> Spoken:
        """The rest."""
        self.held += self.recital.finish()
        if self.whole:
            self.held[:] = seal(self.format, bytes(self.held), self.recital.num_samples)
        told = "".join(self.unspoken.characters)
        return Spoken(self._take(len(self.held)), self.recital.num_samples / RATE, told)

    def _take(self, count: int) -> str:
        taken = bytes(self.held[:count])
        del self.held[:count]
        return base64.b64encode(taken).decode()
