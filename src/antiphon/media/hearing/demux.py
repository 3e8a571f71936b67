"""The samples of compressed sound, by PyAV, which has FFmpeg in it and is an optional extra.

FFmpeg is told which kind it reads, and may open nothing else: no second file, no protocol, no decoder but those that
are named here. Samples are counted while they come, and never more are kept than may be heard.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from antiphon.media.hearing.frames import read_length
from antiphon.media.hearing.gather import Gathering
from antiphon.media.hearing.limits import check_form, check_length, check_whole
from antiphon.media.hearing.samples import Samples
from antiphon.media.hearing.sniff import Kind
from antiphon.media.missing import MissingExtra
from antiphon.media.unreadable import UnreadableError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

DECODERS = (
    "aac,adpcm_ima_wav,adpcm_ms,alac,flac,libopus,mp3,mp3float,opus,pcm_alaw,pcm_f32le,pcm_mulaw,pcm_s16be,pcm_s16le,"
    "pcm_s24be,pcm_s24le,vorbis"
)
"""Of FFmpeg, by its names."""

LONGEST_ALAC = 1 << 14
"""Samples of a packet; the file says how many, and FFmpeg makes room for all of them. Apple writes 4,096."""

FEW = 3
OFTEN = 0.1
"""How many packets may be broken: so many, and this part of all; streams begin and end with half ones."""


def read_compressed(data: bytes, kind: Kind, *, most_s: float, rate: int) -> Samples:
    """Raises `UnreadableError`, and `MissingExtra` without PyAV."""
    try:
        import av  # noqa: PLC0415 (an optional extra)
    except ImportError:
        raise MissingExtra("av") from None
    options = {"protocol_whitelist": "none", "format_whitelist": kind, "codec_whitelist": DECODERS}
    try:
        with av.open(
            BytesIO(data), "r", format=kind, container_options=options, metadata_errors="replace", io_open=refuse
        ) as container:
            stream = find_sound(container)
            told_s = find_told(container, stream, data)
            check_length(told_s or 0, most_s)
            gathering = Gathering(most_s, rate)
            for frame in decode(container, stream):
                gathering.take(frame)
            heard = gathering.end()
    except (av.FFmpegError, ValueError, ArithmeticError, LookupError, MemoryError, OSError, RuntimeError):
        raise UnreadableError("is damaged or breaks off, and cannot be decoded") from None
    check_whole(heard.duration_s, told_s)
    return heard


def refuse(*_: Any) -> None:
    """Nothing is opened beside the bytes themselves."""
    raise PermissionError


def find_sound(container: "InputContainer") -> "AudioStream":
    """The first stream of sound. Raises `UnreadableError` where there is none that can be decoded, or of no form."""
    if not container.streams.audio:
        raise UnreadableError("has no sound in it, only pictures" if container.streams.video else "has no sound in it")
    stream = container.streams.audio[0]
    context: Any = stream.codec_context  # which is None where no decoder is known, whatever its type says
    if context is None or context.name not in DECODERS.split(","):
        raise UnreadableError("is compressed in a way that cannot be decoded here; send it as MP3 or WAV")
    check_form(context.sample_rate, context.layout.nb_channels)
    if context.name == "alac" and int.from_bytes((context.extradata or b"")[12:16]) > LONGEST_ALAC:
        raise UnreadableError("is damaged: no packet of it can be as long as it says")
    context.thread_count = 1
    return stream


def find_told(container: "InputContainer", stream: "AudioStream", data: bytes) -> float | None:
    """Its length in seconds as the file has it written, if it has. Of MP3 and AAC, FFmpeg only guesses."""
    kind = container.format.name
    if kind in ("aac", "mp3"):
        return read_length(data) if kind == "mp3" else None
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration and len(container.streams) == 1 else None


def decode(container: "InputContainer", stream: "AudioStream") -> Iterator["AudioFrame"]:
    """Frame by frame. Raises `UnreadableError` as soon as too many packets are broken."""
    import av  # noqa: PLC0415 (an optional extra)

    broken = 0
    for number, packet in enumerate(container.demux(stream)):
        try:
            yield from packet.decode()
        except av.FFmpegError:
            broken += 1
        if broken > FEW + OFTEN * number:
            raise UnreadableError("is damaged: too much of it cannot be decoded")
