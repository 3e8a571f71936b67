"""What the operations on stored completions take: which page of a list, and new metadata."""

from typing import Annotated, Literal

from pydantic import Field

from antiphon.schema.base import WHOLE, Incoming
from antiphon.schema.request.create import Metadata

Limit = Annotated[int, Field(ge=1, le=100), WHOLE]
Order = Literal["asc", "desc"]


class ListMessages(Incoming):
    """A page of the input messages of a stored completion."""

    after: str | None = None
    """The id of the last message of the page before."""
    limit: Limit = 20
    """Messages of a page, from 1 to 100."""
    order: Order = "asc"
    """`asc` as in the request, `desc` the other way round."""


class ListCompletions(Incoming):
    """A page of the stored completions."""

    after: str | None = None
    """The id of the last completion of the page before."""
    limit: Limit = 20
    """Completions of a page, from 1 to 100."""
    metadata: Metadata | None = None
    """Only completions with all of these pairs: `metadata[key]=value`."""
    model: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    """Only completions of this model, by its own name or an alias."""
    order: Order = "asc"
    """`asc` for the oldest first, `desc` for the newest."""


class UpdateCompletion(Incoming):
    """What is to change in a stored completion."""

    metadata: Metadata | None
    """The new metadata, which replaces the old; null for none."""
