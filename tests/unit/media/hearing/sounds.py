"""Sounds to be decoded: a tone as a WAV of any form by a writer of our own, and compressed by PyAV."""

import io
import struct
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
PITCH_HZ = 440.0


def tone(rate: int, duration_s: float, pitch_hz: float = PITCH_HZ) -> NDArray[np.float64]:
    """Half as loud as can be."""
    return 0.5 * np.sin(2 * np.pi * pitch_hz * np.arange(round(rate * duration_s)) / rate)


def find_pitch(mono: NDArray[np.float32], rate: int) -> float:
    """The strongest frequency in it, in Hz."""
    return float(np.argmax(np.abs(np.fft.rfft(mono * np.hanning(len(mono)))))) * rate / len(mono)


def as_samples(sound: NDArray[np.float64], tag: int, bits: int) -> bytes:
    """One channel as the form says."""
    if tag == FLOAT:
        return sound.astype(f"<f{bits // 8}").tobytes()
    if bits == 8:
        return (np.round(sound * 127) + 128).astype(np.uint8).tobytes()
    whole = np.round(sound * (2 ** (bits - 1) - 1)).astype("<i4")
    return bytes(whole.view(np.uint8).reshape(-1, 4)[:, : bits // 8].tobytes())


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    """With a byte behind it that makes its length even. size: what it says instead of its length."""
    return name + struct.pack("<I", len(content) if size is None else size) + content + b"\0" * (len(content) % 2)


def header(tag: int = PCM, channels: int = 1, rate: int = 16_000, bits: int = 16, align: int | None = None) -> bytes:
    """The chunk that tells the form."""
    align = channels * bits // 8 if align is None else align
    told = EXTENSIBLE if tag == EXTENSIBLE else tag
    numbers = struct.pack("<HHIIHH", told, channels, rate & 0xFFFFFFFF, rate * align & 0xFFFFFFFF, align & 0xFFFF, bits)
    return chunk(b"fmt ", numbers)


def extensible(tag: int, channels: int, rate: int, bits: int) -> bytes:
    """The same in the longer form."""
    align = channels * bits // 8
    numbers = struct.pack("<HHIIHH", EXTENSIBLE, channels, rate, rate * align, align, bits)
    rest = struct.pack("<HHIH", 22, bits, 0, tag) + bytes.fromhex("000000001000800000aa00389b71")
    return chunk(b"fmt ", numbers + rest)


def riff(*chunks: bytes, name: bytes = b"RIFF") -> bytes:
    """A whole file of chunks."""
    content = b"WAVE" + b"".join(chunks)
    return name + struct.pack("<I", len(content)) + content


def wav(tag: int = PCM, bits: int = 16, channels: int = 1, rate: int = 16_000, duration_s: float = 1.0) -> bytes:
    """The tone in every channel."""
    one = np.frombuffer(as_samples(tone(rate, duration_s), tag, bits), f"V{bits // 8}")
    return riff(header(tag, channels, rate, bits), chunk(b"data", np.repeat(one, channels).tobytes()))


def compress(
    kind: str,
    codec: str,
    *,
    rate: int = 48_000,
    layout: str = "mono",
    duration_s: float = 1.0,
    pitch_hz: float = PITCH_HZ,
) -> bytes:
    """The tone in a container of PyAV's."""
    sound = tone(rate, duration_s, pitch_hz).astype(np.float32)
    num_channels = av.AudioLayout(layout).nb_channels
    target = io.BytesIO()
    with av.open(target, "w", format=kind) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.repeat(sound[None], num_channels, 0), format="fltp", layout=layout)
        frame.sample_rate = rate
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return target.getvalue()


def silence(num_frames: int, *, told: bool = True) -> bytes:
    """A FLAC of nothing at 8,000 Hz: every 13 bytes or so are 8 seconds. told: whether it says how long it is."""
    block = 65_535
    total = block * num_frames if told else 0
    info = struct.pack(">HH6xQ16x", block, block, 8_000 << 44 | 15 << 36 | total)
    frames = (flac_frame(number, block) for number in range(num_frames))
    return b"fLaC" + struct.pack(">I", 0x80 << 24 | len(info)) + info + b"".join(frames)


def flac_frame(number: int, block: int) -> bytes:
    """A constant. (RFC 9639, 9)"""
    head = b"\xff\xf8\x74\x08" + chr(number).encode() + struct.pack(">H", block - 1)
    frame = head + bytes([remainder(head, 0x07, 8)]) + b"\0\0\0"
    return frame + struct.pack(">H", remainder(frame, 0x8005, 16))


def remainder(data: bytes, polynomial: int, bits: int) -> int:
    """The checksums of FLAC."""
    value = 0
    for byte in data:
        value ^= byte << bits - 8
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value >> bits - 1 else 0)) & (1 << bits) - 1
    return value


def crowded() -> bytes:
    """An M4A in which a header of 20 bytes tells of 170 million packets, for each of which FFmpeg makes room."""
    data = bytearray(compress("mp4", "aac"))
    for place, numbers in (
        (b"stsz", (0, 1, 170_000_000)),
        (b"stsc", (0, 1, 1, 170_000_000)),
        (b"stts", (0, 1, 170_000_000)),
    ):
        start = data.index(place) + 4
        data[start : start + 4 * len(numbers)] = struct.pack(f">{len(numbers)}I", *numbers)
    return bytes(data)


def picture(*, with_sound: bool = False) -> bytes:
    """A video of a few black frames."""
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        video = container.add_stream("mpeg4", rate=25, width=64, height=64, pix_fmt="yuv420p")
        sound = container.add_stream("aac", rate=48_000, layout="mono") if with_sound else None
        for _ in range(3):
            container.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        container.mux(video.encode(None))
        if sound is not None:
            frame = av.AudioFrame.from_ndarray(tone(48_000, 1.0).astype(np.float32)[None], format="fltp", layout="mono")
            frame.sample_rate = 48_000
            container.mux([*sound.encode(frame), *sound.encode(None)])
    return target.getvalue()
