"""What sound may be like for us to hear it: how long, at which rates, of how many channels. Pure."""

import math

from antiphon.media.unreadable import UnreadableError

LEAST_RATE, MOST_RATE = 2_000, 384_000
MOST_CHANNELS = 32
SLACK_S, SLACK = 0.5, 0.02
"""What encoders leave away or add at the ends of a file, in seconds and of the whole."""


def check_form(rate: int, channels: int) -> None:
    """Raises `UnreadableError` for what no recorder makes."""
    if not LEAST_RATE <= rate <= MOST_RATE:
        raise UnreadableError(f"has a sample rate of {rate} Hz; {LEAST_RATE} to {MOST_RATE} Hz can be heard")
    if not 1 <= channels <= MOST_CHANNELS:
        raise UnreadableError(f"has {channels} channels; 1 to {MOST_CHANNELS} can be heard")


def check_length(duration_s: float, most_s: float, *, so_far: bool = False) -> None:
    """Raises `UnreadableError` for what is too long, with both lengths. so_far: there may be more of it."""
    if duration_s > most_s:
        told = f"{'at least ' if so_far else ''}{math.ceil(duration_s * 10) / 10:.1f}"
        raise UnreadableError(f"is {told} seconds long; at most {most_s:g} seconds are heard")


def check_whole(heard_s: float, told_s: float | None) -> None:
    """Raises `UnreadableError` if there is less of it than it says itself, which would be answered as if it was all."""
    if told_s and heard_s < told_s - max(SLACK_S, SLACK * told_s):
        raise UnreadableError(f"breaks off after {heard_s:.1f} of its {told_s:.1f} seconds; send it whole")
    if not heard_s:
        raise UnreadableError("has no sound in it")
