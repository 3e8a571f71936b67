"""What `antiphon models list` shows: the catalogue, and what else is kept, as rows."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct

from antiphon.catalog.entry import Entry
from antiphon.catalog.kept import Kept
from antiphon.catalog.wanted import name_of, quant_of

Here = Literal["yes", "partly", "no"]


class Row(Struct, frozen=True, kw_only=True):
    """A model. here: whether it is fetched, `partly` where that was broken off. fits: whether there is as much memory
    free, None where nobody tells. What nobody knows of a model outside the catalogue is None too.
    """

    name: str
    source: str
    size_bytes: int
    memory_bytes: int
    fits: bool | None
    here: Here
    path: str | None
    licence: str | None = None
    context: int | None = None
    thinks: bool | None = None
    tools: bool | None = None
    note: str = ""


class Lister:
    """kept: what is in the cache. unfinished: of which repositories something is there in part. free: bytes of memory.
    bundled: the file that comes with a package. measure: the memory that a file takes.
    """

    def __init__(
        self,
        kept: Sequence[Kept],
        *,
        unfinished: Callable[[str], bool],
        free: int | None,
        bundled: Path | None,
        measure: Callable[[Path], int],
    ) -> None:
        self.kept, self.unfinished, self.free, self.bundled, self.measure = kept, unfinished, free, bundled, measure

    def list(self, entries: Iterable[Entry]) -> list[Row]:
        """The catalogue's in its order, then the others."""
        rows, told = [], set()
        for entry in entries:
            model = self.find(entry)
            told |= {model.source} if model else set()
            rows.append(self.build_row(entry, model))
        return rows + [self.build_other(model) for model in self.kept if model.source not in told]

    def build_row(self, entry: Entry, model: Kept | None) -> Row:
        """Of the catalogue. What is here tells its own size."""
        path = (model.path if model else None) if entry.repo else self.bundled
        partly: Here = "partly" if entry.repo and self.unfinished(entry.repo) else "no"
        return Row(
            name=entry.name,
            source=model.source if model and model.file != entry.file else entry.name,
            size_bytes=model.num_bytes if model else entry.num_bytes,
            memory_bytes=entry.memory_bytes,
            fits=self.is_free(entry.memory_bytes),
            here="yes" if path else partly,
            path=str(path) if path else None,
            licence=entry.licence,
            context=entry.context,
            thinks=entry.thinks,
            tools=entry.tools,
            note=entry.note,
        )

    def build_other(self, model: Kept) -> Row:
        """Of a model that is only here."""
        memory = self.measure(model.path)
        return Row(
            name=name_of(model.repo),
            source=model.source,
            size_bytes=model.num_bytes,
            memory_bytes=memory,
            fits=self.is_free(memory),
            here="yes",
            path=str(model.path),
            note="Not of the catalogue.",
        )

    def find(self, entry: Entry) -> Kept | None:
        """The very file, else one of this quantisation under another name."""
        there = [model for model in self.kept if model.repo == entry.repo]
        exact = (model for model in there if model.file == entry.file)
        return next(exact, next((model for model in there if quant_of(model.file) == quant_of(entry.file)), None))

    def is_free(self, num_bytes: int) -> bool | None:
        """Whether so much memory is."""
        return None if self.free is None else num_bytes <= self.free
