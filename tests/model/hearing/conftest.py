"""A voice, and what listens to it."""

from collections.abc import Callable

import numpy as np
import pytest

from antiphon.media.hearing.resample import resample
from antiphon.media.hearing.samples import Samples
from antiphon.media.hearing.transcribe import Transcriber
from tests.whisper import whisper_folder

Say = Callable[[str], Samples]


@pytest.fixture(scope="session")
def transcriber() -> Transcriber:
    """Whisper's `base`, on one core."""
    return Transcriber(whisper_folder(), threads=1)


@pytest.fixture(scope="session")
def say() -> Say:
    """A text as it is spoken, the same each time, at what Whisper listens to."""
    from hibari import Hibari

    voice = Hibari()
    return lambda text: resample(Samples(24_000, np.asarray(voice(text, seed=0), np.float32)), 16_000)
