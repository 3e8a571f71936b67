"""What the operations on files answer with: a file without its content, lists of them, a deletion."""

from typing import Literal

from antiphon.schema.outgoing import Outgoing

Purpose = Literal["user_data", "vision"]
"""OpenAI's others are for APIs that are not here."""


class FileObject(Outgoing, frozen=True, kw_only=True):
    """What is told of an uploaded file."""

    id: str
    """Its id, by which requests can name it."""
    object: Literal["file"] = "file"
    """Always `file`."""
    bytes: int
    """Its size."""
    created_at: int
    """Since when it has been there, in Unix seconds."""
    expires_at: int | None
    """Until when it will be there, in Unix seconds; null when that does not end."""
    filename: str
    """Its name."""
    purpose: Purpose
    """What it was uploaded for."""
    status: Literal["processed"] = "processed"
    """Deprecated: always `processed`, because a file is there when all of it is."""
    status_details: str | None = None
    """Deprecated: always null."""


class FileList(Outgoing, frozen=True, kw_only=True):
    """A page of files."""

    object: Literal["list"] = "list"
    """Always `list`."""
    data: list[FileObject]
    """The files."""
    first_id: str | None
    """The id of the first; null when there is none."""
    last_id: str | None
    """The id of the last, to give as `after` for the next page; null when there is none."""
    has_more: bool
    """Whether there is a next page."""


class FileDeleted(Outgoing, frozen=True, kw_only=True):
    """That a file is gone."""

    object: Literal["file"] = "file"
    """Always `file`."""
    id: str
    """The id it had."""
    deleted: Literal[True] = True
    """Always true."""
