"""Sound into text: what nobody speaks is left away, the rest goes through the model window by window.

The same sound has always the same text. No window is told what was heard in the one before, so that no loop goes on.
"""

from pathlib import Path

from antiphon.media.hearing.decode import RATE
from antiphon.media.hearing.limits import check_length
from antiphon.media.hearing.samples import Samples, is_silent
from antiphon.media.hearing.speech import find_speech
from antiphon.media.hearing.transcript import Transcript, join
from antiphon.media.hearing.whisper import Device, Whisper

MOST_S = 3600


class Transcriber:
    """Holds a model, which it loads once. One at a time may use it."""

    def __init__(self, folder: Path, *, threads: int = 1, device: Device = "cpu", most_s: float = MOST_S) -> None:
        """folder: what `find_weights` gave. most_s: longer is not taken. Raises `WeightsError` and `MissingExtra`."""
        self.most_s = most_s
        self.whisper = Whisper(folder, threads=threads, device=device)

    def transcribe(self, samples: Samples) -> Transcript:
        """What is said in it, in the language that is heard first. Raises `UnreadableError` where it is too long."""
        assert samples.rate == RATE, "decode_audio gives what Whisper listens to"
        check_length(samples.duration_s, self.most_s)
        language, texts = "", []
        for window in [] if is_silent(samples) else find_speech(samples):
            heard = self.whisper.hear(window, language)
            if heard.text:
                language = heard.language
                texts.append(heard.text)
        return Transcript(join(texts, language), language, samples.duration_s, no_speech=not texts)
