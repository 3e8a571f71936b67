"""Collects decoded frames as samples of one channel at one rate, up to a length."""

from typing import TYPE_CHECKING

import numpy as np

from antiphon.media.hearing.limits import check_form, check_length
from antiphon.media.hearing.samples import Samples, Wave, mix

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler


class Gathering:
    """most_s: of how many seconds. A stream may change its form as it goes: then a new resampler takes over."""

    def __init__(self, most_s: float, rate: int) -> None:
        self.most_s = most_s
        self.rate = rate
        self.pieces: list[Wave] = []
        self.num_samples = 0
        self.form: tuple[str, str, int] | None = None
        self.resampler: AudioResampler | None = None

    def take(self, frame: "AudioFrame") -> None:
        """Raises `UnreadableError` where it becomes too long, before it is converted, or of no form."""
        check_form(frame.sample_rate, frame.layout.nb_channels)
        check_length(self.num_samples / self.rate + frame.samples / frame.sample_rate, self.most_s, so_far=True)
        if (form := (frame.format.name, frame.layout.name, frame.sample_rate)) != self.form:
            self._begin(form)
        self._push(frame)

    def end(self) -> Samples:
        """All that came."""
        self._push(None)
        return Samples(self.rate, np.concatenate(self.pieces) if self.pieces else np.zeros(0, np.float32))

    def _begin(self, form: tuple[str, str, int]) -> None:
        from av.audio.resampler import AudioResampler  # noqa: PLC0415 (an optional extra)

        self._push(None)
        self.form, self.resampler = form, AudioResampler(format="fltp", layout=form[1], rate=self.rate)

    def _push(self, frame: "AudioFrame | None") -> None:
        for resampled in self.resampler.resample(frame) if self.resampler else ():
            if resampled is not None:
                # FFmpeg's own mix adds channels up to more than 1, and so would cut what is loud.
                self.pieces.append(mix(resampled.to_ndarray().astype(np.float32, copy=False)))
                self.num_samples += resampled.samples
