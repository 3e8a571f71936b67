"""How fast we speak on one core: `taskset -c 0 python -m tests.model.speech.measure`. Says it; judges nothing."""

import sys
import time

from antiphon.media.speech.encode.encoder import AudioFormat
from antiphon.media.speech.network import warm_up
from antiphon.media.speech.recital import Recital
from antiphon.media.speech.voices import BUILT_IN
from tests.model.speech.test_round_trip import SENTENCES

FORMATS: tuple[AudioFormat, ...] = ("pcm16", "wav", "flac", "mp3", "opus", "aac")


def measure(voice: str, format: AudioFormat) -> tuple[float, float, float]:  # noqa: A002
    """How long it takes until the first sentence's audio is there, how long the processor has to do for all, and how
    long all sounds: in seconds.
    """
    begun, worked = time.perf_counter(), time.process_time()
    recital = Recital(BUILT_IN[voice], format)
    recital.say(SENTENCES[0])
    first_s = time.perf_counter() - begun
    for sentence in SENTENCES[1:]:
        recital.say(sentence)
    recital.finish()
    return first_s, time.process_time() - worked, recital.duration_s


def main() -> None:
    """A line for each."""
    begun = time.perf_counter()
    warm_up()
    sys.stdout.write(f"loaded and warm after {time.perf_counter() - begun:.2f} s\n")
    for voice, format in [*((voice, "pcm16") for voice in BUILT_IN), *(("alloy", name) for name in FORMATS)]:  # noqa: A001
        first_s, all_s, sounds_s = map(min, zip(*(measure(voice, format) for _ in range(3)), strict=True))
        sys.stdout.write(
            f"{voice:8} {format:6} first sentence {first_s * 1000:4.0f} ms, {sounds_s / all_s:4.0f} x real time\n"
        )


if __name__ == "__main__":
    main()
