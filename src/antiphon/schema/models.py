"""What `/v1/models` answers."""

from typing import Literal

from antiphon.schema.base import Outgoing


class Model(Outgoing):
    """A model or alias; `context_length` (tokens) is an extension."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    context_length: int | None


class ModelList(Outgoing):
    """All models."""

    object: Literal["list"]
    data: list[Model]
