"""Whether an upstream sees and hears, by what it says of itself. Asking it is in tests/contract/."""

import base64
import io
import wave
from typing import Any

import pytest
from PIL import Image

from antiphon.engine.remote.fleet.senses import Senses, build_picture, build_silence, read_senses
from antiphon.engine.remote.found import Found
from antiphon.engine.remote.kinds import GENERIC, KINDS
from antiphon.engine.remote.request.parts import write_medium
from antiphon.upstreams import KindName

UNDERSTANDING = {"has_image_understanding": True, "has_audio_understanding": False}
UNKNOWN, BLIND = Senses(), Senses(sees=False, hears=False)


@pytest.mark.parametrize(("kind", "card", "told", "senses"), [
    ("llama-server", {}, {"modalities": {"vision": True, "audio": False}}, Senses(sees=True, hears=False)),
    ("llama-server", {}, {"modalities": {"vision": True, "audio": True}}, Senses(sees=True, hears=True)),
    ("llama-server", {}, {"modalities": {"vision": "yes"}}, BLIND),
    ("llama-server", {}, {"modalities": ["vision"]}, BLIND),
    ("llama-server", {}, {}, BLIND),
    ("sglang", {}, UNDERSTANDING, Senses(sees=True, hears=False)),
    ("sglang", {}, {**UNDERSTANDING, "has_audio_understanding": "no"}, Senses(sees=True, hears=None)),
    ("sglang", {}, {}, UNKNOWN),
    ("vllm", {}, UNDERSTANDING, UNKNOWN),
    ("generic", {"input_modalities": ["image"]}, {}, UNKNOWN),
    ("openai", {"input_modalities": ["text", "image"]}, {}, Senses(sees=True, hears=False)),
    ("openai", {"input_modalities": ["text", "image", "audio"]}, {}, Senses(sees=True, hears=True)),
    ("openai", {"input_modalities": ["text"]}, {}, BLIND),
    ("openai", {"input_modalities": None}, {}, Senses(sees=True, hears=False)),
    ("openai", {}, {}, Senses(sees=True, hears=False)),
])  # fmt: skip
def test_what_it_says(kind: KindName, card: dict[str, Any], told: dict[str, Any], senses: Senses) -> None:
    """Each kind in its place, if it is yes or no; of others it is not known. Hosted models are believed to see."""
    assert read_senses(KINDS[kind], "gpt-4o", card, told) == senses


@pytest.mark.parametrize("name", ["gpt-4o-audio-preview", "gpt-audio", "gpt-audio-mini"])
def test_hosted_models_that_hear(name: str) -> None:
    """Say so in their names, and do not see."""
    assert read_senses(KINDS["openai"], name, {}, {}) == Senses(sees=False, hears=True)


def test_what_it_is_asked() -> None:
    """A picture and a sound that decoders take, in a few kilobytes."""
    url = write_medium(build_picture(), GENERIC)["image_url"]["url"]
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as image:
        assert image.size == (64, 64) and image.getcolors() == [(64 * 64, (128, 128, 128))]
    sound = write_medium(build_silence(), GENERIC)["input_audio"]
    with wave.open(io.BytesIO(base64.b64decode(sound["data"]))) as file:
        assert sound["format"] == "wav" and file.getparams()[:4] == (1, 2, 16_000, 16_000)
    assert len(url) < 500 and len(sound["data"]) < 50_000


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_follows(kind: Any) -> None:
    """Capabilities, which the kind by itself does not have."""
    assert not Found(kind=kind, model="m").capabilities & {"images", "audio_input"}
    able = Found(kind=kind, model="m", sees=True, hears=True).capabilities
    assert able - Found(kind=kind, model="m").capabilities == {"images", "audio_input"}
