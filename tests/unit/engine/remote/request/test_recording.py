"""A recording as part of a message: as it came, by what it is."""

import pytest

from antiphon.dialect.medium import Recording
from antiphon.engine.remote.kinds import GENERIC, LLAMA_SERVER, OPENAI, SGLANG, VLLM, Kind
from antiphon.engine.remote.request.recording import write_recording
from antiphon.errors import InvalidMedium
from tests.unit.engine.remote.request.media import MP3, encode, recording, say


@pytest.mark.parametrize("kind", [GENERIC, LLAMA_SERVER, OPENAI, VLLM], ids=lambda kind: kind.name)
@pytest.mark.parametrize(("data", "sound"), [(say(), "wav"), (MP3, "mp3"), (MP3[10:], "mp3")])
def test_wav_and_mp3(kind: Kind, data: bytes, sound: str) -> None:
    """As OpenAI's API has it; the kind is found out, whatever it was said to be."""
    told = {"data": encode(data), "format": sound}
    assert write_recording(recording(data), kind) == {"type": "input_audio", "input_audio": told}


def test_for_one_that_has_another_part_for_it() -> None:
    """SGLang takes a data URL."""
    for data, media_type in ((say(), "audio/wav"), (MP3, "audio/mpeg")):
        url = f"data:{media_type};base64,{encode(data)}"
        assert write_recording(recording(data), SGLANG) == {"type": "audio_url", "audio_url": {"url": url}}


def test_line_breaks() -> None:
    """Mailers break base64 into lines, which not everybody puts together."""
    encoded = encode(say())
    broken = Recording(b"", digest="", encoded=f"{encoded[:3]}\r\n{encoded[3:76]}\n \t{encoded[76:]}\n")
    assert write_recording(broken, GENERIC)["input_audio"]["data"] == encoded


@pytest.mark.parametrize(("data", "told"), [
    (b"fLaC" + bytes(60), "is FLAC"), (b"OggS\0" + bytes(60), "is OGG"), (bytes(60), "is neither WAV nor MP3"),
    (b"", "is neither WAV nor MP3"),
])  # fmt: skip
def test_others(data: bytes, told: str) -> None:
    """Have no name in the API; what is wrong is said with the place."""
    with pytest.raises(InvalidMedium) as caught:
        write_recording(recording(data, "messages[2].content[1].input_audio.data"), GENERIC)
    assert caught.value.param == "messages[2].content[1].input_audio.data" and told in caught.value.message
