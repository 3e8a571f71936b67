"""One window of sound at a time through Whisper, as faster-whisper and CTranslate2 compute it: what comes out is the
same each time. Knows nothing of pauses, nor of how long all of it is.

The window is encoded once, for the language and for the words. faster-whisper's own loop would do it twice, which for
most questions is nearly half of all the work, and goes on by times that the model tells, which may stand still.
(Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022, 4.5 for the thresholds.)
"""

import zlib
from pathlib import Path
from typing import Any, Literal, NamedTuple

from antiphon.media.hearing.pull import WeightsError
from antiphon.media.hearing.samples import Wave
from antiphon.media.hearing.speech import halve
from antiphon.media.hearing.transcript import join
from antiphon.media.missing import MissingExtra

Device = Literal["cpu", "cuda"]
NUMBERS = {"cpu": "int8", "cuda": "int8_float16"}
"""What it computes with."""

BEAMS = 5
MOST_TOKENS = 224
"""That Whisper writes of a window. Of Tamil, it takes as many for six seconds."""

SHORTEST = 4 * 16_000
"""Samples of which all words should find room."""

LOOPING = 2.4
"""How far a text can be compressed that goes round in circles."""

LONGEST_REPEAT = 3
"""Tokens in a row that may not come twice, where it did."""

NO_SPEECH, UNLIKELY = 0.6, -1.0
"""Probability that nobody speaks, and mean logarithm of that of the words, beyond which the words are made up."""


def find_device() -> Device:
    """What there is to compute on. Raises `MissingExtra`."""
    try:
        import ctranslate2  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("transcribe") from None
    return "cuda" if ctranslate2.get_cuda_device_count() else "cpu"


class Heard(NamedTuple):
    """language: as ISO 639 writes it."""

    text: str
    language: str


class Words(NamedTuple):
    """likelihood: mean logarithm of a token's probability. no_speech: how probable it is that nobody speaks. ended:
    whether all words found room.
    """

    text: str
    likelihood: float
    no_speech: float
    ended: bool


class Whisper:
    """A model in memory."""

    def __init__(self, folder: Path, *, threads: int, device: Device, most_tokens: int = MOST_TOKENS) -> None:
        """most_tokens: of a window. Raises `WeightsError`, and `MissingExtra` without faster-whisper."""
        try:
            from faster_whisper import WhisperModel  # noqa: PLC0415 (an optional extra)
        except ImportError:
            raise MissingExtra("transcribe") from None
        self.most_tokens = most_tokens
        try:
            self.model: Any = WhisperModel(
                str(folder), device=device, compute_type=NUMBERS[device], cpu_threads=threads, local_files_only=True
            )
        except Exception as error:  # whatever CTranslate2 and the tokenizer throw
            raise WeightsError(f"Cannot load the speech model in '{folder}' on {device}: {error}") from None

    def hear(self, window: Wave, language: str = "") -> Heard:
        """What is said in a window of at most 30 seconds, in a language or in whatever is heard; no text where it is
        likelier that nobody speaks.
        """
        encoded = self.encode(window)
        language = language or self.find_language(encoded)
        words = self.write(encoded, language)
        if words.no_speech > NO_SPEECH and words.likelihood < UNLIKELY:
            return Heard("", language)
        if not words.ended and compress(words.text) > LOOPING:
            words = self.write(encoded, language, no_repeat_ngram_size=LONGEST_REPEAT)
        elif not words.ended and len(window) >= 2 * SHORTEST:
            parts = [self.hear(half, language).text for half in halve(window)]
            return Heard(join(parts, language), language)
        return Heard(words.text, language)

    def encode(self, window: Wave) -> Any:
        """As the model hears it."""
        from faster_whisper.audio import pad_or_trim  # noqa: PLC0415 (an optional extra)

        return self.model.encode(pad_or_trim(self.model.feature_extractor(window)))

    def find_language(self, encoded: Any) -> str:
        """As ISO 639 writes it."""
        if not self.model.model.is_multilingual:
            return "en"
        (token, _), *_ = self.model.model.detect_language(encoded)[0]
        return str(token).strip("<|>")

    def write(self, encoded: Any, language: str, **options: Any) -> Words:
        """The most likely words: beams, and no chance."""
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 (an optional extra)

        tokenizer = Tokenizer(self.model.hf_tokenizer, self.model.model.is_multilingual, "transcribe", language)
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        # CTranslate2 writes no more than half of what it calls the maximal length.
        options |= {"max_length": 2 * self.most_tokens, "return_scores": True, "return_no_speech_prob": True}
        (result,) = self.model.model.generate(encoded, [prompt], beam_size=BEAMS, **options)
        (tokens,) = result.sequences_ids
        text = tokenizer.decode(tokens).strip()
        return Words(text, result.scores[0], result.no_speech_prob, len(tokens) < self.most_tokens)


def compress(text: str) -> float:
    """How many times smaller it becomes."""
    return len(text.encode()) / len(zlib.compress(text.encode()))
