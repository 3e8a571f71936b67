"""Text up to a marker: what could still become the marker is held back, and the white space before it.

Knows neither what a marker means nor what comes behind it.
"""

from collections.abc import Sequence

from antiphon.dialect.reading.scanner import Scanner, Steps
from antiphon.dialect.reading.signs import has_signs


def read_text(
    scanner: Scanner, kind: str, markers: Sequence[str], *, silent: bool = False, cut: bool = False, exact: bool = False
) -> Steps[str]:
    """Says the text before a marker and returns the marker with the white space before it, which is not said;
    nothing when the answer ends without one. silent: white space alone is not said either. cut: what the answer ends
    with and could have become a marker would have become one. exact: white space before a marker is part of the text.
    """
    held = ""
    while character := (yield from scanner.next()):
        held += character
        if found := next(filter(held.endswith, markers), None):
            text = held[: -len(found)]
            text = text if exact else text.rstrip()
            if text:
                scanner.say(kind, text, behind=len(held) - len(text))
            return held[len(text) :]
        count = num_sure(held, markers, exact=exact)
        if count:
            scanner.say(kind, held[:count], behind=len(held) - count)
            held = held[count:]
    if held and not (cut or (silent and held.isspace()) or has_signs(held)):
        scanner.say(kind, held)
    return ""


def num_sure(held: str, markers: Sequence[str], *, exact: bool) -> int:
    """How many characters cannot be part of a marker or of the white space before one."""
    if not markers:
        return len(held)
    longest = max(map(len, markers))
    starts = range(max(0, len(held) - longest), len(held))
    start = next((at for at in starts if any(marker.startswith(held[at:]) for marker in markers)), len(held))
    return start if exact else len(held[:start].rstrip())


def read_input(scanner: Scanner, ends: str, followers: Sequence[str]) -> Steps[None]:
    """A custom tool's input. It goes on until the answer ends, or until `ends` with one of `followers` or the end
    of the answer behind it: any other `ends` is part of it. What has begun it at the very end is not.
    """
    held = ""
    while character := (yield from scanner.next()):
        held += character
        while not ends.startswith(held[: len(ends)]) or (
            len(held) >= len(ends) and not may_follow(held[len(ends) :], followers)
        ):
            scanner.say("arguments", held[0], behind=len(held) - 1)
            held = held[1:]
        if any(held == ends + follower for follower in followers):
            scanner.back(held[len(ends) :])
            return
    if held.isspace():
        scanner.say("arguments", held)


def may_follow(rest: str, followers: Sequence[str]) -> bool:
    """Whether what stands behind the end of an input can still become one of these."""
    return any(follower.startswith(rest) for follower in followers)
