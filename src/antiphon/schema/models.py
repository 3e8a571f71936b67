"""What `/v1/models` answers."""

from typing import Literal

from antiphon.schema.base import Outgoing


class Model(Outgoing, frozen=True, kw_only=True):
    """A model or alias; `context_length` (tokens) is an extension."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str
    context_length: int | None


class ModelList(Outgoing, frozen=True, kw_only=True):
    """All models."""

    object: Literal["list"] = "list"
    data: list[Model]
