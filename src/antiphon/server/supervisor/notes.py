"""What becomes of the models that every API process has for itself: each says it, and people are told once."""

from collections.abc import Mapping

from antiphon.engine.llama.connection import Connection
from antiphon.server.progress import Progress, Shown
from antiphon.server.supervisor.messages import Note
from antiphon.server.terminal import console


class Notes(Progress):
    """In an API process: what would be told on the console goes to the supervisor."""

    def __init__(self, connection: Connection, engines: Mapping[str, Shown]) -> None:
        super().__init__(console, engines)
        self.connection = connection

    def tell(self, model: str, what: str) -> None:
        """See `Progress.tell`."""
        self.connection.send(Note(model, what))


class NoteReader:
    """In the supervisor. progress: where notes are told, unless it is what was last told of the model."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.last: dict[str, str] = {}

    def read(self, note: Note) -> None:
        """One of any API process."""
        if self.last.get(note.model) != note.what:
            self.last[note.model] = note.what
            self.progress.tell(note.model, note.what)
