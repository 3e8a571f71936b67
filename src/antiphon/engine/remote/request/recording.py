"""A recording as part of a message to an upstream: as it came, which must be WAV or MP3. Pure."""

from typing import Any

from antiphon.dialect.medium import Recording
from antiphon.engine.remote.kinds import Kind
from antiphon.engine.remote.request.picture import begin
from antiphon.errors import InvalidMedium
from antiphon.media.sniff import sniff

TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg"}
WHITE = "\n\r\t "
"""What may be in base64, and is not read everywhere."""


def write_recording(recording: Recording, kind: Kind) -> dict[str, Any]:
    """The part. Raises `InvalidMedium` for one of a kind that the API has no name for."""
    encoded = recording.encoded
    if any(sign in encoded for sign in WHITE):
        encoded = "".join(encoded.split())
    sound = sniff(begin(encoded))
    if sound not in TYPES:
        told = f"is {sound.upper()}" if sound else "is neither WAV nor MP3"
        raise InvalidMedium("audio", recording.place, f"{told}; the engine behind this model hears WAV and MP3")
    if kind.hears_urls:
        return {"type": "audio_url", "audio_url": {"url": f"data:{TYPES[sound]};base64,{encoded}"}}
    return {"type": "input_audio", "input_audio": {"data": encoded, "format": sound}}
