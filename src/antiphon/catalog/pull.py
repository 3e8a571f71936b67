"""Brings a model here: from the hub, or where that is away, as it is kept already. Does not know who asks."""

import sys
from pathlib import Path
from typing import NamedTuple

from antiphon.catalog.fetch import fetch
from antiphon.catalog.hub import Hub, HubAway, HubOffline, open_hub
from antiphon.catalog.kept import list_kept
from antiphon.catalog.progress import render_size, show_fetch
from antiphon.catalog.remote import RemoteFile
from antiphon.catalog.search import find_kept, find_remote
from antiphon.catalog.wanted import Wanted


class Pulled(NamedTuple):
    """path: what is loaded; of a model in several files, the first."""

    repo: str
    file: str
    path: Path


def pull(wanted: Wanted, cache: Path) -> Pulled:
    """The model, all files of it, with progress on standard error. Raises `ConfigurationError`."""
    try:
        with open_hub() as hub:
            files = find_remote(hub, wanted)
            paths = [pull_file(hub, file, cache) for file in files]
        return Pulled(files[0].repo, files[0].name, paths[0])
    except (HubAway, HubOffline) as error:
        if not (model := find_kept(list_kept(cache), wanted)):
            raise
        print(f"{error} It is here already, as it was then.", file=sys.stderr, flush=True)  # noqa: T201
        return Pulled(model.repo, model.file, model.path)


def pull_file(hub: Hub, file: RemoteFile, cache: Path) -> Path:
    """Fetch one and show it."""
    print(f"{file.name} of {file.repo}: {render_size(file.num_bytes)}", file=sys.stderr, flush=True)  # noqa: T201
    with show_fetch(file) as on_progress:
        return fetch(hub, file, cache, on_progress=on_progress)
