"""Sound of every kind into samples, and what is refused: broken, hostile, too long, or no sound."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from antiphon.media.hearing.decode import decode_audio
from antiphon.media.unreadable import UnreadableError
from tests.unit.media.hearing import sounds
from tests.unit.media.hearing.sounds import FLOAT, PITCH_HZ, chunk, compress, find_pitch, header, riff, wav

KINDS = {
    "MP3": ("mp3", "libmp3lame", 44_100, "stereo"), "MP3 at 8 kHz": ("mp3", "libmp3lame", 8_000, "mono"),
    "M4A": ("ipod", "aac", 44_100, "stereo"), "M4A of six channels": ("mp4", "aac", 48_000, "5.1"),
    "AAC": ("adts", "aac", 48_000, "mono"), "FLAC": ("flac", "flac", 96_000, "stereo"),
    "Ogg": ("ogg", "libopus", 48_000, "stereo"), "WebM": ("webm", "libopus", 48_000, "mono"),
    "Apple's lossless": ("mov", "alac", 48_000, "stereo"), "QuickTime": ("mov", "pcm_s16le", 24_000, "mono"),
    "WAV of a telephone": ("wav", "pcm_mulaw", 8_000, "mono"), "the other one": ("wav", "pcm_alaw", 8_000, "mono"),
    "WAV in 4 bits": ("wav", "adpcm_ms", 16_000, "mono"), "WAV": ("wav", "pcm_s24le", 22_050, "stereo"),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_every_kind(name: str) -> None:
    """The same length, but for what encoders add, the same pitch, and as loud as it was."""
    kind, codec, rate, layout = KINDS[name]
    samples = decode_audio(compress(kind, codec, rate=rate, layout=layout), most_s=10)
    assert samples.rate == 16_000
    assert samples.duration_s == pytest.approx(1, abs=0.05)
    middle = samples.mono[4_000:12_000]
    assert find_pitch(middle, 16_000) == pytest.approx(PITCH_HZ, abs=2)
    assert middle.std() == pytest.approx(0.5 / 2**0.5, abs=0.07)


def test_the_sound_of_a_video() -> None:
    """Is heard; its pictures are not decoded."""
    samples = decode_audio(sounds.picture(with_sound=True), most_s=10)
    assert find_pitch(samples.mono, 16_000) == pytest.approx(PITCH_HZ, abs=2)


def test_another_rate() -> None:
    """As a model wants it."""
    for data in (wav(), compress("flac", "flac")):
        assert decode_audio(data, most_s=10, rate=24_000).mono.shape == (24_000,)


MP3 = compress("mp3", "libmp3lame", duration_s=4)
M4A = compress("mp4", "aac", duration_s=4)
FLAC = compress("flac", "flac", duration_s=4)
WEBM = compress("webm", "libopus", duration_s=4)
OGG = compress("ogg", "libopus", duration_s=4)
JUNK = np.random.default_rng(0).bytes(20_000)
PACKETS = b"stsz" + bytes(7) + b"\1\xff\xff\xff\xff"
FORM, SOUND = header(), chunk(b"data", bytes(32_000))
READ_AS_IT_IS = {
    "an MP3 with junk in front": b"junk" * 500 + MP3,
    "an MP3 that begins in the middle of a frame": MP3[1_000:],
    "an MP3 with junk in the middle": MP3[: len(MP3) // 2] + b"junk" * 50 + MP3[len(MP3) // 2 :],
    "an MP3 behind a playlist": b"#EXTM3U\nhttp://127.0.0.1:9/x\n" + MP3,
    "an Ogg that was cut, which does not tell its length": OGG[: len(OGG) // 2],
    "a WAV that says 4 GB": riff(FORM, chunk(b"data", bytes(32_000), 0xFFFFFFFF)),
}
"""Where the end is plain, or nothing else is to be known."""


@pytest.mark.parametrize("name", READ_AS_IT_IS)
def test_what_can_be_read_is_read(name: str) -> None:
    """As players do."""
    assert 0.9 < decode_audio(READ_AS_IT_IS[name], most_s=10).duration_s < 4.2


REFUSED = {
    "nothing": (b"", "is empty"),
    "junk": (JUNK, "no kind"),
    "text": (b"Hello there.", "no kind"),
    "a PNG": (b"\x89PNG\r\n\x1a\n" + JUNK, "no kind"),
    "an HLS playlist": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "no kind"),
    "an HLS playlist behind a tag": (b"ID3\4\0\0\0\0\0\0#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "no kind"),
    "a script for concat": (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "no kind"),
    "an SDP": (b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=audio 5004 RTP/AVP 0\n", "no kind"),
    "a DASH manifest": (b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'/>", "no kind"),
    "a video without sound": (sounds.picture(), "has no sound in it, only pictures"),
    "an MP3 that was cut": (MP3[: len(MP3) // 2], r"breaks off after \d.\d of its 4.0 seconds; send it whole"),
    "an M4A that was cut": (M4A[: len(M4A) // 2], "is damaged or breaks off"),
    "a FLAC that was cut": (FLAC[: len(FLAC) // 2], r"breaks off after \d.\d of its 4.0 seconds"),
    "a WebM that was cut": (WEBM[: len(WEBM) // 2], r"breaks off after \d.\d of its 4.0 seconds"),
    "a WAV that was cut": (wav(duration_s=2)[:40_000], r"breaks off after 1.2 of its 2.0 seconds"),
    "a WAV that says 1 GB": (riff(FORM, chunk(b"data", bytes(99), 1 << 30)), "breaks off after 0.0 of its"),
    "an MP3 whose frames are junk": (b"".join(b"\xff\xfb\x90\xc4" + JUNK[n : n + 413] for n in range(99)), "damaged"),
    "an M4A full of junk": (M4A[:60] + JUNK + M4A[-900:], "damaged"),
    "a FLAC full of junk": (FLAC[:42] + JUNK, "damaged|breaks off"),
    "an Ogg full of junk": (OGG[:28] + JUNK, "damaged"),
    "a WebM full of junk": (WEBM[:40] + JUNK, "damaged|no sound"),
    "a FLAC of an hour in 6 kB": (sounds.silence(440), r"is 3604.5 seconds long; at most 60 seconds"),
    "the same without saying so": (sounds.silence(440, told=False), r"is at least 65.6 seconds long; at most 60"),
    "a WAV of an hour": (riff(header(rate=2_000, bits=8), chunk(b"data", bytes(7_200_000))), "3600.0 seconds long"),
    "a WAV header alone": (riff(FORM), "breaks off before its samples"),
    "a WAV without samples": (riff(FORM, chunk(b"data", b"")), "has no sound in it"),
    "a WAV with samples before their form": (riff(SOUND, FORM), "tells nothing of their form"),
    "a WAV with half a form": (riff(chunk(b"fmt ", b"\1\0\1\0"), SOUND), "header breaks off"),
    "a WAV of no rate": (riff(header(rate=0), SOUND), "sample rate of 0 Hz"),
    "a WAV of 4 GHz": (riff(header(rate=0xFFFFFFFF), SOUND), "sample rate of 4294967295 Hz"),
    "a WAV of no channel": (riff(header(channels=0, align=2), SOUND), "cannot be read"),
    "a WAV of 65,535 channels": (riff(header(channels=65_535, bits=8), SOUND), "65535 channels; 1 to 32"),
    "a WAV of 0 bits": (riff(header(bits=0), SOUND), "cannot be read"),
    "a WAV of 65,535 bits": (riff(header(bits=65_535, align=2), SOUND), "cannot be read"),
    "a WAV that contradicts itself": (riff(header(channels=2, bits=16, align=3), SOUND), "cannot be read"),
    "a WAV of floats of 16 bits": (riff(header(FLOAT, bits=16), SOUND), "cannot be read"),
    "a WAV of no known codec": (riff(header(0x1234), SOUND), "compressed in a way|damaged"),
    "a WAV of 1,000 empty chunks": (riff(FORM, chunk(b"junk", b"") * 2_000, SOUND), "breaks off before its samples"),
    "a WAV with a chunk of 4 GB": (riff(FORM, chunk(b"junk", b"", 0xFFFFFFFF), SOUND), "breaks off before"),
    "a FLAC header alone": (FLAC[:42], "breaks off after 0.0|damaged"),
    "an Ogg page alone": (b"OggS" + bytes(23), "damaged|no sound"),
    "a Matroska header alone": (b"\x1a\x45\xdf\xa3\x80", "damaged"),
    "an M4A header alone": (b"\0\0\0\x20ftypM4A " + bytes(20), "damaged|no sound"),
    "an M4A of 2**32 packets": (M4A.replace(b"stsz" + bytes(8), PACKETS), "breaks off after 0.0 of its"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_broken_and_hostile(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A plain reason, in our words; nothing is written to the terminal."""
    data, reason = REFUSED[name]
    with pytest.raises(UnreadableError, match=reason) as caught:
        decode_audio(data, most_s=60)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("data", [MP3, M4A, FLAC, OGG, WEBM, wav(duration_s=4), compress("adts", "aac", duration_s=4)])
def test_too_long_is_refused_with_both_lengths(data: bytes) -> None:
    """Whether it says how long it is, or that is only found out."""
    with pytest.raises(UnreadableError, match=r"is (at least )?\d\.\d seconds long; at most 2.5 seconds are heard"):
        decode_audio(data, most_s=2.5)


def test_memory_does_not_grow_with_what_is_packed() -> None:
    """An hour in 6 kB is given up after a minute of it."""
    data = sounds.silence(440, told=False)
    tracemalloc.start()
    with pytest.raises(UnreadableError):
        decode_audio(data, most_s=60)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16_000_000


def run(program: str) -> str:
    """What a Python of its own prints."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_limit_of_memory_is_survived() -> None:
    """Of a few bytes FFmpeg wants gigabytes: where the process may not have them, the file is refused."""
    assert (
        run(f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from antiphon.media.hearing.decode import decode_audio
from antiphon.media.unreadable import UnreadableError
try:
    decode_audio({sounds.crowded()!r}, most_s=60)
except UnreadableError as error:
    print("refused")
""")
        == "refused"
    )


def test_without_extras() -> None:
    """Everything can be imported and WAV is read; what is missing for the rest is told by its name."""
    assert run(f"""
import sys
sys.modules |= dict.fromkeys(["av", "faster_whisper", "ctranslate2", "onnxruntime"])
import antiphon.media.hearing, antiphon.media.hearing.model, antiphon.media.hearing.render
from pathlib import Path
from antiphon.media.hearing.decode import decode_audio
from antiphon.media.hearing.transcribe import Transcriber
from antiphon.media.missing import MissingExtra
print(decode_audio({wav(duration_s=0.1)!r}, most_s=60).duration_s)
for call in (lambda: decode_audio({MP3[:3_000]!r}, most_s=60), lambda: Transcriber(Path())):
    try:
        call()
    except MissingExtra as missing:
        print(missing.extra)
""").split() == ["0.1", "av", "transcribe"]


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    """A server that only hands sound to the process of media stays light."""
    heavy = run(
        "import sys, antiphon.media.hearing.transcribe, antiphon.media.hearing.model\n"
        "print(*{'av', 'faster_whisper', 'ctranslate2', 'huggingface_hub'} & set(sys.modules))"
    )
    assert not heavy


def test_a_stream_that_changes_its_form() -> None:
    """Two MP3s one behind the other, of other rates and channels, are heard one after the other."""
    first = compress("mp3", "libmp3lame", rate=44_100, layout="stereo")
    second = compress("mp3", "libmp3lame", rate=24_000)
    samples = decode_audio(first + second[second.index(b"\xff\xf3") :], most_s=10)
    assert samples.duration_s == pytest.approx(2, abs=0.1)
    for half in (samples.mono[2_000:14_000], samples.mono[18_000:30_000]):
        assert find_pitch(half, 16_000) == pytest.approx(PITCH_HZ, abs=2)
