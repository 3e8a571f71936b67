"""What `/health` answers."""

from typing import Literal

from msgspec import UNSET, UnsetType

from antiphon.schema.outgoing import Outgoing


class Health(Outgoing, frozen=True, kw_only=True):
    """Whether the default model answers."""

    status: Literal["ok", "loading", "draining"]
    """`ok` with status 200; the others with 503."""
    reason: str | UnsetType = UNSET
    """Why it does not answer."""
