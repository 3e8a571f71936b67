"""Speech into text by the real Whisper, `base` in 8 bits: what is said, when nothing is, and the same each time."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import av
import ctranslate2
import numpy as np
import pytest

from antiphon.media.hearing.decode import decode_audio
from antiphon.media.hearing.pull import WeightsError
from antiphon.media.hearing.samples import Samples
from antiphon.media.hearing.transcribe import Transcriber
from antiphon.media.hearing.transcript import Transcript
from antiphon.media.hearing.whisper import Device, Whisper
from antiphon.media.unreadable import UnreadableError
from tests.model.hearing.conftest import Say
from tests.model.hearing.words import count_errors
from tests.whisper import whisper_folder

Change = Callable[[np.ndarray], np.ndarray]
MOST_ERRORS = 0.05
SENTENCES = [
    "Hello there.",
    "The quick brown fox jumps over the lazy dog.",
    "Please remind me to buy milk, eggs and bread on the way home tonight.",
    "She opened the window and listened to the rain falling on the roof.",
    "What is the capital of France, and how many people live there?",
    "The meeting was moved from Monday to Thursday at 3 in the afternoon.",
    "I would like to book a table for 4 people, please.",
    "Our train leaves in 25 minutes, so we should hurry.",
    "Can you explain how a computer stores numbers?",
    "He has never been to the mountains, but he wants to go next summer.",
    "The answer to your question is in the second chapter of the book.",
    "Water boils at 100 degrees.",
]


def check_words(said: list[str], heard: list[str]) -> None:
    """At most so many words in a hundred are wrong."""
    counts = [count_errors(*pair) for pair in zip(said, heard, strict=True)]
    errors, words = (sum(column) for column in zip(*counts, strict=True))
    assert errors <= MOST_ERRORS * words, heard


def test_what_is_said_is_heard(transcriber: Transcriber, say: Say) -> None:
    """A dozen sentences, in their language, each as long as it is."""
    sounds = [say(sentence) for sentence in SENTENCES]
    heard = [transcriber.transcribe(sound) for sound in sounds]
    check_words(SENTENCES, [transcript.text for transcript in heard])
    assert {(transcript.language, transcript.no_speech) for transcript in heard} == {("en", False)}
    assert [transcript.duration_s for transcript in heard] == [sound.duration_s for sound in sounds]


def test_more_than_a_window(transcriber: Transcriber, say: Say) -> None:
    """Nothing is lost or heard twice where one window ends and the next one begins."""
    pause = np.zeros(12_000, np.float32)
    said = [*SENTENCES, *reversed(SENTENCES)]
    whole = np.concatenate([part for sentence in said for part in (say(sentence).mono, pause)])
    assert len(whole) > 80 * 16_000
    check_words([" ".join(said)], [transcriber.transcribe(Samples(16_000, whole)).text])


def test_the_same_sound_has_the_same_text(transcriber: Transcriber, say: Say) -> None:
    """Whatever was heard in between."""
    sound = say("Whether the weather is cold, or whether the weather is hot.")
    first = transcriber.transcribe(sound)
    transcriber.transcribe(say("Something else."))
    assert transcriber.transcribe(sound) == first


def test_through_the_codec_of_a_telephone_call(transcriber: Transcriber, say: Say) -> None:
    """Compressed as messages are, it is understood as well."""
    sound, target = say(SENTENCES[2]), io.BytesIO()
    with av.open(target, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=16_000, layout="mono", options={"b": "16000"})
        frame = av.AudioFrame.from_ndarray(sound.mono[None], format="fltp", layout="mono")
        frame.sample_rate = 16_000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    check_words(SENTENCES[2:3], [transcriber.transcribe(decode_audio(target.getvalue(), most_s=60)).text])


RANDOM = np.random.default_rng(0)
TIME = np.arange(16_000 * 5) / 16_000
WHITE = RANDOM.standard_normal(len(TIME))
PINK = np.fft.irfft(np.fft.rfft(WHITE) / np.sqrt(np.arange(len(TIME) // 2 + 1) + 1))
BUZZ = sum(np.sin(2 * np.pi * 120 * harmonic * TIME) / harmonic for harmonic in range(1, 30))
NOBODY = {
    "nothing": np.zeros(0), "silence": np.zeros(len(TIME)), "hiss": WHITE / 10, "faint hiss": WHITE / 3_000,
    "rustling": PINK / np.abs(PINK).max(), "hum": np.sin(2 * np.pi * 50 * TIME) / 2,
    "a siren": np.sin(2 * np.pi * 700 * TIME + 100 * np.sin(3 * TIME)) / 2,
    "a chord": sum(np.sin(2 * np.pi * pitch * TIME) for pitch in (262, 330, 392)) / 6,
    "clicks": (np.arange(len(TIME)) % 8_000 == 0) * 0.9,
    "a buzz like a voice": BUZZ * (1 + np.sin(2 * np.pi * 3 * TIME)) / 10,
}  # fmt: skip


@pytest.mark.parametrize("name", NOBODY)
def test_nobody_speaks(transcriber: Transcriber, name: str) -> None:
    """And no words are made up."""
    sound = Samples(16_000, NOBODY[name].astype(np.float32))
    assert transcriber.transcribe(sound) == Transcript("", "", sound.duration_s, no_speech=True)


def test_a_word_in_a_long_silence(transcriber: Transcriber, say: Say) -> None:
    """Is all that is heard."""
    silence = (WHITE / 3_000).astype(np.float32)
    sound = np.concatenate([*[silence] * 8, say(SENTENCES[1]).mono, *[silence] * 8])
    check_words(SENTENCES[1:2], [transcriber.transcribe(Samples(16_000, sound)).text])


@pytest.mark.parametrize("change", [lambda mono: mono / 100, lambda mono: np.clip(mono * 20, -1, 1)])
def test_quiet_and_overdriven_speech(transcriber: Transcriber, say: Say, change: Change) -> None:
    """Is heard like any."""
    changed = Samples(16_000, change(say(SENTENCES[3]).mono).astype(np.float32))
    check_words(SENTENCES[3:4], [transcriber.transcribe(changed).text])


def test_too_long() -> None:
    """Is refused before anything is computed."""
    transcriber = Transcriber(whisper_folder(), most_s=10)
    with pytest.raises(UnreadableError, match=r"is 11\.0 seconds long; at most 10 seconds are heard"):
        transcriber.transcribe(Samples(16_000, np.ones(11 * 16_000, np.float32)))


REPEATED = "No, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no."


def test_what_is_said_again_and_again(transcriber: Transcriber, say: Say) -> None:
    """Is heard as often as it is said, or nearly."""
    assert 22 <= transcriber.transcribe(say(REPEATED)).text.lower().count("no") <= 27


@pytest.fixture(scope="module")
def brief() -> Whisper:
    """One that has no room for more than a few words."""
    return Whisper(whisper_folder(), threads=1, device="cpu", most_tokens=20)


def test_what_goes_round_in_circles(brief: Whisper, say: Say) -> None:
    """What has no end and repeats itself is written again, and does not repeat itself then."""
    assert brief.hear(say(REPEATED).mono).text.lower().count("no") < 6


def test_what_has_no_room_is_heard_in_parts(brief: Whisper, say: Say) -> None:
    """Nothing that is said is cut away."""
    said = f"{SENTENCES[1]} {SENTENCES[3]} {SENTENCES[5]}"
    check_words([said], [brief.hear(say(said).mono).text])


@pytest.mark.parametrize(
    ("file", "content"), [("model.bin", b"junk" * 99), ("tokenizer.json", b"{"), ("config.json", b"[")]
)
def test_weights_that_are_broken(tmp_path: Path, file: str, content: bytes) -> None:
    """Are told by their folder."""
    folder = tmp_path / "whisper"
    shutil.copytree(whisper_folder(), folder, copy_function=lambda source, target: Path(target).symlink_to(source))
    (folder / file).unlink()
    (folder / file).write_bytes(content)
    with pytest.raises(WeightsError, match="Cannot load the speech model in") as caught:
        Transcriber(folder)
    assert str(folder) in caught.value.reason


@pytest.mark.skipif(ctranslate2.get_cuda_device_count() > 0, reason="it is there")
def test_a_device_that_is_not_there() -> None:
    """Is told, too."""
    device: Device = "cuda"
    with pytest.raises(WeightsError, match="on cuda"):
        Whisper(whisper_folder(), threads=1, device=device)
