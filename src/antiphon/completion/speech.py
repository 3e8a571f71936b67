"""From what a request says of speech to who speaks its choices: voices that are there before anything is said."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import NamedTuple

from antiphon.completion.recite import Keep
from antiphon.completion.senses import Senses, faults_at
from antiphon.errors import InvalidRequest
from antiphon.media.studio.narrator import Narrator
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.options import AudioOutput
from antiphon.store.recordings import new_recording_id


class Speech(NamedTuple):
    """narrators: by the choice that each speaks. keep: what is to be found of a recording by later turns."""

    narrators: Mapping[int, Narrator]
    keep: Keep


async def prepare_speech(
    request: CreateChatCompletion, senses: Senses, *, project: str, until: AsyncExitStack
) -> Speech | None:
    """None where nothing is to be spoken. Voices are let go when that stack is closed. Raises an `ApiError`."""
    if request.audio is None or "audio" not in (request.modalities or ()):
        return None
    voice = find_voice(request.audio, senses)
    narrators: dict[int, Narrator] = {}
    for choice in range(request.n or 1):
        narrator = senses.studio.narrate(
            new_recording_id(), voice=voice, format=request.audio.format, whole=not request.stream
        )
        until.push_async_callback(narrator.close)  # before it is opened, as that may be cancelled
        with faults_at("audio", "voice"):
            await narrator.open()
        narrators[choice] = narrator
    return Speech(narrators, partial(senses.recordings.add, project))


def check_voice(request: CreateChatCompletion, senses: Senses) -> None:
    """Before anything that takes long. Raises `InvalidRequest`."""
    if request.audio is not None:
        find_voice(request.audio, senses)


def find_voice(wanted: AudioOutput, senses: Senses) -> str:
    """The name of a voice that there is. Raises `InvalidRequest`."""
    name, place = (
        (wanted.voice, "audio.voice") if isinstance(wanted.voice, str) else (wanted.voice.id, "audio.voice.id")
    )
    names = senses.studio.voice_names
    if name not in names:
        told = f"There is no voice '{name[:64]}'; there are {', '.join(names)}. --voice NAME=SOURCE adds one."
        raise InvalidRequest(told, param=place, code="voice_not_found")
    return name
