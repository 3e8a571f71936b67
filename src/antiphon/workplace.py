"""What a supervised API process is told of those it works beside. A value; who gives it out is the supervisor."""

from pathlib import Path

from msgspec import Struct


class Workplace(Struct, frozen=True, kw_only=True):
    """folder: of the supervisor, which only its owner can enter. slot: a number that no other living API process has,
    from 0 to below num_slots; a new process may have that of one that has ended.
    """

    folder: Path
    slot: int
    num_slots: int
