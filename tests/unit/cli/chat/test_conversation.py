"""What was said, going on and going back."""

from antiphon.cli.chat.conversation import Conversation, Turn

ASKED = Turn("user", "Hi", ("data:image/png;base64,eA==",))
ANSWERED = Turn("assistant", "Hello", reasoning="Hm.", cut=True)
WHOLE = Conversation((ASKED, ANSWERED), "Be brief.")


def test_messages() -> None:
    """Instructions come first, images are parts, and neither thoughts nor marks go back to the server."""
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,eA=="}}
    assert WHOLE.messages() == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}, image]},
        {"role": "assistant", "content": "Hello"},
    ]
    assert Conversation((Turn("user", "Hi"),)).messages() == [{"role": "user", "content": "Hi"}]


def test_going_back() -> None:
    """To the last question or to before it, and nowhere without one; instructions stay."""
    assert WHOLE.without_answer() == Conversation((ASKED,), "Be brief.")
    assert WHOLE.without_exchange() == (Conversation((), "Be brief."), ASKED)
    assert WHOLE.cleared() == Conversation((), "Be brief.")
    assert Conversation((ANSWERED,)).without_answer() is None
    assert Conversation().without_exchange() is None


def test_what_changes_is_another() -> None:
    """A conversation never changes, so an earlier one can be gone back to."""
    assert Conversation().with_turn(ASKED).with_turn(ANSWERED).with_system("Be brief.") == WHOLE
    assert Conversation() == Conversation((), "")
