"""Whether an upstream sees and hears: by what it says of itself, else by a question with a picture, or with a sound.

Who does not see refuses a picture, which vLLM does before its engine is reached; or passes over it, as SGLang does, and
then the prompt is no longer than without.
"""

import base64
import io
import wave
from collections.abc import Mapping
from typing import Any, NamedTuple

from antiphon.dialect.medium import RATE, Medium, Picture, Recording
from antiphon.engine.remote.fleet.asking import HI, Asker
from antiphon.engine.remote.kinds import Kind
from antiphon.engine.remote.request.parts import Part, write_medium

SIDE = 64
"""Pixels: some models take no smaller ones."""


class Senses(NamedTuple):
    """None for what is not known."""

    sees: bool | None = None
    hears: bool | None = None


def read_senses(kind: Kind, model: str, card: Mapping[str, Any], told: Mapping[str, Any]) -> Senses:
    """What it says. card: of its list of models. told: all else. Hosted models are believed to see, as nearly all do,
    and those that do not say so when they are asked.
    """
    match kind.name:
        case "llama-server":
            modalities = told.get("modalities")
            given = modalities if isinstance(modalities, dict) else {}
            return Senses(given.get("vision") is True, given.get("audio") is True)
        case "sglang":
            names = ("has_image_understanding", "has_audio_understanding")
            return Senses(*(value if isinstance(value := told.get(name), bool) else None for name in names))
        case "openai":
            modalities = card.get("input_modalities")
            if isinstance(modalities, list):
                return Senses("image" in modalities, "audio" in modalities)
            hears = "audio" in model
            return Senses(not hears, hears)
    return Senses()


async def ask_senses(asker: Asker, kind: Kind, senses: Senses) -> Senses:
    """With what was not known asked for."""
    sees, hears = senses
    if sees is None:
        sees = await takes(asker, build_picture(), kind)
    if hears is None:
        hears = await takes(asker, build_silence(), kind)
    return Senses(sees, hears)


async def takes(asker: Asker, medium: Medium, kind: Kind) -> bool:
    """Whether it takes such a thing. Who answers nothing at all is not asked."""
    if await asker.plain() is None:
        return False
    content: list[Part | str] = [{"type": "text", "text": HI}, write_medium(medium, kind)]
    return await asker.minds(messages=[{"role": "user", "content": content}])


def build_picture() -> Picture:
    """A grey square."""
    return Picture(SIDE, SIDE, b"\x80" * (3 * SIDE * SIDE), digest="")


def build_silence() -> Recording:
    """A second of it, as 16-bit WAV."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(bytes(2 * RATE))
    return Recording(b"", digest="", encoded=base64.b64encode(file.getvalue()).decode())
