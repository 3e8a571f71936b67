"""Who speaks: text of one sentence in, its sound out. What is behind it (a network, a stand-in) nobody else knows."""

from typing import Protocol

from antiphon.media.speech.network import Network, load_network
from antiphon.media.speech.samples import Samples, trim
from antiphon.media.speech.voices import Voice


class Speaker(Protocol):
    """Says one sentence after another, each the same way every time."""

    def say(self, sentence: str) -> Samples:
        """Its sound without silence at its ends; nothing, if there was nothing in it that can be said."""
        ...


class NetworkSpeaker:
    """A voice made of a network."""

    def __init__(self, network: Network, voice: Voice) -> None:
        self.network = network
        self.voice = voice

    def say(self, sentence: str) -> Samples:
        """As the protocol says."""
        return trim(self.network.say(sentence, self.voice))


def open_speaker(voice: Voice) -> Speaker:
    """Loads what it needs, where that has not been done. Raises `MissingExtra`, `UnusableVoice`."""
    return NetworkSpeaker(load_network(voice.source), voice)
