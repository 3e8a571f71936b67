"""Every format: pieces as they come, and one valid file of all of them."""

import io
import sys
from collections.abc import Sequence

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from antiphon.media.missing import MissingExtra
from antiphon.media.speech.encode.encoder import AudioFormat, Encoder, open_encoder, seal
from antiphon.media.speech.encode.packets import PacketEncoder
from antiphon.media.speech.samples import RATE, Samples

FORMATS: tuple[AudioFormat, ...] = ("wav", "pcm16", "flac", "mp3", "opus", "aac")
TONE_HZ = 440.0
TONE = (0.3 * np.sin(2 * np.pi * TONE_HZ * np.arange(2 * RATE) / RATE)).astype(np.float32)


def encode(encoder: Encoder, sizes: Sequence[int]) -> list[bytes]:
    """The tone in pieces of these sizes, again and again."""
    pieces, begin = [], 0
    while begin < len(TONE):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(encoder.feed(TONE[begin : begin + size]))
        begin += size
    return [*pieces, encoder.finish()]


def decode(name: str, file: bytes) -> tuple[NDArray[np.float64], int]:
    """Samples and their rate, as others read them."""
    if name == "pcm16":
        return np.frombuffer(file, "<i2") / 32768, RATE
    with av.open(io.BytesIO(file)) as container:
        rate = container.streams.audio[0].rate
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    sound = np.concatenate(frames)
    return sound / (32768 if sound.dtype == np.int16 else 2**31 if sound.dtype == np.int32 else 1), rate


def encode_whole(name: AudioFormat, samples: Samples) -> bytes:
    """A recording that is known from its beginning to its end."""
    encoder = open_encoder(name)
    return seal(name, encoder.feed(samples) + encoder.finish(), len(samples))


def check(name: str, file: bytes, tolerance_s: float) -> None:
    """As long, as high and as loud as the tone."""
    sound, rate = decode(name, file)
    assert len(sound) / rate == pytest.approx(2.0, abs=tolerance_s)
    middle = sound[rate // 2 : rate // 2 + rate]
    assert np.argmax(np.abs(np.fft.rfft(middle))) == pytest.approx(TONE_HZ, abs=1)
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("sizes", [[48_000], [1, 999, 7_000], [480]], ids=["whole", "uneven", "small"])
@pytest.mark.parametrize("name", FORMATS)
def test_pieces_are_one_file(name: AudioFormat, sizes: list[int]) -> None:
    """It decodes to the same tone; codecs that need a run-up (mp3, aac) add less than a tenth of a second."""
    check(name, b"".join(encode(open_encoder(name), sizes)), 0 if name in ("wav", "pcm16", "flac", "opus") else 0.1)


@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_recording(name: AudioFormat) -> None:
    """In one go; the same bytes but for what its header now knows."""
    whole, pieces = encode_whole(name, TONE), b"".join(encode(open_encoder(name), [len(TONE)]))
    check(name, whole, 0.1)
    assert len(whole) == len(pieces)
    assert whole[64:] == pieces[64:] or name == "opus", "streams in Ogg have a number that is drawn anew each time"


@pytest.mark.parametrize("name", FORMATS)
def test_pieces_come_early(name: AudioFormat) -> None:
    """Of half a second of sound, at least a quarter can be heard before any more comes."""
    encoder = open_encoder(name)
    sound, rate = decode(name, encoder.feed(TONE[: RATE // 2]))
    assert len(sound) / rate > 0.25
    encoder.finish()


def test_flac_by_pyav_where_soundfile_is_missing() -> None:
    """The same file to whoever reads it."""
    check("flac", b"".join(encode(PacketEncoder("flac"), [999])), 0)


def test_flac_and_pcm_have_all_samples_in_them() -> None:
    """To within half a step of 16 bits."""
    for name in FORMATS[:3]:
        assert np.abs(decode(name, encode_whole(name, TONE))[0] - TONE).max() < 1 / 32000


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_too_loud_is_cut_off(name: AudioFormat) -> None:
    """And does not come out at the other end of the numbers."""
    loud: Samples = np.full(RATE, 2.0, np.float32)
    sound, _ = decode(name, encode_whole(name, loud))
    assert name in ("mp3", "opus", "aac") or sound.min() > 0.99


@pytest.mark.parametrize("name", ["wav", "pcm16", "flac"])
def test_formats_without_pyav(name: AudioFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not asked for."""
    monkeypatch.setitem(sys.modules, "av", None)
    assert len(encode_whole(name, TONE)) > 1000


@pytest.mark.parametrize("name", ["mp3", "opus", "aac"])
def test_formats_that_need_pyav_name_it(name: AudioFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    """None in its place is how Python knows that a module cannot be imported."""
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtra) as caught:
        open_encoder(name)
    assert caught.value.extra == "av"


@pytest.mark.parametrize("name", FORMATS)
def test_an_encoder_that_is_left_alone_does_no_harm(name: AudioFormat) -> None:
    """Answers are broken off in the middle; warnings would be errors here."""
    encoder = open_encoder(name)
    encoder.feed(TONE[:5000])
    del encoder
