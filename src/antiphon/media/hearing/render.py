"""How sound stands in a prompt of a model that cannot hear: in plain words, marked as spoken. And what it counts."""

import math

from antiphon.media.hearing.transcript import Transcript

TOKENS_PER_SECOND = 10
"""What OpenAI counts of input audio: one token for 100 milliseconds.
(https://platform.openai.com/docs/guides/realtime-costs)
"""


def render_transcript(transcript: Transcript) -> str:
    """What takes the place of the sound."""
    length = f"{math.ceil(transcript.duration_s)} s"
    if transcript.no_speech:
        return f"[Audio, {length}: nobody speaks in it]"
    return f"[Audio, {length}, spoken words in language '{transcript.language}']:\n{transcript.text}"


def audio_tokens(duration_s: float) -> int:
    """For `audio_tokens` in usage: ten for a second, where what has begun counts whole."""
    return math.ceil(round(duration_s * TOKENS_PER_SECOND, 6))
