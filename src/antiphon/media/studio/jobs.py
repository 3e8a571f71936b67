"""Everything that the server asks a media process, and what it says, one struct for each.

Sent as MessagePack frames over a pair of sockets. A process says that it is ready, with an empty frame, and then does
one job at a time, so an answer is that of the last one.
"""

from typing import Generic, Literal, TypeVar

import msgspec
from msgspec import Raw, Struct

from antiphon.media.pixels import Pixels

Value = TypeVar("Value")
Detail = Literal["auto", "low", "high", "original"]
AudioFormat = Literal["wav", "aac", "mp3", "flac", "opus", "pcm16"]


class ReadPicture(Struct, frozen=True, tag=True):
    """To pixels: see images.py. url: a data URL; else `data` are the bytes of the picture. most_bytes: of these."""

    url: str
    data: bytes
    detail: Detail | None
    most_bytes: int


class ReadDocument(Struct, frozen=True, tag=True):
    """To text: see documents/. text: base64 or a data URL; else `data` are the bytes. seen: whether pictures of pages
    are wanted, too.
    """

    text: str
    data: bytes
    name: str
    most_bytes: int
    most_chars: int
    seen: bool


class ReadRecording(Struct, frozen=True, tag=True):
    """To samples: see hearing/decode.py. text: base64."""

    text: str
    most_bytes: int
    most_s: float


class Transcribe(Struct, frozen=True, tag=True):
    """To what is said in it: see hearing/transcribe.py. samples: float32, one channel. model: a name or a folder, empty
    for what suits the machine. threads: that compute.
    """

    samples: bytes
    rate: int
    model: str
    threads: int


class OpenRecital(Struct, frozen=True, tag=True):
    """Begin to speak as `voice`, in `format`. sources: of voices that are not built in. whole: nothing is handed out
    before the end, and then it is one file that knows how long it is.
    """

    recital: str
    voice: str
    format: AudioFormat
    sources: dict[str, str]
    whole: bool


class Say(Struct, frozen=True, tag=True):
    """A sentence, in a recital that is open."""

    recital: str
    sentence: str


class Finish(Struct, frozen=True, tag=True):
    """Nothing follows, and the recital is closed."""

    recital: str


class Forget(Struct, frozen=True, tag=True):
    """Close a recital of which nobody wants to hear more."""

    recital: str


Job = ReadPicture | ReadDocument | ReadRecording | Transcribe | OpenRecital | Say | Finish | Forget


class Pages(Struct, frozen=True, array_like=True):
    """The text of a document as it goes into a prompt, or those of its pages with a picture of each."""

    texts: tuple[str, ...]
    pictures: tuple[Pixels, ...] = ()


class Samples(Struct, frozen=True, array_like=True):
    """float32, one channel. digest: of all of it."""

    samples: bytes
    rate: int
    digest: str


class Heard(Struct, frozen=True, array_like=True):
    """text: what is said, as it goes into a prompt."""

    text: str


class Spoken(Struct, frozen=True, array_like=True):
    """More of a recording, in base64 of which all pieces are one. At the end: how long all of it is, and what the voice
    could not say.
    """

    audio: str
    duration_s: float = 0.0
    unspoken: str = ""


class Nothing(Struct, frozen=True, array_like=True):
    """It is done."""


class Made(Struct, Generic[Value], frozen=True, tag=True):
    """What came of the job; not read at first, as who asked knows what it is."""

    value: Value


class Refused(Struct, frozen=True, tag=True):
    """It cannot be read; `reason` is the end of a sentence."""

    reason: str


class Lacking(Struct, frozen=True, tag=True):
    """Something is not installed; `extra` is the name that pip knows it by."""

    extra: str


class Absent(Struct, frozen=True, tag=True):
    """Something that is needed cannot be had; `reason` is a sentence for who runs the server."""

    reason: str


class Failed(Struct, frozen=True, tag=True):
    """It went wrong, and that is a fault of ours. told: for the log."""

    told: str


Fault = Refused | Lacking | Absent | Failed

encode = msgspec.msgpack.Encoder().encode
decode_job = msgspec.msgpack.Decoder(Job).decode
decode_outcome = msgspec.msgpack.Decoder(Made[Raw] | Fault).decode
