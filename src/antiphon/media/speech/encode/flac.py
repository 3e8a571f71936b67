"""FLAC by soundfile (libsndfile), without PyAV. A recording's header does not say how long it is: it went out first."""

from antiphon.media.missing import MissingExtra
from antiphon.media.speech.encode.sink import SeekableSink
from antiphon.media.speech.samples import RATE, Samples

LENGTH_AT = 21
"""Where the header has the number of samples: the last four bits of this byte, and four bytes more (RFC 9639, 8.2)."""


def seal_flac(recording: bytes, num_samples: int) -> bytes:
    """A streamed recording that has ended, with the length that it turned out to have."""
    first = recording[LENGTH_AT] & 0xF0 | num_samples >> 32
    return recording[:LENGTH_AT] + bytes([first]) + (num_samples & 0xFFFF_FFFF).to_bytes(4) + recording[LENGTH_AT + 5 :]


class FlacEncoder:
    """Frames of 4096 samples, each as soon as it is full."""

    def __init__(self) -> None:
        try:
            import soundfile  # noqa: PLC0415 - an extra
        except ImportError:
            raise MissingExtra("speech") from None
        self.sink = SeekableSink()
        self.file = soundfile.SoundFile(self.sink, "w", samplerate=RATE, channels=1, format="FLAC", subtype="PCM_16")

    def feed(self, samples: Samples) -> bytes:
        """The frames that are full by now."""
        self.file.write(samples.clip(-1.0, 1.0))
        return self.sink.take()

    def finish(self) -> bytes:
        """The last frame."""
        self.file.close()
        return self.sink.take()
