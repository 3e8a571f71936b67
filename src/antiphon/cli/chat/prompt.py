"""Where messages are written: several lines, earlier inputs, completion of commands."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, has_focus
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from antiphon.cli.chat.commands import COMMANDS
from antiphon.cli.chat.sampling import KINDS

OF_FILES = {"/save", "/save!", "/load", "/image"}


class Prompt:
    """history: of inputs. list_models: for completion."""

    def __init__(self, history: History, list_models: Callable[[], list[str]]) -> None:
        self._session: PromptSession[str] = PromptSession(
            history=history,
            completer=Commands(list_models),
            complete_while_typing=Condition(is_command),
            multiline=True,
            key_bindings=build_keys(),
            prompt_continuation="… ",
            enable_open_in_editor=True,
            enable_suspend=True,
        )

    def read(self, draft: str, num_images: int) -> str:
        """The next input; what is no character is a question mark. Raises `EOFError` and `KeyboardInterrupt`."""
        images = f"[{num_images} image{'' if num_images == 1 else 's'}] " if num_images else ""
        shown = FormattedText([("", "\n"), ("ansicyan", images), ("bold ansigreen", "> ")])
        return self._session.prompt(shown, default=draft).encode(errors="replace").decode()


class Commands(Completer):
    """Their names, and what may follow them."""

    def __init__(self, list_models: Callable[[], list[str]]) -> None:
        self._list_models = list_models
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Of what stands before the cursor."""
        text = document.text_before_cursor
        name, blank, argument = text.partition(" ")
        if not text.startswith("/"):
            return
        if name in OF_FILES and blank:
            yield from self._paths.get_completions(Document(argument), complete_event)
            return
        for word, told in self._words(name if blank else ""):
            if word.startswith(argument if blank else name):
                yield Completion(word, -len(argument if blank else name), display_meta=told)

    def _words(self, name: str) -> Iterable[tuple[str, str]]:
        if name == "/set":
            return [(setting, "") for setting in KINDS]
        if name == "/model":
            return [(model, "") for model in self._list_models()]
        return [] if name else [(word, command.help) for word, command in COMMANDS.items()]


class Lasting(FileHistory):
    """In a file, as long as it can be written."""

    def store_string(self, string: str) -> None:
        """What cannot be kept is not worth a conversation."""
        with suppress(OSError, UnicodeError):
            super().store_string(string)


def open_history(path: Path) -> History:
    """Readable by its owner only; in memory where there can be no such file."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.close(number)
        path.chmod(0o600)
    except OSError:
        return InMemoryHistory()
    return Lasting(path)


def history_path() -> Path:
    """In the folder for what programs remember."""
    said = os.environ.get("XDG_STATE_HOME", "")
    folder = Path(said) if Path(said).is_absolute() else Path.home() / ".local" / "state"
    return folder / "antiphon" / "chat_history"


def is_command() -> bool:
    """Whether a command is being written."""
    return get_app().current_buffer.text.startswith("/")


def build_keys() -> KeyBindings:
    """Enter sends, unless a backslash stands before it; Alt-Enter begins another line."""
    keys = KeyBindings()
    writing = has_focus(DEFAULT_BUFFER)

    @keys.add("enter", filter=writing)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.newline(copy_margin=False)
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter", filter=writing)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    return keys
