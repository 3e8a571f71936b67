"""WAV as everybody writes it, without any extra: forms, odd chunks, and sizes that a stream's writer left open."""

import struct
import tracemalloc

import numpy as np
import pytest

from antiphon.media.hearing.decode import decode_audio
from antiphon.media.unreadable import UnreadableError
from tests.unit.media.hearing import sounds
from tests.unit.media.hearing.sounds import FLOAT, PCM, as_samples, chunk, header, riff, tone, wav

FORMS = [(PCM, 8), (PCM, 16), (PCM, 24), (PCM, 32), (FLOAT, 32), (FLOAT, 64)]
CONTENT = as_samples(tone(16_000, 1), PCM, 16)
DATA = chunk(b"data", CONTENT)


def check_tone(data: bytes, tolerance: float = 0.001) -> None:
    """One second of it, half as loud as can be."""
    samples = decode_audio(data, most_s=10)
    assert (samples.rate, samples.duration_s, samples.mono.dtype.name) == (16_000, 1.0, "float32")
    assert sounds.find_pitch(samples.mono, 16_000) == pytest.approx(sounds.PITCH_HZ, abs=1)
    assert samples.mono.max() == pytest.approx(0.5, abs=tolerance)


@pytest.mark.parametrize(("tag", "bits"), FORMS)
@pytest.mark.parametrize(("channels", "rate"), [(1, 16_000), (2, 44_100), (6, 48_000), (32, 8_000)])
def test_every_form(tag: int, bits: int, channels: int, rate: int) -> None:
    """Whole numbers and floats, of any channels at any rate."""
    check_tone(wav(tag, bits, channels, rate), tolerance=0.01 if bits == 8 else 0.001)


@pytest.mark.parametrize(("tag", "bits"), FORMS)
def test_extensible_header(tag: int, bits: int) -> None:
    """Which is what more than two channels or 16 bits should have."""
    content = as_samples(tone(16_000, 1), tag, bits)
    check_tone(riff(sounds.extensible(tag, 1, 16_000, bits), chunk(b"data", content)), 0.01 if bits == 8 else 0.001)


def test_loud_and_quiet_ends() -> None:
    """The largest numbers of either sign are 1 and -1, and the middle is 0."""
    for bits, numbers in ((8, b"\0\x80\xff"), (16, struct.pack("<hhh", -(2**15), 0, 2**15 - 1))):
        samples = decode_audio(riff(header(bits=bits), chunk(b"data", numbers)), most_s=1)
        assert samples.mono.tolist() == pytest.approx([-1, 0, 1], abs=2 ** (1 - bits))


OTHERS = {
    "a chunk of odd length before it": riff(header(), chunk(b"LIST", b"abc"), DATA),
    "chunks behind it": riff(header(), DATA, chunk(b"id3 ", b"x" * 999)),
    "20 bits in 4 bytes": riff(
        header(bits=20, align=4), chunk(b"data", as_samples(tone(16_000, 1), PCM, 32))
    ),
    "12 bits in 2 bytes": riff(header(bits=12, align=2), DATA),
    "no size of a frame": riff(header(align=0), DATA),
    "half a frame at the end": riff(header(), chunk(b"data", CONTENT + b"x")),
    "size 0": riff(header(), chunk(b"data", CONTENT, 0)),
    "size 0xFFFFFFFF": riff(header(), chunk(b"data", CONTENT, 0xFFFFFFFF)),
    "size 0x7FFFFFFF": riff(header(), chunk(b"data", CONTENT, 0x7FFFFFFF)),
    "4 GB": riff(header(), chunk(b"data", CONTENT, 0xFFFFFF00)),
    "ID3 before it": b"ID3\4\0\0\0\0\0\5hello" + wav(),
    "RF64": riff(
        chunk(b"ds64", struct.pack("<QQQI", 0, len(CONTENT), 16_000, 0)), header(),
        chunk(b"data", CONTENT, 0xFFFFFFFF), b"junk" * 99, name=b"RF64",
    ),
    "a few bytes less than it says": riff(header(), chunk(b"data", CONTENT, len(CONTENT) + 44)),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_how_others_write_it(name: str) -> None:
    """What is there is read, where its end is plain."""
    check_tone(OTHERS[name])


def test_floats_that_are_no_numbers() -> None:
    """Are silence or as loud as can be, and no warning."""
    content = np.array([np.nan, np.inf, -np.inf, 1e300, 0.25]).astype("<f8").tobytes()
    samples = decode_audio(riff(header(FLOAT, bits=64), chunk(b"data", content)), most_s=1)
    assert samples.mono.tolist() == [0.0, 1.0, -1.0, 1.0, 0.25]


def test_it_is_too_long_before_it_is_converted() -> None:
    """Refused with both lengths, and with no memory taken."""
    data = riff(header(rate=8_000, bits=8), chunk(b"data", b"\x80" * 8_000_000))
    tracemalloc.start()
    with pytest.raises(UnreadableError, match=r"is 1000\.0 seconds long; at most 60 seconds are heard"):
        decode_audio(data, most_s=60)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_memory_is_that_of_the_result() -> None:
    """Of many channels no second copy is made."""
    data = riff(header(rate=16_000, channels=16), chunk(b"data", bytes(32 * 16_000 * 20)))
    tracemalloc.start()
    samples = decode_audio(data, most_s=60)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert samples.duration_s == 20
    assert peak < samples.mono.nbytes + 20_000_000
