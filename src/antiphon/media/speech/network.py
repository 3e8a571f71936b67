"""hibari: text to phonemes to frames to sound. The only module that knows the library, the extra `speech`.

One network for each source, shared by all voices made of it, on one thread: an answer is spoken many times faster than
it is heard, and the other cores have answers to write. The same text always gives the same samples.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from antiphon.media.absent import AbsentError
from antiphon.media.missing import MissingExtra
from antiphon.media.speech.samples import Samples
from antiphon.media.speech.timbre import Frames, change
from antiphon.media.speech.voices import EMBEDDED, Voice

MOST_PHONEMES = 400
"""At once; hibari was not taught longer sentences, and time grows with them."""

INPUTS, NUM_OUTPUTS = ["ids", "speed"], 6


class UnusableVoice(AbsentError):
    """reason: the end of a sentence that begins with the voice's source, for whoever named that in the settings."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"The voice '{source}' {reason}")
        self.source = source
        self.reason = reason


class Network:
    """A speaker's network, loaded."""

    def __init__(self, hibari: Any) -> None:
        self.hibari = hibari

    def phonemes(self, text: str) -> list[str]:
        """Of each sentence in it, none of them too long. Where the rules of pronunciation break at a word, its letters
        are read one by one.
        """
        try:
            found: list[str] = self.hibari.phonemize(text)
        except Exception:  # of any kind: rules for English meet text that nobody foresaw
            found = [self.hibari.g2p(spell(word)) for word in text.split()]
        return [piece for phonemes in found for piece in cut(phonemes)]

    def frames(self, phonemes: str, speed: float) -> Frames:
        """What the network makes of phonemes: a frame for each 12.5 ms."""
        ids = np.asarray([self.hibari.ids(phonemes)], np.int64)
        harmonic, theta, noise, free, phi, f0 = self.hibari.sess.run(
            None, {"ids": ids, "speed": np.asarray([speed], np.float32)}
        )
        return Frames(harmonic[0], theta[0], noise[0], free[0], phi[0], f0[0])

    def say(self, text: str, voice: Voice) -> Samples:
        """The text's sound in this voice; nothing, if no phoneme came of it."""
        pieces = [self.sound(phonemes, voice) for phonemes in self.phonemes(text) if any(map(str.isalpha, phonemes))]
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)

    def sound(self, phonemes: str, voice: Voice) -> Samples:
        """One sentence's. The noise in it is the same every time."""
        from hibari import dsp  # noqa: PLC0415 - an extra

        frames = change(self.frames(phonemes, voice.speed), voice)
        samples: Samples = dsp.synth(*frames, np.random.default_rng(0))
        return samples


def spell(word: str) -> str:
    """Its plain letters, far enough apart to be read one by one."""
    return " ".join(letter for letter in word if letter.isascii() and letter.isalnum())


def cut(phonemes: str) -> list[str]:
    """In pieces that can be said at once, between words where there are any."""
    pieces = []
    while len(phonemes) > MOST_PHONEMES:
        at = phonemes.rfind(" ", 1, MOST_PHONEMES)
        at = at if at > 0 else MOST_PHONEMES
        pieces.append(phonemes[:at])
        phonemes = phonemes[at:].lstrip()
    return [*pieces, phonemes]


@lru_cache(8)
def load_network(source: str) -> Network:
    """The speaker that a voice is made of. Those that do not come with hibari it fetches once. Raises `MissingExtra`,
    `UnusableVoice`.
    """
    try:
        import hibari.voices  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("speech") from None
    if source in hibari.voices.VOICES:
        return Network(load_named(source))
    if not Path(source).is_file():
        known = ", ".join(hibari.voices.VOICES)
        raise UnusableVoice(source, f"is neither one of hibari's ({known}) nor a file")
    return Network(load_file(source))


def load_named(name: str) -> Any:
    """One of hibari's own voices."""
    from hibari import Hibari  # noqa: PLC0415 - an extra
    from hibari.voices import VOICES  # noqa: PLC0415 - an extra

    try:
        return Hibari(voice=name, threads=1, g2p=load_reader(VOICES[name]["british"]))
    except RuntimeError as error:
        raise UnusableVoice(name, "could not be downloaded or loaded") from error


def load_file(path: str) -> Any:
    """A file with a network of the same interface."""
    from hibari import Hibari  # noqa: PLC0415 - an extra

    try:
        loaded = Hibari(model=path, threads=1, g2p=load_reader(False))
    except Exception as error:  # onnxruntime's errors have no common base but this
        raise UnusableVoice(path, "cannot be read as an ONNX file") from error
    if [found.name for found in loaded.sess.get_inputs()] != INPUTS or len(loaded.sess.get_outputs()) != NUM_OUTPUTS:
        raise UnusableVoice(path, "is an ONNX file, but not of hibari's interface")
    return loaded


@lru_cache(2)
def load_reader(british: bool) -> Any:
    """The rules of pronunciation, which all voices of an accent share."""
    from hibari.g2p import G2P  # noqa: PLC0415 - an extra

    return G2P(british=british)


@lru_cache(8)
def warm_up(source: str = EMBEDDED) -> None:
    """Loads and runs all that the first sentence needs, so that it need not wait: half a second, once."""
    network = load_network(source)
    network.say("Hello, Qxyzzy.", Voice("", source, f0_scale=0.9))
