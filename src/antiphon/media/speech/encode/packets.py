"""mp3, opus, aac, and flac where soundfile is missing, by PyAV, the extra `av`. In memory; packets go out at once."""

from fractions import Fraction
from typing import Any, Literal, NamedTuple

import numpy as np

from antiphon.media.missing import MissingExtra
from antiphon.media.speech.encode.sink import Sink
from antiphon.media.speech.samples import RATE, Samples

FRAME = 1024
"""Samples given at once to a codec that takes any number."""


class Way(NamedTuple):
    """How FFmpeg calls it, the container's options and the codec's. bit_rate: None where there is no choice."""

    container: str
    codec: str
    sample_format: Literal["fltp", "flt", "s16"]
    bit_rate: int | None
    container_options: dict[str, str]
    codec_options: dict[str, str]


WAYS = {
    "mp3": Way(
        "mp3", "libmp3lame", "fltp", 64_000, {"write_xing": "0", "id3v2_version": "0"}, {"compression_level": "7"}
    ),
    "opus": Way("ogg", "libopus", "flt", 32_000, {"page_duration": "100000"}, {"compression_level": "5"}),
    "aac": Way("adts", "aac", "fltp", 64_000, {}, {"aac_coder": "fast"}),
    "flac": Way("flac", "flac", "s16", None, {}, {}),
}
"""Codecs do not search as long as they could: that would take longer than all the rest of speaking."""


class PacketEncoder:
    """One recording. The codec is given whole frames; what is left of a piece waits for the next."""

    def __init__(self, format: str) -> None:  # noqa: A002 - the API's name for it
        try:
            import av  # noqa: PLC0415 - an extra
        except ImportError:
            raise MissingExtra("av") from None
        self.av = av
        self.way = WAYS[format]
        self.sink = Sink()
        options = {**self.way.container_options, "flush_packets": "1"}
        self.container: Any = av.open(self.sink, mode="w", format=self.way.container, options=options)
        self.stream: Any = self.container.add_stream(
            self.way.codec,
            rate=RATE,
            layout="mono",
            format=self.way.sample_format,
            bit_rate=self.way.bit_rate or 0,
            options=dict(self.way.codec_options),
        )
        codec: Any = self.stream.codec_context
        codec.open()
        self.frame: int = codec.frame_size or FRAME
        self.held = np.zeros(0, np.float32)
        self.num_encoded = 0

    def feed(self, samples: Samples) -> bytes:
        """The packets (of opus the pages) that are whole by now."""
        held = np.concatenate([self.held, samples])
        num_whole = len(held) - len(held) % self.frame
        for begin in range(0, num_whole, self.frame):
            self._encode(held[begin : begin + self.frame])
        self.held = held[num_whole:]
        return self.sink.take()

    def finish(self) -> bytes:
        """The rest, and the container's end."""
        if len(self.held):
            self._encode(self.held)
        self.container.mux(self.stream.encode(None))
        self.container.close()
        return self.sink.take()

    def _encode(self, samples: Samples) -> None:
        shown = np.clip(samples, -1.0, 1.0)
        values = np.rint(shown * 32767.0).astype(np.int16) if self.way.sample_format == "s16" else shown
        frame = self.av.AudioFrame.from_ndarray(values[None], format=self.way.sample_format, layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), self.num_encoded
        self.num_encoded += len(samples)
        self.container.mux(self.stream.encode(frame))
