"""How sound stands in a prompt of a model that cannot hear: in plain words, marked as spoken."""

import math

from antiphon.media.hearing.transcript import Transcript


def render_transcript(transcript: Transcript) -> str:
    """What takes the place of the sound."""
    length = f"{math.ceil(transcript.duration_s)} s"
    if transcript.no_speech:
        return f"[Audio, {length}: nobody speaks in it]"
    return f"[Audio, {length}, spoken words in language '{transcript.language}']:\n{transcript.text}"
