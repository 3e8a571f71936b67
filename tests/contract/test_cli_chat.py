"""`antiphon chat`, against a server, against none, in a pipe and in a terminal."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from antiphon.cli.chat.answer import Kind
from antiphon.cli.chat.loop import Loop
from antiphon.cli.chat.session import Session
from antiphon.client import Client
from tests.contract.live import free_port, script, serve

COMMAND = (sys.executable, "-m", "antiphon", "chat")
LIMIT_S = 30.0
ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[=>])|\r")
TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
LONG = script(*(f"word{number} " for number in range(5)), {"event": "pause", "seconds": 50}, "never")


class Said:
    """A prompt that has been written, and a screen that is remembered. A line may be an exception, or a function that
    says what is written.
    """

    def __init__(self, *lines: Any) -> None:
        self.lines = list(lines)
        self.drafts: list[str] = []
        self.shown: list[tuple[str, str]] = []
        self.interrupt_at = ""

    def read(self, draft: str, _num_images: int) -> str:
        self.drafts.append(draft)
        line = self.lines.pop(0) if self.lines else EOFError()
        if isinstance(line, BaseException):
            raise line
        return str(line() if callable(line) else line)

    def wait(self) -> None:
        pass

    def end(self) -> None:
        self.shown.append(("end", ""))

    def show(self, kind: Kind, text: str) -> None:
        self.shown.append((kind, text))
        if self.interrupt_at and self.interrupt_at in text:
            self.interrupt_at = ""
            raise KeyboardInterrupt

    def note(self, text: str) -> None:
        self.shown.append(("note", text))

    def warn(self, text: str) -> None:
        self.shown.append(("warn", text))

    def tell(self, text: str) -> None:
        self.shown.append(("tell", text))

    def of(self, kind: str) -> list[str]:
        """What was shown of this kind."""
        return [text for shown, text in self.shown if shown == kind]


def talk(url: str, said: Said, session: Session | None = None) -> Session:
    """All that is to be said."""
    session = session or Session("smollm2")
    with Client(base_url=f"{url}/v1") as client:
        Loop(client, session, prompt=said, screen=said).run()
    return session


def turns(session: Session) -> list[tuple[str, str, bool]]:
    """Who said what, and whether it was cut."""
    return [(turn.role, turn.text, turn.cut) for turn in session.conversation.turns]


HELLO = [("user", "Hello there", False), ("assistant", "Hello there", False)]


def test_a_conversation(url: str) -> None:
    """Each message is answered as it comes, with what it cost; thoughts are kept apart; nothing is no message."""
    thought = script({"event": "reasoning", "text": "Hm"}, "So")
    said = Said("Hello there", "  ", thought, "/exit", "never")
    session = talk(url, said)
    assert turns(session) == [*HELLO, ("user", thought, False), ("assistant", "So", False)]
    assert session.conversation.turns[-1].reasoning == "Hm"
    assert "".join(said.of("text")) == "Hello thereSo" and said.of("reasoning") == ["Hm"]
    assert [bool(re.fullmatch(r"\d+ tokens read, 2 written.*", note)) for note in said.of("note")] == [True, True]
    assert said.lines == ["never"]


def test_an_error_changes_nothing(url: str) -> None:
    """It is one sentence, the message is at the prompt again with its images, and the conversation goes on."""
    said = Said(
        "Hello there", "/model none", "/image https://a", "What?", "/image -", "/retry", "/model smollm2", "Hello there"
    )
    session = talk(url, said)
    assert len(said.of("warn")) == 2 and all("none" in told and told.endswith(".") for told in said.of("warn"))
    assert said.drafts == ["", "", "", "", "What?", "", "", "", ""] and turns(session) == HELLO * 2


def test_a_stream_that_fails(url: str) -> None:
    """An answer that had begun is not kept."""
    said = Said(script("a", {"event": "fail"}))
    assert turns(talk(url, said)) == [] and len(said.of("warn")) == 1 and said.drafts[1].startswith("[")


def test_ctrl_c_stops_an_answer(url: str) -> None:
    """It is kept as far as it came, marked, and sent with the next message; at the prompt it only drops the line."""
    said = Said(LONG, KeyboardInterrupt(), "Hello there")
    said.interrupt_at = "word3"
    session = talk(url, said)
    assert turns(session) == [("user", LONG, False), ("assistant", "word0 word1 word2 word3 ", True), *HELLO]
    assert said.of("note")[0].endswith(", stopped") and said.of("note")[1] == "Ctrl-D leaves."


def test_ctrl_c_before_an_answer(url: str) -> None:
    """Gives the message back."""
    said = Said(script({"event": "reasoning", "text": "Hm"}, {"event": "pause", "seconds": 50}))
    said.interrupt_at = "Hm"
    assert turns(talk(url, said)) == [] and said.drafts[1].startswith("[")
    assert said.of("warn") == ["Stopped before it said anything."]


def test_retry(url: str) -> None:
    """The same is asked again; where that goes wrong, the answer that there was is kept."""
    said = Said("Hello there", "/retry", "/model none", "/retry", "/undo")
    session = Session("smollm2")
    seen: list[Any] = []

    def look() -> str:
        seen.append(turns(session))
        return " "

    said.lines[4:4] = [look]
    talk(url, said, session)
    assert seen == [HELLO] and said.of("text") == ["Hello", " there"] * 2
    assert turns(session) == [] and said.drafts[-1] == "Hello there"


def test_a_server_that_is_gone() -> None:
    """One sentence, and the message is at the prompt again: the server may come back."""
    with serve() as url:
        pass
    said = Said("Hello")
    talk(url, said)
    assert said.drafts == ["", "Hello"] and "No answer from" in said.of("warn")[0]


def test_settings_and_instructions_are_sent(url: str, tmp_path: Path) -> None:
    """With every message; what was saved is loaded in another session, and goes on there."""
    said = Said("/set max_tokens 1", "/system Be brief.", "Hello there", f"/save {tmp_path}/a.json")
    session = talk(url, said)
    assert turns(session) == [("user", "Hello there", False), ("assistant", "Hello", True)]
    assert "cut at the limit of tokens" in said.of("note")[0]
    other = talk(url, Said(f"/load {tmp_path}/a.json", "/set max_tokens -", "Hello there"), Session("none"))
    assert turns(other) == [*turns(session), *HELLO] and other.conversation.system == "Be brief."


def run(*arguments: str, given: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a pipe."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_pipe(url: str, tmp_path: Path) -> None:
    """What comes in is answered once, as it is, and with what was said before; a pipe gets the model's every byte."""
    answered = run("--base-url", f"{url}/v1", given="Hello there\n")
    assert (answered.returncode, answered.stdout, answered.stderr) == (0, b"Hello there\n", b"")
    answered = run("smollm2", "--max-tokens", "1", given=script("**a\x1b", "b"), OPENAI_BASE_URL=f"{url}/v1")
    assert answered.stdout == b"**a\x1b\n"
    (tmp_path / "a.json").write_text(json.dumps({"model": "second", "messages": [{"role": "user", "content": "x"}]}))
    answered = run("--load", f"{tmp_path}/a.json", "--base-url", f"{url}/v1", given="Hello there")
    assert answered.stdout == b"Hello there\n"


@pytest.mark.parametrize(("arguments", "given", "told"), [
    ((), "", "Nothing to answer: standard input is empty."),
    ((), b"\xff", "Standard input is not a text in UTF-8."),
    (("none",), "Hi", "The model 'none' does not exist"),
    (("--load", "/none"), "Hi", "/none cannot be read: No such file or directory."),
    (("--base-url", "here"), "Hi", "'here' is no address of a server"),
    ((), script({"event": "fail"}), "."),
])  # fmt: skip
def test_a_pipe_with_mistakes(url: str, arguments: tuple[str, ...], given: str | bytes, told: str) -> None:
    """One sentence on standard error, and status 1."""
    ended = run(*arguments, given=given, OPENAI_BASE_URL=f"{url}/v1")
    sentence = ended.stderr.decode()
    assert ended.returncode == 1 and ended.stdout == b""
    assert sentence.startswith("antiphon: ") and told in sentence and sentence.count("\n") == 1


@pytest.mark.parametrize("flags", [("--temperature", "hot"), ("--seed", "1.5"), ("--max-tokens", "")])
def test_mistakes_in_flags(flags: tuple[str, ...]) -> None:
    """Are told before anything is asked."""
    assert run(*flags, given="Hi").returncode == 2


class Terminal:
    """The command with a person before it."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        ours, theirs = pty.openpty()
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.file = ours
        own = {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", **environment}
        self.process = subprocess.Popen(
            [sys.executable, "-c", TAKE_TERMINAL, *COMMAND, *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **own}, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.raw = b""

    def press(self, keys: str) -> None:
        """As they are typed; what was shown before does not count any more."""
        self.raw = b""
        os.write(self.file, keys.encode())

    def wait_for(self, text: str) -> str:
        """What is shown until it is; fail when it does not come."""
        deadline = time.monotonic() + LIMIT_S
        while text not in self.shown:
            assert time.monotonic() < deadline and self._read(), f"'{text}' did not come, but {self.shown!r}"
        return self.shown

    @property
    def shown(self) -> str:
        """Without escape sequences."""
        return ESCAPES.sub(b"", self.raw).decode(errors="replace")

    def wait_for_end(self) -> int:
        """Its status."""
        while self._read():
            pass
        return self.process.wait(LIMIT_S)

    def _read(self) -> bool:
        if not select.select([self.file], [], [], LIMIT_S)[0]:
            return False
        try:
            piece = os.read(self.file, 10_000)
        except OSError:  # the other side is closed
            return False
        self.raw += piece
        return bool(piece)


@pytest.fixture
def open_terminal(url: str, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Ends the command in any case."""

    @contextmanager
    def start(*arguments: str) -> Iterator[Terminal]:
        terminal = Terminal(*arguments, OPENAI_BASE_URL=f"{url}/v1", XDG_STATE_HOME=str(tmp_path / "state"))
        try:
            yield terminal
        finally:
            terminal.process.kill()
            terminal.process.wait(LIMIT_S)
            os.close(terminal.file)

    yield start


def test_a_terminal(open_terminal: Callable[..., Any], tmp_path: Path) -> None:
    """Asked and answered, stopped with Ctrl-C and gone on, tried again, saved, loaded, and left."""
    with open_terminal() as terminal:
        assert "smollm2 at http" in terminal.wait_for("> ")
        terminal.press("Hello **there**\r")
        assert "\nHello there\n" in terminal.wait_for("written, ") and "**there**\n" not in terminal.shown[30:]
        terminal.wait_for("> ")
        terminal.press(LONG + "\r")
        terminal.wait_for("\nword0 word1 word2 word3 word4\n")
        terminal.press("\x03\x03")
        terminal.wait_for("stopped")
        terminal.wait_for("> ")
        terminal.press("/undo\r")
        terminal.wait_for("[{")
        terminal.press("\x03")
        terminal.wait_for("Ctrl-D leaves.")
        for keys, told in {
            "/retry\r": "written, ",
            "/retri\r": "did you mean /retry?",
            f"/save {tmp_path}/a.json\r": "Saved in ",
            "/clear\r": "A new conversation.",
            f"/load {tmp_path}/a.json\r": "2 messages loaded; smollm2 answers.",
        }.items():
            terminal.press(keys)
            terminal.wait_for(told)
            terminal.wait_for("\n> ")
        terminal.press("/exit\r")
        assert terminal.wait_for_end() == 0
    saved = json.loads((tmp_path / "a.json").read_text())
    assert [message["content"] for message in saved["messages"]] == ["Hello **there**"] * 2
    history = tmp_path / "state/antiphon/chat_history"
    assert "+/retry\n" in history.read_text() and history.stat().st_mode & 0o777 == 0o600


def test_a_terminal_is_left_with_ctrl_d(open_terminal: Callable[..., Any]) -> None:
    """With status 0; keys that are pressed while an answer comes are read behind it."""
    with open_terminal("second", "--no-markdown", "--system", "Be brief.") as terminal:
        assert "second at http" in terminal.wait_for("> ")
        slow = script("**wait**", {"event": "pause", "seconds": 1}, "ed")
        terminal.press(slow + "\r")
        terminal.wait_for("**wait**")
        terminal.press("/system\r")
        assert "/system" not in terminal.wait_for("written").split("ed\n")[0]
        terminal.wait_for("Be brief.")
        terminal.press("\x04")
        assert terminal.wait_for_end() == 0


def test_no_server() -> None:
    """One sentence says how to start one, and the status is 1."""
    base_url = f"http://127.0.0.1:{free_port()}/v1"
    told = run(given="Hi", OPENAI_BASE_URL=base_url)
    assert told.returncode == 1 and b"`antiphon serve` starts one here" in told.stderr and told.stderr.count(b"\n") == 1
    terminal = Terminal(OPENAI_BASE_URL=base_url)
    assert terminal.wait_for_end() == 1
    assert terminal.shown.startswith("antiphon: No answer from ") and "`antiphon serve` starts one" in terminal.shown
    os.close(terminal.file)
