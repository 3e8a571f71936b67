"""Writing messages: keys, completion, history."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.input.base import PipeInput
from prompt_toolkit.output import DummyOutput

from antiphon.cli.chat.prompt import Commands, Prompt, history_path, open_history


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    """Keys that are pressed come from here."""
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        yield keyboard


@pytest.mark.parametrize(("keys", "text"), [
    ("Hello\r", "Hello"), ("a\\\rb\r", "a\nb"), ("a\x1b\rb\r", "a\nb"), ("a \\b\r", "a \\b"),
    ("\x1b[200~a\nb\r\nc\x1b[201~\r", "a\nb\nc"), ("\x7f\x7fx\r", "x"), ("\xff\r", "?"),
])  # fmt: skip
def test_keys(keyboard: PipeInput, keys: str, text: str) -> None:
    """Enter sends; a backslash before it, Alt-Enter and what is pasted make lines; no input breaks anything."""
    keyboard.send_bytes(keys.encode("latin-1"))
    assert Prompt(InMemoryHistory(), list).read("", 0) == text


def test_drafts(keyboard: PipeInput) -> None:
    """What was given back can be gone on with."""
    keyboard.send_text("!\r")
    assert Prompt(InMemoryHistory(), list).read("Hello", 2) == "Hello!"


@pytest.mark.parametrize(("keys", "error"), [("\x04", EOFError), ("abc\x03", KeyboardInterrupt)])
def test_leaving(keyboard: PipeInput, keys: str, error: type[BaseException]) -> None:
    """Ctrl-D is the end, Ctrl-C drops the line."""
    keyboard.send_text(keys)
    with pytest.raises(error):
        Prompt(InMemoryHistory(), list).read("", 0)


@pytest.mark.parametrize(("text", "found"), [
    ("/re", ["/retry"]), ("/sa", ["/save", "/save!"]), ("/set te", ["temperature"]), ("/model s", ["smollm2"]),
    ("/retry ", []), ("Hello /re", []), ("", []), ("/zzz", []),
])  # fmt: skip
def test_completion(text: str, found: list[str]) -> None:
    """Of commands, and of what may follow them."""
    completer = Commands(lambda: ["smollm2", "other"])
    assert [item.text for item in completer.get_completions(Document(text), CompleteEvent())] == found


def test_completion_of_files(tmp_path: Path) -> None:
    """Of those that there are."""
    (tmp_path / "talk.json").touch()
    found = Commands(list).get_completions(Document(f"/load {tmp_path}/ta"), CompleteEvent())
    assert [item.text for item in found] == ["lk.json"]


def test_history(tmp_path: Path) -> None:
    """Inputs are there the next time, for their owner only; what cannot be kept is no error."""
    path = tmp_path / "state" / "antiphon" / "chat_history"
    open_history(path).append_string("Hello\nthere")
    assert list(open_history(path).load_history_strings()) == ["Hello\nthere"]
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    lasting = open_history(path)
    path.unlink()
    path.mkdir()
    lasting.append_string("gone")
    assert isinstance(open_history(path), InMemoryHistory)


def test_where_history_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where programs keep what they remember; a folder that is no whole path does not count."""
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert history_path() == Path("/state/antiphon/chat_history")
    monkeypatch.setenv("XDG_STATE_HOME", "state")
    assert history_path() == Path.home() / ".local/state/antiphon/chat_history"
