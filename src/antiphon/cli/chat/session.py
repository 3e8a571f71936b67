"""All that a conversation has while it goes on. `commands` change it, `loop` carries it out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from antiphon.cli.chat.conversation import Conversation, Turn
from antiphon.cli.chat.files.saved import Saved
from antiphon.cli.chat.sampling import Value


def no_models() -> list[str]:
    """Where nobody can be asked."""
    return []


@dataclass(slots=True)
class Session:
    """images: for the next message. draft: stands at the next prompt. wants_answer, is_over: what is to be done next.
    own_files: what was loaded or saved here, and may be saved again. list_models: asks the server.
    """

    model: str
    conversation: Conversation = field(default_factory=Conversation)
    settings: dict[str, Value] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    draft: str = ""
    wants_answer: bool = False
    is_over: bool = False
    own_files: set[Path] = field(default_factory=set)
    list_models: Callable[[], list[str]] = no_models

    def request(self) -> dict[str, Any]:
        """What is to be answered."""
        return {"model": self.model, "messages": self.conversation.messages(), **self.settings}

    def ask(self, text: str) -> None:
        """The next message, with its images."""
        self.conversation = self.conversation.with_turn(Turn("user", text, self.images))
        self.images = ()

    def take_back(self) -> bool:
        """The last message and its answer; the message is at the prompt again. False where there is none."""
        found = self.conversation.without_exchange()
        if found is None:
            return False
        self.conversation, turn = found
        self.draft, self.images = turn.text, turn.images
        return True

    def to_saved(self) -> Saved:
        """What a file keeps."""
        return Saved(self.conversation, self.model, dict(self.settings))

    def restore(self, saved: Saved) -> None:
        """Exactly what was saved; a file that names no model leaves the one there is."""
        self.conversation, self.settings = saved.conversation, dict(saved.settings)
        self.model = saved.model or self.model

    def change(self, settings: Mapping[str, Value | None]) -> None:
        """None takes one away."""
        merged = {**self.settings, **settings}
        self.settings = {name: value for name, value in merged.items() if value is not None}
