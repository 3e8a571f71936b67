"""What `/v1/models` answers."""

from typing import Literal

from antiphon.schema.outgoing import Outgoing

Modality = Literal["text", "image", "audio"]


class Model(Outgoing, frozen=True, kw_only=True):
    """A model, or an alias of one."""

    id: str
    """Its name in requests."""
    object: Literal["model"] = "model"
    """Always `model`."""
    created: int
    """When this server started, in Unix seconds."""
    owned_by: str
    """Always `antiphon`."""
    shutdown_date: str | None = None
    """Always null: what runs on your machine is shut down by you."""
    context_length: int | None
    """Extension: most tokens of prompt and completion together; null while the model loads."""
    input_modalities: list[Modality] | None
    """Extension: what the model itself takes; null while it is not loaded. For one that does not hear, recordings are
    written out."""


class ModelList(Outgoing, frozen=True, kw_only=True):
    """All models."""

    object: Literal["list"] = "list"
    """Always `list`."""
    data: list[Model]
    """The models, the default first."""
