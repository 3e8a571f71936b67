"""From what is wanted to the files it is: on the hub, or among what is kept already."""

from collections.abc import Sequence

from antiphon.catalog.hub import Hub, NoSuchFile
from antiphon.catalog.kept import Kept
from antiphon.catalog.remote import RemoteFile
from antiphon.catalog.wanted import PART, Wanted, choose_files, quant_of
from antiphon.errors import ConfigurationError


def find_remote(hub: Hub, wanted: Wanted) -> list[RemoteFile]:
    """The files of the model on the hub: one, or all parts of it. Raises `ConfigurationError`."""
    if wanted.file and not PART.search(wanted.file):
        try:
            return [hub.describe(wanted.repo, wanted.file)]
        except NoSuchFile:  # it may have got another name since the catalogue was written
            pass
    return [hub.describe(wanted.repo, name) for name in choose_files(hub.list_files(wanted.repo), wanted)]


def find_kept(kept: Sequence[Kept], wanted: Wanted) -> Kept | None:
    """The model if it is there. Raises `ConfigurationError` where several are, and it is not told which."""
    there = [model for model in kept if model.repo == wanted.repo]
    if exact := [model for model in there if model.file == wanted.file]:
        return exact[0]
    if wanted.file or wanted.quant:
        there = [model for model in there if wanted.quant and quant_of(model.file) == wanted.quant.upper()]
    if len(there) > 1:
        names = ", ".join(f"'{model.source}'" for model in there)
        raise ConfigurationError(f"There are several of '{wanted.repo}'; say which: {names}.")
    return there[0] if there else None
