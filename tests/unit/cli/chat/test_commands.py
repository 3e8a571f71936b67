"""What begins with a slash."""

from pathlib import Path

import pytest

from antiphon.cli.chat.commands import COMMANDS, run_command
from antiphon.cli.chat.conversation import Conversation, Turn
from antiphon.cli.chat.refused import Refused
from antiphon.cli.chat.session import Session

TALK = Conversation((Turn("user", "Hi", ("https://a",)), Turn("assistant", "Ho")), "Be brief.")


def build_session() -> Session:
    """In the middle of a conversation."""
    return Session("m", TALK, {"seed": 1}, list_models=lambda: ["m", "n"])


@pytest.mark.parametrize(("line", "told"), [
    ("/system", "Be brief."), ("/system -", "No instructions from now on."),
    ("/model", "m answers. There are m, n."), ("/model n", "n answers from now on."),
    ("/set", "Set: seed 1."), ("/set seed -", "Nothing is set; the server decides."),
    ("/set max_tokens 5", "Set: seed 1, max_completion_tokens 5."), ("/set seed=2", "Set: seed 2."),
    ("/image https://b", "An image goes with the next message."), ("/clear ", "A new conversation."),
])  # fmt: skip
def test_what_is_said(line: str, told: str) -> None:
    """One sentence."""
    assert (run_command(build_session(), line) or "").startswith(told)


@pytest.mark.parametrize(("line", "told"), [
    ("/retyr", "There is no /retyr; did you mean /retry?"), ("/zzzz", "/help lists what there is."),
    ("/usr/bin is what?", "put a space before it"), ("/", "There is no /;"), ("/HELP", "did you mean /help"),
    ("/save", "Say /save FILE."), ("/retry now", "takes nothing"), ("/set seed", "Say /set seed VALUE"),
    ("/set seed x", "whole number"), ("/load /none", "cannot be read"), ("/image /none", "cannot be read"),
])  # fmt: skip
def test_what_is_refused(line: str, told: str) -> None:
    """One sentence says what would be right, and nothing happens."""
    session = build_session()
    with pytest.raises(Refused) as refused:
        run_command(session, line)
    assert told in str(refused.value)
    assert (session.conversation, session.settings, session.wants_answer) == (TALK, {"seed": 1}, False)


def test_help_has_all() -> None:
    """Every command is listed with what it does."""
    told = run_command(build_session(), "/help") or ""
    assert all(f"{name} " in told and command.help in told for name, command in COMMANDS.items())


def test_retry() -> None:
    """The last answer is dropped, and another one wanted; there must have been a question."""
    session = build_session()
    assert run_command(session, "/retry") is None
    assert session.wants_answer and session.conversation == Conversation(TALK.turns[:1], "Be brief.")
    with pytest.raises(Refused, match="Nothing was asked yet"):
        run_command(Session("m"), "/retry")


def test_undo() -> None:
    """The message is at the prompt again, with its images."""
    session = build_session()
    assert run_command(session, "/undo") is None
    assert (session.draft, session.images) == ("Hi", ("https://a",))
    assert session.conversation == Conversation((), "Be brief.")
    with pytest.raises(Refused, match="Nothing was asked yet"):
        run_command(session, "/undo")


def test_images_wait() -> None:
    """For the next message, unless they are taken away."""
    session = build_session()
    run_command(session, "/image https://a")
    assert run_command(session, "/image https://b") == "2 images go with the next message."
    session.ask("Look")
    assert session.conversation.turns[-1] == Turn("user", "Look", ("https://a", "https://b")) and not session.images
    run_command(session, "/image https://a")
    run_command(session, "/image -")
    assert not session.images


def test_save_and_load(tmp_path: Path) -> None:
    """All of it comes back, and what was saved here may be saved again; what others wrote, only with `/save!`."""
    session, other = build_session(), Session("other")
    run_command(session, f"/save {tmp_path}/a.json")
    run_command(session, f"/save {tmp_path}/a.json")
    with pytest.raises(Refused, match="is there already"):
        run_command(other, f"/save {tmp_path}/a.json")
    assert run_command(other, f"/load {tmp_path}/a.json") == "2 messages loaded; m answers."
    assert (other.conversation, other.settings, other.model) == (TALK, {"seed": 1}, "m")
    run_command(Session("m"), f"/save! {tmp_path}/a.json")
    assert run_command(session, f"/load {tmp_path}/a.json") == "0 messages loaded; m answers."


@pytest.mark.parametrize("line", ["/exit", "/quit", "/bye"])
def test_leaving(line: str) -> None:
    """By any of these words."""
    session = build_session()
    run_command(session, line)
    assert session.is_over
